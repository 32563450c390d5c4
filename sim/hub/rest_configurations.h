// Routes of configurations, which the front shard keeps; counts come from all shards. And content
// applied to one device at once.
#pragma once

#include "hub/exchange.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

void list_configurations(Shard& here, const ExchangePointer& exchange, TimePoint now);
void get_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now);
// Without If-Match it creates (201), with If-Match it updates (200).
void put_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now);
void delete_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now);
void test_configuration_queries(Shard& here, const ExchangePointer& exchange, TimePoint now);
[[nodiscard]] Outcome<net::HttpResponse> apply_configuration_content(Shard& shard,
                                                                     const RestRequest& request);

}  // namespace twinstorm::hub

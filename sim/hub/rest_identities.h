// Routes of the identity registry: single devices and modules, lists, statistics.
//
// Those of one device run on its shard; the others ask all shards, and answer later.
#pragma once

#include "hub/exchange.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

void list_devices(Shard& here, const ExchangePointer& exchange, TimePoint now);
[[nodiscard]] Outcome<net::HttpResponse> list_modules(Shard& shard, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> get_identity(Shard& shard, const RestRequest& request);
// Without If-Match it creates (device 200, module 201), with If-Match it updates (200).
[[nodiscard]] Outcome<net::HttpResponse> put_identity(Shard& shard, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> delete_identity(Shard& shard, const RestRequest& request);
void device_statistics(Shard& here, const ExchangePointer& exchange, TimePoint now);
void service_statistics(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

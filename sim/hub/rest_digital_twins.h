// The Plug and Play view of a device: its twin by properties and components, its methods as
// commands. `/digitaltwins/{d}[/components/{component}]/commands/{c}`.
#pragma once

#include "hub/exchange.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

// What the device reported, and its model.
[[nodiscard]] Outcome<net::HttpResponse> get_digital_twin(Shard& shard, const RestRequest& request);
// A JSON Patch [RFC 6902] of `add`, `replace` and `remove`, carried out on the desired properties.
[[nodiscard]] Outcome<net::HttpResponse> patch_digital_twin(Shard& shard,
                                                            const RestRequest& request);
// A command of a component is the method `{component}*{command}`.
void invoke_command(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// Direct methods over REST: POST /twins/{d}[/modules/{m}]/methods, answered when the device has.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void invoke_method(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

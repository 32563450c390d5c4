// POST /devices: up to kBulkItemsMax creates, updates and deletes in one request.
//
// Rules:  items are applied one by one, in order for each device; those that fail are listed and
// the answer is 400, the
//         others stay applied. More items than allowed: 400, and none is applied.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void run_bulk(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// POST /devices/query: twins of devices and modules from all shards, and the devices of jobs.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void run_query(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// /admin/limits and /admin/faults: which limits were hit, and what is to go wrong.
//
// GET /admin/limits: {"throttles": {...}, "quota": {...}} (throttle.h, quota.h); DELETE begins to
// count anew. PUT /admin/faults: a set as faults_json.h says, in place of the one before; DELETE
// ends it. Errors: 400 with where and what. Neither is ever throttled, stalled or down.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void show_limits(Shard& here, const ExchangePointer& exchange, TimePoint now);
void forget_limits(Shard& here, const ExchangePointer& exchange, TimePoint now);
void set_faults(Shard& here, const ExchangePointer& exchange, TimePoint now);
void clear_faults(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// What a real hub does not have: /admin, for the harness that measures against this one.
//
// Use:    GET /admin/ledger, DELETE /admin/ledger (counts start anew), GET /admin/status, and the
//         pages of admin_limits.h, admin_security.h and admin_watch.h; all with `Authorization:
//         Bearer {admin token}`. Errors: 401, 404, 405 with `{"error": "..."}`.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void answer_admin(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

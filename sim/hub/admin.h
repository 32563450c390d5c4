// What a real hub does not have: /admin, for the harness that measures against this one.
//
// Use:    GET /admin/ledger, DELETE /admin/ledger (counts start anew), GET /admin/status; all with
//         `Authorization: Bearer {admin token}`. Errors: 401, 404, 405 with `{"error": "..."}`.
#pragma once

#include "hub/core.h"
#include "hub/rest_message.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] net::HttpResponse answer_admin(Core& core, const RestRequest& request);

}  // namespace twinstorm::hub

// POST /devices: up to kBulkItemsMax creates, updates and deletes in one request.
//
// Rules:  items are applied one by one; those that fail are listed and the answer is 400, the
//         others stay applied. More items than allowed: 400, and none is applied.
#pragma once

#include "hub/core.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> run_bulk(Core& core, const RestRequest& request);

}  // namespace twinstorm::hub

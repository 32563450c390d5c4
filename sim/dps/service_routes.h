// The service API: enrolments, enrolment groups, and the states of registrations.
#pragma once

#include "dps/core.h"
#include "dps/rest_message.h"

namespace twinstorm::dps {

// Finds the route and checks the token for its right.
[[nodiscard]] Outcome<net::HttpResponse> answer_service(Core& core, const RestRequest& request);

}  // namespace twinstorm::dps

// What a device asks over HTTPS: to register, how far that is, and what is stored of it.
#pragma once

#include "dps/core.h"
#include "dps/rest_message.h"

namespace twinstorm::dps {

// The request's path begins with the id scope.
[[nodiscard]] Outcome<net::HttpResponse> answer_device(Core& core, const RestRequest& request);

}  // namespace twinstorm::dps

// Routes of twins, for devices and modules alike: read, merge, replace.
#pragma once

#include "hub/core.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> get_twin(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> patch_twin(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> replace_twin(Core& core, const RestRequest& request);

}  // namespace twinstorm::hub

// Routes of twins, for devices and modules alike: read, merge, replace.
#pragma once

#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> get_twin(Shard& shard, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> patch_twin(Shard& shard, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> replace_twin(Shard& shard, const RestRequest& request);

}  // namespace twinstorm::hub

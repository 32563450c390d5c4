// Routes of the identity registry: single devices and modules, lists, statistics.
#pragma once

#include "hub/core.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> list_devices(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> list_modules(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> get_identity(Core& core, const RestRequest& request);
// Without If-Match it creates (device 200, module 201), with If-Match it updates (200).
[[nodiscard]] Outcome<net::HttpResponse> put_identity(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> delete_identity(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> device_statistics(Core& core, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> service_statistics(Core& core, const RestRequest& request);

}  // namespace twinstorm::hub

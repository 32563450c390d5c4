// The device's side over HTTPS: telemetry of a device or module, one message or a batch.
//
// Rules:  headers become properties: `iothub-messageid` ..., `iothub-app-{name}`. A batch has the
//         content type application/vnd.microsoft.iothub.json. Answers 204. The token is checked
//         here: the device's own, or one of a policy with DeviceConnect.
// Errors: 401003, 400004, 413001.
#pragma once

#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> post_device_messages(Shard& shard,
                                                              const RestRequest& request);

}  // namespace twinstorm::hub

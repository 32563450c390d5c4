// The device's side of a file upload over HTTPS: asks where to put a file, says how it went.
//
// Rules:  POST .../files {"blobName"} answers 200 with the blob's place and a token for it, POST
//         .../files/notifications {"correlationId", "isSuccess", ...} 204; the id may stand in the
//         path instead, as older SDKs write it. The token is the device's own, or one of a policy
//         with DeviceConnect; modules upload nothing. A success is told to services.
// Errors: 401003, 400004, 403006; 400006 for an upload that is not under way, 400020 for a success
//         without a blob.
#pragma once

#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> start_upload(Shard& shard, const RestRequest& request);
[[nodiscard]] Outcome<net::HttpResponse> end_upload(Shard& shard, const RestRequest& request);

}  // namespace twinstorm::hub

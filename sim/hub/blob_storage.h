// The storage account of a hub's file uploads, in as much of its dialect as uploading SDKs speak.
//
// Use:    answer_blob() for a path of the upload container, `/{container}/{device}/{name}`; on the
//         shard that took the request, answered from the one that owns the device.
// Rules:  PUT with a token of blob_token.h: the whole blob (`x-ms-blob-type: BlockBlob`), a block
//         (`comp=block&blockid=`), or the list of blocks that make it (`comp=blocklist`). Bytes are
//         counted and dropped; checksums are not looked at. It is another service than the hub, so
//         neither the hub's throttles nor its faults reach it.
// Errors: XML with a code, as storage has them: 400, 403, 405, 409.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/exchange.h"
#include "hub/shard.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

inline constexpr std::string_view kUploadContainer = "twinstorm-uploads";

[[nodiscard]] bool is_blob(const std::vector<std::string>& segments);
[[nodiscard]] std::string blob_path(std::string_view blob_name);  // `/{container}/{blob}`

void answer_blob(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

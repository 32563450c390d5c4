// The token that opens one blob for one upload, in the form of a storage account's service SAS:
// `?sv=2018-03-28&sr=b&scid={correlation}&se={expiry}&sp=rw&sig={signature}`.
//
// Rules:  signed by the hub with a key of its own over the blob's path and every field, so that it
//         opens nothing else and nothing later. Whether that upload is still under way is another
//         question.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "twinstorm/base/time.h"

namespace twinstorm::hub {

// `path` is `/{container}/{blob}`, decoded. The key comes from the hub's seed.
[[nodiscard]] std::string make_blob_token(std::string_view key, std::string_view path,
                                          std::string_view correlation_id, WallTime expiry);

// The correlation id, or why the token does not open it. `query` is without its `?`, encoded.
[[nodiscard]] tl::expected<std::string, std::string_view> check_blob_token(std::string_view key,
                                                                           std::string_view path,
                                                                           std::string_view query,
                                                                           WallTime now);

}  // namespace twinstorm::hub

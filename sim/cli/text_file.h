// Small files, written whole: through a temporary name and a rename, so that none is ever seen
// half.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::cli {

[[nodiscard]] Result<std::string> read_file(const std::string& path);
[[nodiscard]] Result<void> write_private_file(const std::string& path, std::string_view text);

}  // namespace twinstorm::cli

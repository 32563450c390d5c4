// Files that are there in full or not at all: written beside their place, then renamed into it.
//
// Errors: kExhausted when disk, quota or open files ran out, else kIo; each names the path.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::report {

[[nodiscard]] Result<void> make_folders(const std::string& folder);  // With its parents.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view content);

// The part that can fill a disk; `path` is for the error alone.
[[nodiscard]] Result<void> write_all(int file, std::string_view content, const std::string& path);

}  // namespace twinstorm::report

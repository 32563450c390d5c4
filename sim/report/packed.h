// Text made small enough to travel in the page: uPlot takes 52 KB plain and 30 KB packed, and a
// page has to stay under 100 KB. The page's script unpacks it with the browser's
// DecompressionStream.
#pragma once

#include <string>
#include <string_view>

namespace twinstorm::report {

[[nodiscard]] std::string packed(std::string_view text);  // The zlib format (RFC 1950), in base64.

}  // namespace twinstorm::report

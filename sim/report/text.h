// Foreign text made safe for the place it goes to: scenario names, error texts and YAML are written
// by people, so no renderer prints one of them without passing here.
#pragma once

#include <string>
#include <string_view>

namespace twinstorm::report {

// Valid UTF-8 without control characters (line feed and tab stay): others become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::string html_text(std::string_view text);      // Also for quoted attributes.
[[nodiscard]] std::string json_string(std::string_view text);    // Quoted, safe inside <script>.
[[nodiscard]] std::string csv_field(std::string_view text);      // Quoted where RFC 4180 asks.
[[nodiscard]] std::string markdown_text(std::string_view text);  // One line, also in a table.
[[nodiscard]] std::string markdown_code(std::string_view text);  // One line, as a code span.

}  // namespace twinstorm::report

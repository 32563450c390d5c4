// The sources of the page, embedded at build time from reports/page by embed_page.cmake.
#pragma once

#include <string_view>

namespace twinstorm::report {

extern const std::string_view kPageHtml;  // The frame, with {{placeholders}}.
extern const std::string_view kPageCss;
extern const std::string_view kPageScript;
extern const std::string_view kUplotScript;
extern const std::string_view kUplotCss;

}  // namespace twinstorm::report

// Text output pinned by files: expect_golden("summary.md", text) compares with
// tests/report/golden/summary.md; with TWINSTORM_UPDATE_GOLDEN=1 it writes that file instead.
#pragma once

#include <string>
#include <string_view>

namespace twinstorm::test {

void expect_golden(const std::string& file_name, std::string_view actual);

}  // namespace twinstorm::test

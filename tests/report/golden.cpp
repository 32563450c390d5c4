#include "report/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace twinstorm::test {

void expect_golden(const std::string& file_name, std::string_view actual) {
    const std::string path =
        std::string(TWINSTORM_SOURCE_DIR) + "/tests/report/golden/" + file_name;
    const char* const update = std::getenv("TWINSTORM_UPDATE_GOLDEN");
    if (update != nullptr && std::string_view(update) == "1") {
        std::ofstream file(path, std::ios::binary);
        file << actual;
        ASSERT_TRUE(file.good()) << path;
        return;
    }
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file.good()) << path << " is missing; run with TWINSTORM_UPDATE_GOLDEN=1";
    const std::string expected{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(expected, actual) << path << " differs; TWINSTORM_UPDATE_GOLDEN=1 accepts the change";
}

}  // namespace twinstorm::test

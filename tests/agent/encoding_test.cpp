#include "twinstorm/agent/encoding.h"

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

TEST(Encoding, NamesLeadBackToTheirEncodings) {
    EXPECT_EQ(name(Encoding::kJson), "json-1.0");
    EXPECT_EQ(name(Encoding::kJsonAsShipped), "json-1.0-as-shipped");
    EXPECT_EQ(name(Encoding::kJsonExtended), "json-1.0-ext");
    EXPECT_EQ(name(Encoding::kFlatBuffers), "flatbuffers-2.3");
    EXPECT_EQ(name(Encoding::kTemplate), "template");
    for (std::size_t i = 0; i < kEncodingCount; ++i) {
        const auto encoding = static_cast<Encoding>(i);
        EXPECT_EQ(find_encoding(name(encoding)), encoding);
    }
    EXPECT_FALSE(find_encoding("json"));
    EXPECT_FALSE(find_encoding(""));
}

}  // namespace
}  // namespace twinstorm::agent

#include "twinstorm/mqtt/malformation.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace twinstorm::mqtt {
namespace {

constexpr int kMalformations = static_cast<int>(Malformation::kSubAckCode) + 1;

TEST(Malformation, EachIsDescribedInItsOwnWords) {
    std::set<std::string_view> descriptions;
    for (int value = 0; value < kMalformations; ++value) {
        descriptions.insert(describe(static_cast<Malformation>(value)));
    }
    EXPECT_EQ(descriptions.size(), static_cast<std::size_t>(kMalformations));
    EXPECT_FALSE(descriptions.contains("unknown malformation"));
}

TEST(Malformation, EachButOurOwnLimitCitesItsClause) {
    for (int value = 0; value < kMalformations; ++value) {
        const auto malformation = static_cast<Malformation>(value);
        const bool cites = describe(malformation).find("[MQTT-") != std::string_view::npos;
        EXPECT_EQ(cites, malformation != Malformation::kPacketTooLarge) << describe(malformation);
    }
}

}  // namespace
}  // namespace twinstorm::mqtt

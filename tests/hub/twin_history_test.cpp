#include "hub/twin_history.h"

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;

const iothub::IdentityName kA{"a", ""};
const iothub::IdentityName kModule{"a", "m"};

boost::json::object document(std::int64_t number) {
    return {{"n", number}};
}

std::int64_t number_of(const TwinHistory& history, const iothub::IdentityName& name, TimePoint at) {
    const auto* const found = history.as_of(name, at);
    return found == nullptr ? -1 : found->at("n").as_int64();
}

TEST(TwinHistory, FindsTheDocumentOfAnInstant) {
    TwinHistory history;
    history.keep(kA, document(1), kRunStart + 1s);
    history.keep(kModule, document(7), kRunStart + 2s);
    history.keep(kA, document(2), kRunStart + 3s);
    EXPECT_EQ(number_of(history, kA, kRunStart), 1);
    EXPECT_EQ(number_of(history, kA, kRunStart + 1s - 1ns), 1);
    EXPECT_EQ(number_of(history, kA, kRunStart + 1s), 2);
    EXPECT_EQ(number_of(history, kA, kRunStart + 3s), -1) << "as it is";
    EXPECT_EQ(number_of(history, kModule, kRunStart + 1s), 7);
    EXPECT_EQ(number_of(history, {"b", ""}, kRunStart), -1);
}

TEST(TwinHistory, ForgetsWhatNobodyAsksForAgain) {
    TwinHistory history;
    history.keep(kA, document(1), kRunStart + 1s);
    history.keep(kA, document(2), kRunStart + 2s);
    history.forget_before(kRunStart + 1s);
    EXPECT_EQ(history.size(), 1U);
    EXPECT_EQ(number_of(history, kA, kRunStart + 1s), 2);
    history.forget_before(kRunStart + 1h);
    EXPECT_EQ(history.size(), 0U);
    history.keep(kA, document(3), kRunStart + 2h);
    history.clear();
    EXPECT_EQ(number_of(history, kA, kRunStart), -1);
}

TEST(TwinHistory, KeepsNoMoreThanItsLimit) {
    TwinHistory history;
    for (std::size_t i = 0; i <= kTwinVersionsMax; ++i) {
        history.keep(kA, document(static_cast<std::int64_t>(i)), kRunStart + Duration(i + 1));
    }
    EXPECT_EQ(history.size(), kTwinVersionsMax);
    EXPECT_EQ(number_of(history, kA, kRunStart), 1);
}

}  // namespace
}  // namespace twinstorm::hub

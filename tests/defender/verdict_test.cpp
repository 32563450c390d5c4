#include "defender/verdict.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace twinstorm::defender {
namespace {

TEST(Verdict, EveryReasonHasANameAndASentenceOfItsOwn) {
    std::set<std::string_view> names;
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < kReasonCount; ++i) {
        names.insert(name(static_cast<Reason>(i)));
        sentences.insert(describe(static_cast<Reason>(i)));
    }
    EXPECT_EQ(names.size(), kReasonCount);
    EXPECT_EQ(sentences.size(), kReasonCount);
}

TEST(Verdict, AFlawLearnsItsPlaceFromTheInsideOut) {
    const Flaw found = within("Events", 3, within("Payload", 0, flaw(Reason::kValue, "Result")));
    EXPECT_EQ(found->where, "Events[3].Payload[0].Result");
    EXPECT_EQ(within("Events", 1, flaw(Reason::kWrongType))->where, "Events[1]");
    EXPECT_EQ(within("outer", flaw(Reason::kWrongType, "inner"))->where, "outer.inner");
    EXPECT_FALSE(within("outer", 1, Flaw{}));
    EXPECT_FALSE(within("outer", Flaw{}));
}

TEST(Verdict, ASendersTextIsMadeHarmless) {
    EXPECT_EQ(flaw(Reason::kValue, "x", "a\nb\x80")->detail, "a?b?");
    EXPECT_EQ(flaw(Reason::kValue, "x", std::string(kDetailBytesMax, 'a'))->detail,
              std::string(kDetailBytesMax, 'a'));
    EXPECT_EQ(flaw(Reason::kValue, "x", std::string(kDetailBytesMax + 1, 'a'))->detail,
              std::string(kDetailBytesMax, 'a') + "...");
}

}  // namespace
}  // namespace twinstorm::defender

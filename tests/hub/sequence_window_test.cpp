#include "hub/sequence_window.h"

#include <set>

#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::hub {
namespace {

using Verdict = SequenceWindow::Verdict;

TEST(SequenceWindow, CountsAnUnbrokenRowAsNew) {
    SequenceWindow window;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        ASSERT_EQ(window.record(i), Verdict::kNew);
        ASSERT_EQ(window.low(), i + 1);
    }
    EXPECT_EQ(window.record(999), Verdict::kDuplicate);
    EXPECT_EQ(window.record(0), Verdict::kDuplicate);
}

TEST(SequenceWindow, TellsReorderedFromDuplicated) {
    SequenceWindow window;
    EXPECT_EQ(window.record(1), Verdict::kNew);
    EXPECT_EQ(window.record(4), Verdict::kNew);
    EXPECT_EQ(window.record(3), Verdict::kReordered);
    EXPECT_EQ(window.record(3), Verdict::kDuplicate);
    EXPECT_EQ(window.record(4), Verdict::kDuplicate);
    EXPECT_EQ(window.record(2), Verdict::kReordered);
    EXPECT_EQ(window.record(5), Verdict::kNew);
}

TEST(SequenceWindow, AllowsStragglersBeforeTheFirst) {
    SequenceWindow window;
    EXPECT_EQ(window.record(1000), Verdict::kNew);
    EXPECT_EQ(window.record(1000 - SequenceWindow::kStragglersMax), Verdict::kReordered);
    EXPECT_EQ(window.record(1000 - SequenceWindow::kStragglersMax - 1), Verdict::kDuplicate);
}

TEST(SequenceWindow, GivesUpGapsThatStayOpen) {
    SequenceWindow window;
    EXPECT_EQ(window.record(0), Verdict::kNew);
    for (std::uint64_t i = 2; i < 65; ++i) {
        ASSERT_EQ(window.record(i), Verdict::kNew);
    }
    EXPECT_EQ(window.low(), 1U);  // Number 1 may still come.
    EXPECT_EQ(window.record(65), Verdict::kNew);
    EXPECT_EQ(window.low(), 66U);
    EXPECT_EQ(window.record(1), Verdict::kDuplicate);
}

TEST(SequenceWindow, SurvivesJumps) {
    SequenceWindow window;
    EXPECT_EQ(window.record(0), Verdict::kNew);
    EXPECT_EQ(window.record(999'999'999'999'999'999), Verdict::kNew);
    EXPECT_EQ(window.record(999'999'999'999'999'999), Verdict::kDuplicate);
    EXPECT_EQ(window.record(999'999'999'999'999'990), Verdict::kReordered);
    EXPECT_EQ(window.record(5), Verdict::kDuplicate);
}

TEST(SequenceWindow, AgreesWithASetWhileGapsAreSmall) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Random random(seed);
        SequenceWindow window;
        std::set<std::uint64_t> seen;
        std::uint64_t next = 100;
        for (int i = 0; i < 2000; ++i) {
            // Around the front, never further from it than half a window.
            const std::uint64_t number = next - random.below(30);
            next += random.below(3) == 0 ? 1 : 0;
            const bool is_new = seen.insert(number).second;
            if (seen.size() == 1) {
                static_cast<void>(window.record(number));
                continue;
            }
            const bool highest = number == *seen.rbegin();
            const Verdict expected = !is_new   ? Verdict::kDuplicate
                                     : highest ? Verdict::kNew
                                               : Verdict::kReordered;
            ASSERT_EQ(window.record(number), expected) << "seed " << seed << " step " << i;
        }
    }
}

}  // namespace
}  // namespace twinstorm::hub

#include "twinstorm/agent/backlog.h"

#include <vector>

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

constexpr Backlog::Rhythm kHourly{true, true, 3'600};
constexpr Backlog::Rhythm kPlain{true, false, 120};
constexpr Backlog::Rhythm kOff{false, true, 3'600};

struct Span {
    std::int32_t begin;
    std::int32_t end;
    friend bool operator==(const Span&, const Span&) = default;
};

std::vector<Span> steps(Backlog& backlog, std::int32_t now) {
    std::vector<Span> all;
    while (const auto step = backlog.next_step(now)) {
        all.push_back({step->begin, step->end});
    }
    return all;
}

// Each step that has ended gets so many entries of 100 bytes.
void gather(Backlog& backlog, std::int32_t now, std::uint32_t entries) {
    while (const auto step = backlog.next_step(now)) {
        backlog.enqueue(*step, entries, entries * 100, true);
    }
}

TEST(Backlog, StepsEndAfterEachInterval) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    EXPECT_TRUE(steps(backlog, 3'599).empty());
    EXPECT_EQ(backlog.next_end(), 3'600);
    EXPECT_EQ(steps(backlog, 7'300), (std::vector<Span>{{0, 3'600}, {3'600, 7'200}}));
    EXPECT_EQ(backlog.next_end(), 10'800);
}

TEST(Backlog, ASnapshotIsTakenAtOnce) {
    Backlog backlog;
    backlog.open({true, true, 46'800}, -46'800);
    EXPECT_EQ(steps(backlog, 0), (std::vector<Span>{{-46'800, 0}}));
    EXPECT_EQ(backlog.next_end(), 46'800);
}

TEST(Backlog, PlainEventsComeInTicksButAreLookedUpInBulk) {
    Backlog backlog;
    backlog.open(kPlain, 0);
    EXPECT_EQ(steps(backlog, 359), (std::vector<Span>{{0, 240}}));
    EXPECT_EQ(steps(backlog, 4'500), (std::vector<Span>{{240, 3'840}, {3'840, 4'440}}));
}

TEST(Backlog, TheFrontMovesAsEntriesAreTaken) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    gather(backlog, 7'200, 2);
    EXPECT_EQ(backlog.bytes(), 400u);
    EXPECT_EQ(backlog.front_end(), 3'600);
    EXPECT_FALSE(backlog.take(100));
    EXPECT_EQ(backlog.front()->taken, 1u);
    EXPECT_FALSE(backlog.take(100));
    backlog.leave_front();
    EXPECT_EQ(backlog.front()->begin, 3'600);
    EXPECT_EQ(backlog.front()->taken, 0u);
    EXPECT_FALSE(backlog.take(100));
    EXPECT_TRUE(backlog.take(90));  // Was measured as 100.
    EXPECT_TRUE(backlog.empty());
    EXPECT_EQ(backlog.bytes(), 0u);
}

TEST(Backlog, EmptyStepsTakeNoRoom) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    gather(backlog, 36'000, 0);
    EXPECT_TRUE(backlog.empty());
    gather(backlog, 39'600, 1);
    EXPECT_EQ(backlog.front()->begin, 36'000);
}

TEST(Backlog, WhatWasDroppedLeavesAGap) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    backlog.enqueue(*backlog.next_step(3'600), 3, 300, false);  // And something was dropped.
    const auto second = backlog.next_step(7'200);
    EXPECT_TRUE(backlog.has_room_for(*second));
    backlog.enqueue(*second, 1, 100, false);
    EXPECT_FALSE(backlog.has_room_for(*backlog.next_step(10'800)));
    EXPECT_FALSE(backlog.take(100));
    EXPECT_FALSE(backlog.take(100));
    EXPECT_TRUE(backlog.take(100));  // The rest of that step is gone.
    EXPECT_EQ(backlog.front()->begin, 3'600);
}

TEST(Backlog, AnIntervalThatWouldHaveEndedEndsNow) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    backlog.change({true, true, 600}, 1'000);
    EXPECT_EQ(steps(backlog, 2'300),
              (std::vector<Span>{{0, 1'000}, {1'000, 1'600}, {1'600, 2'200}}));
}

TEST(Backlog, AnIntervalThatIsStillOpenOnlyGetsAnotherEnd) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    backlog.change({true, true, 7'200}, 1'000);
    EXPECT_EQ(steps(backlog, 7'200), (std::vector<Span>{{0, 7'200}}));
    backlog.change({true, true, 3'600}, 8'000);
    EXPECT_EQ(steps(backlog, 10'800), (std::vector<Span>{{7'200, 10'800}}));
}

TEST(Backlog, AnotherKindEndsWhatIsOpen) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    backlog.change(kPlain, 1'000);
    auto step = backlog.next_step(1'001);
    ASSERT_TRUE(step);
    EXPECT_TRUE(step->aggregated);
    EXPECT_EQ(step->end, 1'000);
    step = backlog.next_step(1'120);
    ASSERT_TRUE(step);
    EXPECT_FALSE(step->aggregated);
    EXPECT_EQ(step->end, 1'120);
}

TEST(Backlog, WhatIsSwitchedOffKeepsWhatItHas) {
    Backlog backlog;
    backlog.open(kHourly, 0);
    gather(backlog, 3'600, 2);
    backlog.change(kOff, 5'000);
    EXPECT_TRUE(steps(backlog, 100'000).empty());
    EXPECT_EQ(backlog.next_end(), Backlog::kNever);
    EXPECT_FALSE(backlog.empty());
    backlog.change(kHourly, 200'000);
    EXPECT_EQ(steps(backlog, 203'600), (std::vector<Span>{{200'000, 203'600}}));
}

TEST(Backlog, PlainEventsBeforeTheSwitchAreStillSent) {
    Backlog backlog;
    backlog.open(kPlain, 0);
    backlog.change({false, false, 120}, 500);
    EXPECT_EQ(steps(backlog, 600), (std::vector<Span>{{0, 500}}));
    EXPECT_TRUE(steps(backlog, 6'000).empty());
}

}  // namespace
}  // namespace twinstorm::agent

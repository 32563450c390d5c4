#include "twinstorm/plan/play.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "plan/plans.h"
#include "twinstorm/plan/plan_hash.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;

Play reverse_shell() {
    Play play;
    play.playbook = host::find_playbook("reverse-shell").value();
    play.device_prefix = "gw-";
    play.device_share = 0.05;
    play.start = 10s;
    play.spread = 30s;
    return play;
}

std::string device(int number) {
    return "gw-" + std::to_string(number);
}

std::set<std::string> chosen(const PhasePlays& plays, const Play& play) {
    std::set<std::string> devices;
    for (int i = 0; i < 10'000; ++i) {
        if (plays.chooses(play, device(i))) {
            devices.insert(device(i));
        }
    }
    return devices;
}

TEST(PhasePlays, ChoosesAShareBySeedAndPhase) {
    const PhasePlays plays(7, "outbreak");
    const std::set<std::string> devices = chosen(plays, reverse_shell());
    EXPECT_NEAR(static_cast<double>(devices.size()), 500, 70);
    EXPECT_EQ(chosen(PhasePlays(7, "outbreak"), reverse_shell()), devices);
    EXPECT_NE(chosen(PhasePlays(8, "outbreak"), reverse_shell()), devices);
    EXPECT_NE(chosen(PhasePlays(7, "later"), reverse_shell()), devices);
}

TEST(PhasePlays, ALargerShareHoldsTheSmallerOne) {
    const PhasePlays plays(7, "outbreak");
    Play more = reverse_shell();
    more.device_share = 0.2;
    const auto few = chosen(plays, reverse_shell());
    const auto many = chosen(plays, more);
    EXPECT_GT(many.size(), 2 * few.size());
    EXPECT_TRUE(std::ranges::includes(many, few));
}

TEST(PhasePlays, ChoosesByPrefix) {
    const PhasePlays plays(7, "outbreak");
    Play all = reverse_shell();
    all.device_share = 1;
    EXPECT_TRUE(plays.chooses(all, "gw-1"));
    EXPECT_FALSE(plays.chooses(all, "reference-1"));
    all.device_prefix.clear();
    EXPECT_TRUE(plays.chooses(all, "reference-1"));
}

TEST(PhasePlays, SpreadsTheInstants) {
    const PhasePlays plays(7, "outbreak");
    Duration first = 100s;
    Duration last = 0s;
    for (int i = 0; i < 1'000; ++i) {
        const auto instants = plays.instants(reverse_shell(), 0, device(i));
        ASSERT_EQ(instants.size(), 1U);
        first = std::min(first, instants[0]);
        last = std::max(last, instants[0]);
    }
    EXPECT_GE(first, 10s);
    EXPECT_LT(first, 11s);
    EXPECT_LT(last, 40s);
    EXPECT_GT(last, 39s);
    EXPECT_EQ(plays.instants(reverse_shell(), 0, "gw-1"),
              PhasePlays(7, "outbreak").instants(reverse_shell(), 0, "gw-1"));
    EXPECT_NE(plays.instants(reverse_shell(), 0, "gw-1"),
              plays.instants(reverse_shell(), 1, "gw-1"));
    Play at_once = reverse_shell();
    at_once.spread = 0s;
    EXPECT_EQ(plays.instants(at_once, 0, "gw-1"), std::vector<Duration>{10s});
}

TEST(PhasePlays, EachTimeHasItsOwnPartOfTheSpread) {
    const PhasePlays plays(7, "outbreak");
    Play thrice = reverse_shell();
    thrice.times = 3;
    for (int i = 0; i < 100; ++i) {
        const auto instants = plays.instants(thrice, 0, device(i));
        ASSERT_EQ(instants.size(), 3U);
        for (int time = 0; time < 3; ++time) {
            EXPECT_GE(instants.at(static_cast<std::size_t>(time)), 10s + time * 10s);
            EXPECT_LE(instants.at(static_cast<std::size_t>(time)), 20s + time * 10s);
        }
    }
}

TEST(Play, IsDescribedForPeople) {
    Play play = reverse_shell();
    EXPECT_EQ(describe(play),
              "reverse-shell, devices gw-*, 5% of the devices, after 10s, spread over 30s");
    play = {.playbook = play.playbook, .times = 3, .persona = "legacy-c"};
    EXPECT_EQ(describe(play), "reverse-shell for legacy-c, 3 times");
}

TEST(Play, EveryMemberIsPartOfThePlan) {
    Plan plan = quickstart_plan();
    const std::string without = plan_hash(plan);
    plan.phases[2].plays = {reverse_shell()};
    std::set<std::string> hashes{without, plan_hash(plan)};
    const auto changed = [&plan](void (*change)(Play&)) {
        Plan other = plan;
        change(other.phases[2].plays[0]);
        return plan_hash(other);
    };
    hashes.insert(changed([](Play& play) { play.playbook = 0; }));
    hashes.insert(changed([](Play& play) { play.device_prefix = "x"; }));
    hashes.insert(changed([](Play& play) { play.device_share = 0.5; }));
    hashes.insert(changed([](Play& play) { play.start = 1s; }));
    hashes.insert(changed([](Play& play) { play.spread = 1s; }));
    hashes.insert(changed([](Play& play) { play.times = 2; }));
    hashes.insert(changed([](Play& play) { play.persona = "micro-linux"; }));
    EXPECT_EQ(hashes.size(), 9U);
}

}  // namespace
}  // namespace twinstorm::plan

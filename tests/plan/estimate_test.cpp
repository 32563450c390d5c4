#include "twinstorm/plan/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plans.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Estimate, CountsWhatAQuickstartNeeds) {
    const Estimate sums = estimate(quickstart_plan());
    EXPECT_EQ(sums.connections, 1'010u);
    EXPECT_EQ(sums.files, 1'010u + 64);
    EXPECT_EQ(sums.hub_files, 1'010u + 8 + 64);
    EXPECT_EQ(sums.memory_bytes, 1'010u * (30 + 24) * 1024 + 2 * 32 * 1024 * 1024);
    EXPECT_EQ(sums.source_addresses, 1u);
    EXPECT_DOUBLE_EQ(sums.connect_s, 5.05);
    EXPECT_DOUBLE_EQ(sums.connect_at_tier_s, 1'010 / 6'000.0);
    EXPECT_DOUBLE_EQ(sums.load_s, 85);
    EXPECT_DOUBLE_EQ(sums.messages_per_s, 2'000);
    EXPECT_DOUBLE_EQ(sums.messages_per_day, 2'000.0 * 86'400);
    EXPECT_DOUBLE_EQ(sums.quota_share, 2'000.0 * 86'400 / 300e6);
    // Twin reads, 85 s of messages, 2,000 updates and a roll-out of three billed messages each.
    EXPECT_DOUBLE_EQ(sums.run_messages, 1'010 + 85 * 2'000 + 3 * 2'000 + 3 * 1'010);
    EXPECT_THAT(sums.notes, IsEmpty());
}

TEST(Estimate, KnowsNoTierOfARealHub) {
    Plan plan = quickstart_plan();
    plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
    const Estimate sums = estimate(plan);
    EXPECT_EQ(sums.hub_files, 0u);
    EXPECT_EQ(sums.connect_at_tier_s, 0);
    EXPECT_EQ(sums.quota_share, 0);
    EXPECT_DOUBLE_EQ(sums.messages_per_day, 2'000.0 * 86'400);
    EXPECT_LT(sums.memory_bytes, estimate(quickstart_plan()).memory_bytes);
    EXPECT_THAT(sums.notes, IsEmpty());
}

TEST(Estimate, CountsHalfKilobyteBlocksOnTheFreeTier) {
    Plan plan = quickstart_plan();
    plan.hub = MockHub{iothub::Tier::kF1, 1};
    EXPECT_DOUBLE_EQ(estimate(plan).messages_per_day, 3 * 2'000.0 * 86'400);
}

TEST(Estimate, LeavesOutPhasesAndGroupsWithoutOpenLoad) {
    Plan plan = quickstart_plan();
    plan.groups[0].security_messages = ClosedLoad{16};
    EXPECT_EQ(estimate(plan).messages_per_s, 0);
    plan = quickstart_plan();
    plan.phases[2].security_messages = false;
    EXPECT_DOUBLE_EQ(estimate(plan).run_messages, 1'010 + 65 * 2'000 + 3 * 2'000 + 3 * 1'010);
}

TEST(Estimate, SpreadsOverSourceAddresses) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.groups[0].devices = 20'000;
    EXPECT_EQ(estimate(plan).source_addresses, 1u);
    plan.groups[0].devices = 20'001;
    EXPECT_EQ(estimate(plan).source_addresses, 2u);
}

TEST(Estimate, SurvivesAnEmptyPlan) {
    const Estimate sums = estimate(Plan());
    EXPECT_EQ(sums.connections, 0u);
    EXPECT_EQ(sums.source_addresses, 1u);
    EXPECT_EQ(sums.connect_s, 0);
}

TEST(Estimate, NotesEveryLimitThatThePlanGoesOver) {
    Plan plan = quickstart_plan();
    plan.hub = MockHub{iothub::Tier::kS1, 1};
    plan.phases[3].at_most = 10s;
    plan.groups[0].security_messages = OpenLoad{10};
    EXPECT_THAT(
        estimate(plan).notes,
        ElementsAre(
            "Creating 2,020 identities: S1 x 1 serves 1.67/s, about 19.2min beyond its burst "
            "credit.",
            "Security messages: 10,000/s planned, S1 x 1 serves 100/s; its burst credit lasts "
            "606ms, then the hub throttles.",
            "Roll-out in phase `rollout`: 40.4s at what S1 x 1 serves for long, beyond its "
            "`at_most` of 10s; only the tier's burst credit can make it."));
    plan.phases[2].duration = 60s;
    const auto notes = estimate(plan).notes;
    EXPECT_THAT(notes.at(2),
                "Twin updates in phase `steady`, each with its reported patch: 200/s planned, S1 x "
                "1 serves 50/s; its burst credit lasts 20s, then the hub throttles.");
    EXPECT_THAT(notes.back(),
                HasSubstr("Messages: this run needs 772,040 or more, S1 x 1 has 400,000 a day."));
    plan.groups[0].devices = 20'000;
    EXPECT_THAT(estimate(plan).notes.at(1),
                "Connecting: 200/s planned, S1 x 1 serves 100/s; its burst credit lasts 60s, then "
                "the hub throttles.");
    std::get<MockHub>(plan.hub).throttle = false;
    EXPECT_THAT(estimate(plan).notes, IsEmpty()) << "a hub that does not throttle has no limits";
}

TEST(Shortages, NamesWhatThisMachineLacks) {
    Estimate sums = estimate(quickstart_plan());
    EXPECT_THAT(shortages(sums, {}), IsEmpty()) << "unknown limits are not judged";
    EXPECT_THAT(shortages(sums, {1'082, sums.memory_bytes, 1'010}), IsEmpty());
    EXPECT_THAT(
        shortages(sums, {1'081, 1 << 20, 1'009}),
        ElementsAre(HasSubstr("1082 open files are needed in one process, and this machine allows "
                              "1081: raise the limit with `ulimit -n 1082`"),
                    HasSubstr("About 117.3 MiB of memory are needed, and 1.0 MiB are available"),
                    HasSubstr("1010 local ports are needed, and 1009 are available")));
}

}  // namespace
}  // namespace twinstorm::plan

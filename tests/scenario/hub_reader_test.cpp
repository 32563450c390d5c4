#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kVariable = "TWINSTORM_HUB_READER_TEST";
constexpr const char* kConnectionString =
    "HostName=hub1.azure-devices.net;SharedAccessKeyName=iothubowner;"
    "SharedAccessKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

class HubReader : public ::testing::Test {
protected:
    void SetUp() override { ::setenv(kVariable, kConnectionString, 1); }
    void TearDown() override { ::unsetenv(kVariable); }
};

TEST_F(HubReader, TakesAMockHub) {
    const auto plan = parse_scenario(with_hub("{mock: {tier: S3, units: 10}}"), "s", {});
    ASSERT_TRUE(plan);
    const auto& mock = std::get<plan::MockHub>(plan->hub);
    EXPECT_EQ(mock.tier, iothub::Tier::kS3);
    EXPECT_EQ(mock.units, 10);
    const auto defaults = parse_scenario(with_hub("{mock: }"), "s", {});
    ASSERT_TRUE(defaults);
    EXPECT_EQ(std::get<plan::MockHub>(defaults->hub).tier, iothub::Tier::kS1);
    EXPECT_EQ(std::get<plan::MockHub>(defaults->hub).units, 1);
    EXPECT_TRUE(std::get<plan::MockHub>(defaults->hub).throttle);
    EXPECT_EQ(std::get<plan::MockHub>(defaults->hub).partitions, 4u);
    EXPECT_EQ(std::get<plan::MockHub>(defaults->hub).workers, 1u);
    EXPECT_EQ(std::get<plan::MockHub>(defaults->hub).verdicts, plan::Verdicts::kStrict);
    const auto tuned = parse_scenario(
        with_hub("{mock: {throttle: false, partitions: 32, workers: 2, verdicts: as-shipped}}"),
        "s", {});
    ASSERT_TRUE(tuned);
    EXPECT_FALSE(std::get<plan::MockHub>(tuned->hub).throttle);
    EXPECT_EQ(std::get<plan::MockHub>(tuned->hub).partitions, 32u);
    EXPECT_EQ(std::get<plan::MockHub>(tuned->hub).workers, 2u);
    EXPECT_EQ(std::get<plan::MockHub>(tuned->hub).verdicts, plan::Verdicts::kAsShipped);
}

TEST_F(HubReader, ReportsWrongMockHubs) {
    EXPECT_THAT(mistakes(with_hub("{mock: {tier: S4, units: 0}}")),
                ElementsAre("s:4:20: unknown tier `S4`; did you mean `S1`?",
                            "s:4:31: `0` is out of place; expected a whole number from 1 to 200"));
    EXPECT_THAT(mistakes(with_hub("{mock: {tier: S3, units: 11}}")),
                ElementsAre("s:4:31: `11` is out of place; expected a whole number from 1 to 10"));
    EXPECT_THAT(mistakes(with_hub("{mock: {tier: F1, units: 2}}")),
                ElementsAre("s:4:31: `2` is out of place; expected a whole number from 1 to 1"));
    EXPECT_THAT(mistakes(with_hub("{mock: [S3]}")),
                ElementsAre("s:4:13: a list where a map belongs, with the keys `tier`, `units`, "
                            "`throttle`, `partitions`, `workers`, `verdicts`"));
    EXPECT_THAT(
        mistakes(with_hub("{mock: {throttle: off, partitions: 1, workers: 0, verdicts: lax}}")),
        ElementsAre("s:4:24: `off` is out of place; expected `true` or `false`",
                    "s:4:41: `1` is out of place; expected a whole number from 2 to 32",
                    "s:4:53: `0` is out of place; expected a whole number from 1 to 64",
                    "s:4:66: unknown verdicts `lax`; expected one of `strict`, `as-shipped`"));
    EXPECT_THAT(mistakes(with_hub("{mock: {tiers: S3}}")),
                ElementsAre("s:4:14: unknown key `tiers`; did you mean `tier`?"));
}

TEST_F(HubReader, WantsExactlyOneHub) {
    EXPECT_THAT(mistakes(with_hub("{}")),
                ElementsAre("s:4:6: a hub is exactly one of `mock` and `real`"));
    EXPECT_THAT(mistakes(with_hub("{mock: {}, real: {ready_file: hub.json}}")),
                ElementsAre("s:4:6: a hub is exactly one of `mock` and `real`"));
    EXPECT_THAT(mistakes(with_hub("mock")),
                ElementsAre("s:4:6: `mock` where a map belongs, with the keys `mock`, `real`"));
    EXPECT_THAT(mistakes(with_hub("{moc: {}}")),
                ElementsAre("s:4:6: a hub is exactly one of `mock` and `real`",
                            "s:4:7: unknown key `moc`; did you mean `mock`?"));
}

TEST_F(HubReader, TakesAReadyFileWithoutABudget) {
    const auto plan = parse_scenario(with_hub("{real: {ready_file: hub.json}}"), "s", {});
    ASSERT_TRUE(plan);
    const auto& real = std::get<plan::RealHub>(plan->hub);
    EXPECT_EQ(real.ready_file, "hub.json");
    EXPECT_TRUE(real.connection_string.empty());
    EXPECT_FALSE(real.budget);
    EXPECT_THAT(mistakes(with_hub("{real: {ready_file: ''}}")),
                ElementsAre("s:4:26: an empty path; expected one such as `hub.json`"));
    EXPECT_THAT(mistakes(with_hub("{real: {ready_file: [a]}}")),
                ElementsAre("s:4:26: a list where text belongs"));
}

TEST_F(HubReader, TakesAConnectionStringWithABudget) {
    const auto plan =
        parse_scenario(with_hub("{real: {connection_string: \"${env:TWINSTORM_HUB_READER_TEST}\", "
                                "budget: {messages: 1000, devices: 2, duration: 1h}}}"),
                       "s", {});
    ASSERT_TRUE(plan);
    const auto& real = std::get<plan::RealHub>(plan->hub);
    EXPECT_EQ(real.connection_string.reveal(), kConnectionString);
    ASSERT_TRUE(real.budget);
    EXPECT_EQ(real.budget->messages, 1'000u);
    EXPECT_EQ(real.budget->devices, 2u);
    EXPECT_EQ(real.budget->duration, Duration(1h));
    EXPECT_EQ(plan->source.find("AAEC"), std::string::npos);
}

TEST_F(HubReader, WantsABudgetForAConnectionString) {
    EXPECT_THAT(
        mistakes(with_hub("{real: {connection_string: \"${env:TWINSTORM_HUB_READER_TEST}\"}}")),
        ElementsAre("s:4:13: key `budget` is missing: a paid hub is only driven within one, as in "
                    "`{messages: 1000000, devices: 2000, duration: 1h}`"));
    EXPECT_THAT(mistakes(with_hub("{real: }")),
                ElementsAre("s:4:7: a real hub needs exactly one of `connection_string` and "
                            "`ready_file`"));
    EXPECT_THAT(mistakes(with_hub("{real: {ready_file: a, budget: {messages: 1/s, device: 1}}}")),
                ElementsAre("s:4:37: key `devices` is missing", "s:4:37: key `duration` is missing",
                            "s:4:48: `1/s` is out of place; expected a whole number from 1 to "
                            "1000000000000",
                            "s:4:53: unknown key `device`; did you mean `devices`?"));
}

TEST_F(HubReader, HoldsThePlanAgainstItsBudget) {
    const auto of = [](const std::string& budget) {
        return mistakes(with_hub("{real: {ready_file: a, budget: " + budget + "}}"));
    };
    EXPECT_THAT(of("{messages: 2, devices: 2, duration: 2s}"), IsEmpty());
    EXPECT_THAT(of("{messages: 1, devices: 1, duration: 1s}"),
                ElementsAre("s:4:48: the plan needs 2 messages, more than the `1` that its budget "
                            "allows",
                            "s:4:60: the plan needs 2 devices, more than the `1` that its budget "
                            "allows",
                            "s:4:73: the plan needs 1.2s at most, more than the `1s` that its "
                            "budget allows"));
    EXPECT_THAT(of("{messages: 0, devices: 0, duration: 0s}").size(), 3u)
        << "an unreadable limit is no limit";
}

TEST_F(HubReader, NeverQuotesABadConnectionString) {
    ::setenv(kVariable, "hunter2-is-my-key", 1);
    EXPECT_THAT(
        mistakes(with_hub("{real: {connection_string: '${env:TWINSTORM_HUB_READER_TEST}', budget: "
                          "{messages: 9, devices: 9, duration: 9s}}}")),
        ElementsAre("s:4:33: `${env:TWINSTORM_HUB_READER_TEST}` holds no connection string of a "
                    "service; expected `HostName=..;SharedAccessKeyName=..;SharedAccessKey=..`"));
}

}  // namespace
}  // namespace twinstorm::scenario

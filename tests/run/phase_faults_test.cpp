#include "run/phase_faults.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "hub/faults_json.h"
#include "run/scripted_admin.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

const std::string kPut = "PUT /admin/faults";
const std::string kDelete = "DELETE /admin/faults";

plan::Fault fault(auto effect) {
    plan::Fault made;
    made.effect = std::move(effect);
    return made;
}

plan::Phase phase(std::string name, std::vector<plan::Fault> faults) {
    plan::Phase made;
    made.name = std::move(name);
    made.faults = std::move(faults);
    return made;
}

class PhaseFaultsTest : public ::testing::Test {
protected:
    // To the instant, deadline by deadline, as a loop would.
    void run_to(TimePoint end) {
        while (faults_.next_deadline() && *faults_.next_deadline() <= end) {
            faults_.advance(*faults_.next_deadline());
        }
    }

    const plan::Phase calm_ = phase("calm", {});
    const plan::Phase storm_ = phase("storm", {fault(plan::DisconnectFault{0.5, 0})});
    const plan::Phase rain_ = phase("rain", {fault(plan::DropAcknowledgementsFault{0.1})});
    ScriptedAdmin admin_;
    Target target_ = ScriptedAdmin::target();
    Lines failures_;
    PhaseFaults faults_{admin_, target_, 7, [this](const Error& error, TimePoint) {
                            failures_.push_back(error.detail);
                        }};
};

TEST_F(PhaseFaultsTest, SetsThemAtTheBeginAndTakesThemBackAtTheEnd) {
    faults_.plan_for(calm_, kRunStart + 1s);
    EXPECT_FALSE(faults_.next_deadline()) << "nothing to do";
    faults_.plan_for(storm_, kRunStart + 5s);
    EXPECT_EQ(faults_.next_deadline(), kRunStart + 5s);
    faults_.advance(kRunStart + 5s - 1ns);
    EXPECT_TRUE(admin_.requests.empty());
    run_to(kRunStart + 5s);
    EXPECT_EQ(admin_.requests, Lines{kPut});
    admin_.answer(204);
    faults_.plan_for(calm_, kRunStart + 9s);
    run_to(kRunStart + 8s);
    EXPECT_EQ(admin_.requests.size(), 1u);
    run_to(kRunStart + 9s);
    EXPECT_EQ(admin_.requests, (Lines{kPut, kDelete}));
    faults_.clear_at(kRunStart + 10s);
    EXPECT_FALSE(faults_.next_deadline()) << "they are gone already";
    EXPECT_TRUE(failures_.empty());
    EXPECT_TRUE(faults_.notes().empty());
}

TEST_F(PhaseFaultsTest, OnePhasesFaultsReplaceTheOthers) {
    faults_.plan_for(storm_, kRunStart + 1s);
    run_to(kRunStart + 1s);
    faults_.plan_for(rain_, kRunStart + 2s);
    run_to(kRunStart + 2s);
    EXPECT_EQ(admin_.requests, (Lines{kPut, kPut}));
    faults_.clear_at(kRunStart + 3s);
    run_to(kRunStart + 3s);
    EXPECT_EQ(admin_.requests, (Lines{kPut, kPut, kDelete}));
}

TEST_F(PhaseFaultsTest, EachPhaseHasASeedOfItsOwnFromTheRuns) {
    faults_.plan_for(storm_, kRunStart + 1s);
    run_to(kRunStart + 1s);
    faults_.plan_for(rain_, kRunStart + 2s);
    run_to(kRunStart + 2s);
    const auto seed = [&](std::size_t request) {
        return boost::json::parse(admin_.bodies[request]).at("seed").to_number<std::uint64_t>();
    };
    EXPECT_NE(seed(0), seed(1));
    EXPECT_EQ(net::find_header(admin_.headers[0], "Content-Type"), "application/json");
    PhaseFaults again(admin_, target_, 7, [](const Error&, TimePoint) {});
    again.plan_for(rain_, kRunStart);
    again.advance(kRunStart);
    EXPECT_EQ(seed(2), seed(1)) << "the same run, the same faults";
}

TEST_F(PhaseFaultsTest, AHubThatTakesNoneIsNoted) {
    faults_.plan_for(storm_, kRunStart);
    run_to(kRunStart);
    admin_.answer(404);
    EXPECT_TRUE(failures_.empty());
    EXPECT_EQ(
        faults_.notes(),
        Lines{"the faults of phase storm could not be set: the hub's admin API answered 404"});
}

TEST_F(PhaseFaultsTest, ARefusalEndsTheRun) {
    faults_.plan_for(storm_, kRunStart);
    run_to(kRunStart);
    admin_.answer(400, R"({"error":"faults[0]: expected an object"})");
    EXPECT_EQ(failures_, Lines{"the faults of phase storm could not be set: the hub's admin API "
                               "answered 400: faults[0]: expected an object"});
    EXPECT_TRUE(faults_.notes().empty());
}

TEST_F(PhaseFaultsTest, FaultsThatMayStillBeThereAreNoted) {
    faults_.plan_for(storm_, kRunStart);
    run_to(kRunStart);
    admin_.answer(204);
    faults_.clear_at(kRunStart + 1s);
    run_to(kRunStart + 1s);
    admin_.fail_with({ErrorCode::kClosedByPeer, "gone"});
    EXPECT_EQ(faults_.notes(), Lines{"the hub's faults could not be taken back: gone"});
}

// Both sides of the admin endpoint write down the same limits.
TEST(PhaseFaults, PlanAndHubAgreeOnTheirLimits) {
    EXPECT_EQ(plan::kFaultsMax, hub::kFaultsMax);
    EXPECT_EQ(plan::kFaultPrefixBytesMax, hub::kFaultPrefixBytesMax);
    EXPECT_EQ(plan::kFaultLatencyMax, hub::kFaultLatencyMax);
    EXPECT_EQ(plan::kFaultSpanMax, hub::kFaultSpanMax);
    EXPECT_EQ(plan::kDisconnectRateMax, hub::kDisconnectRateMax);
    EXPECT_EQ(plan::kSlowReadBytesMax, hub::kSlowReadBytesMax);
    EXPECT_EQ(plan::kStaleQueriesMax, hub::kStaleQueriesMax);
    EXPECT_EQ(plan::kFaultRateMin, hub::kFaultRateMin);
    EXPECT_EQ(plan::kFaultRateMax, hub::kFaultRateMax);
}

TEST(PhaseFaults, TheHubReadsEveryFaultOfAPlan) {
    using iothub::OperationClass;
    plan::Fault stall = fault(plan::StallFault{});
    stall.duration = plan::kFaultSpanMax;
    plan::Fault some = fault(plan::DropAcknowledgementsFault{1});
    some.device_prefix = std::string(plan::kFaultPrefixBytesMax, 'x');
    some.device_share = 0.5;
    some.start = plan::kFaultSpanMax;
    const std::vector<plan::Fault> all{
        fault(plan::LatencyFault{{}, plan::ConstantLatency{0s}}),
        fault(plan::LatencyFault{{}, plan::ExponentialLatency{plan::kFaultLatencyMax}}),
        fault(plan::LatencyFault{{OperationClass::kTwinReads}, plan::UniformLatency{1ms, 2ms}}),
        fault(plan::LatencyFault{{OperationClass::kConfigurations, OperationClass::kRegistry},
                                 plan::LognormalLatency{1us, 1us}}),
        fault(plan::LatencyFault{{}, plan::BimodalLatency{0s, 1s, 1}}),
        fault(plan::ErrorFault{{}, iothub::ServiceErrorCode::kThrottlingException, 1e-6}),
        fault(plan::RefuseConnectsFault{1, std::nullopt}),
        fault(plan::RefuseConnectsFault{1, std::uint8_t{5}}),
        fault(plan::DuplicateFault{plan::Duplicated::kTelemetry, 1}),
        fault(plan::DuplicateFault{plan::Duplicated::kCloudToDevice, 0.5}),
        fault(plan::DisconnectFault{1, 0}),
        fault(plan::DisconnectFault{0, plan::kDisconnectRateMax}),
        stall,
        fault(plan::RestartFault{true, 0s}),
        fault(plan::RestartFault{false, 1s}),
        fault(plan::SlowReadsFault{plan::kSlowReadBytesMax}),
        fault(plan::StaleQueriesFault{plan::kStaleQueriesMax}),
        fault(plan::LoseAnswersFault{{}, 1}),
        fault(plan::LoseAnswersFault{{OperationClass::kTwinUpdates}, 0.5}),
        fault(plan::RatesFault{{{OperationClass::kConnections, plan::kFaultRateMax},
                                {OperationClass::kConfigurations, plan::kFaultRateMin}}}),
        some};
    const auto parsed =
        hub::parse_faults(boost::json::serialize(plan::faults_json(all, UINT64_MAX)), kRunStart);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    ASSERT_EQ(parsed->faults().size(), all.size());
    EXPECT_EQ(parsed->faults().back().device_prefix, some.device_prefix);
    EXPECT_EQ(parsed->faults().back().start, some.start);
    EXPECT_EQ(std::get<hub::ErrorFault>(parsed->faults()[5].effect).share, 1e-6);
    EXPECT_EQ(std::get<hub::RefuseConnectsFault>(parsed->faults()[7].effect).answer,
              mqtt::ConnectCode::kNotAuthorized);
    const auto& latency = std::get<hub::LatencyFault>(parsed->faults()[3].effect);
    EXPECT_EQ(latency.operations.count(), 2u);
    EXPECT_EQ(std::get<hub::LognormalLatency>(latency.form).p50, 1us);
}

}  // namespace
}  // namespace twinstorm::run

// The whole program but its sockets: a plan in the virtual world, hub included.

#include <gtest/gtest.h>

#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using stats::Counter;
using stats::Metric;

plan::Plan small_plan() {
    plan::Plan plan;
    plan.name = "small";
    plan.seed = 7;
    plan.hub = plan::MockHub{iothub::Tier::kS3, 1};
    plan::Group& group = plan.groups.emplace_back();
    group.name = "gateways";
    group.devices = 50;
    group.id_pattern = "gw-{index:05}";
    group.security_messages = plan::OpenLoad{2, load::ArrivalKind::kPoisson};
    plan::Phase& connect = plan.phases.emplace_back();
    connect.name = "connect";
    connect.connect_rate = 100;
    plan::Phase& steady = plan.phases.emplace_back();
    steady.name = "steady";
    steady.duration = 10s;
    steady.twin_updates = plan::TwinUpdates{
        plan::RateUpdates{20, load::ArrivalKind::kConstant},
        {{{"Process_MessageFrequency", "High"}}, {{"Process_MessageFrequency", "Medium"}}}};
    plan::Phase& rollout = plan.phases.emplace_back();
    rollout.name = "rollout";
    rollout.twin_updates =
        plan::TwinUpdates{plan::EveryDevice{}, {{{"Heartbeat_MessageFrequency", "High"}}}};
    rollout.converged_share = 1.0;
    rollout.at_most = 60s;
    return plan;
}

struct VirtualRun {
    explicit VirtualRun(plan::Plan given) : plan(std::move(given)) {}

    Outcome execute(const std::function<void(VirtualWorld&)>& prepare = nullptr) {
        VirtualWorld world(plan.seed, std::get<plan::MockHub>(plan.hub));
        const Target target = world.target();
        if (prepare) {
            prepare(world);
        }
        Run run(plan, target, world, {[](const stats::TimelineRow&) {}, [](std::string_view) {}});
        return run.execute();
    }

    plan::Plan plan;
};

// At an instant of the run, from outside of it.
void at(VirtualWorld& world, TimePoint instant, std::function<void()> what) {
    class Once final : public net::Activity {
    public:
        Once(TimePoint instant, std::function<void()> what)
            : instant_(instant), what_(std::move(what)) {}
        void advance(TimePoint) override {
            instant_.reset();
            what_();
        }
        std::optional<TimePoint> next_deadline() const override { return instant_; }

    private:
        std::optional<TimePoint> instant_;
        std::function<void()> what_;
    };
    // It has to outlive the world's loop; tests end soon after.
    static std::vector<std::unique_ptr<Once>> kept;
    world.virtual_loop().add(*kept.emplace_back(std::make_unique<Once>(instant, std::move(what))));
}

TEST(VirtualRun, EverythingOfferedArrivesAndTheLedgersMeet) {
    const Outcome outcome = VirtualRun(small_plan()).execute();
    ASSERT_FALSE(outcome.failure) << outcome.failure->message();
    const stats::RunResult& result = outcome.result;
    EXPECT_EQ(result.verdict, stats::Verdict::kPassed);
    EXPECT_TRUE(result.validity.valid) << result.validity.reasons.front();
    EXPECT_EQ(result.totals.counts[Counter::kConnectionOpened], 50u);
    EXPECT_NEAR(static_cast<double>(result.messages.offered), 1000, 250);
    EXPECT_EQ(result.messages.acked, result.messages.offered);
    EXPECT_EQ(result.messages.hub_received, result.messages.acked);
    EXPECT_EQ(result.messages.lost, 0u);
    EXPECT_EQ(result.messages.hub_duplicated, 0u);
    EXPECT_EQ(result.twins.offered, 250u);
    EXPECT_EQ(result.twins.confirmed, 250u);
    EXPECT_TRUE(result.messages.balanced());
    EXPECT_TRUE(result.twins.balanced());
    ASSERT_EQ(result.convergence.size(), 1u);
    EXPECT_EQ(result.convergence[0].confirmed, 50u);
    EXPECT_EQ(result.totals[Metric::kConvergence].count(), 50u);
}

TEST(VirtualRun, TheHopsOfATwinUpdateComeInTheirOrder) {
    const stats::RunResult result = VirtualRun(small_plan()).execute().result;
    const auto& delivery = result.totals[Metric::kTwinUpdateDelivery];
    const auto& round_trip = result.totals[Metric::kTwinUpdateRoundTrip];
    EXPECT_EQ(delivery.count(), round_trip.count());
    EXPECT_GT(delivery.min(), 400u);  // Two one-way delays of at least 200 us.
    EXPECT_GT(round_trip.value_at(0.5), delivery.value_at(0.5) + 400);
}

TEST(VirtualRun, TheSameSeedGivesTheSameResult) {
    stats::RunResult first = VirtualRun(small_plan()).execute().result;
    stats::RunResult second = VirtualRun(small_plan()).execute().result;
    EXPECT_EQ(stats::write_json(first), stats::write_json(second));
    plan::Plan other = small_plan();
    other.seed = 8;
    EXPECT_NE(stats::write_json(first), stats::write_json(VirtualRun(other).execute().result));
}

TEST(VirtualRun, AStallOfTheHubShowsFromTheIntendedInstants) {
    plan::Plan plan = small_plan();
    plan.phases.pop_back();
    const stats::RunResult result =
        VirtualRun(plan)
            .execute([](VirtualWorld& world) {
                at(world, kRunStart + 5s,
                   [&world] { world.virtual_loop().stall_servers_until(kRunStart + 6s); });
            })
            .result;
    const auto& ack = result.totals[Metric::kSecurityMessageAck];
    EXPECT_NEAR(static_cast<double>(ack.max()), 1'000'000, 30'000);
    // One second in ten: a tenth of the messages waits, half a second on average.
    const double waited = 1 - ack.share_at_or_below(10'000);
    EXPECT_NEAR(waited, 0.1, 0.03);
    EXPECT_NEAR(static_cast<double>(ack.value_at(0.95)), 1e6 * (1 - 0.05 / waited), 100'000);
    EXPECT_TRUE(result.validity.valid);
    EXPECT_EQ(result.messages.acked, result.messages.offered);
    EXPECT_GT(result.timeline[5]
                      .latencies[static_cast<std::size_t>(Metric::kSecurityMessageAck)]
                      .value_or(stats::TimelineRow::Latency{})
                      .max_us +
                  result.timeline[6]
                      .latencies[static_cast<std::size_t>(Metric::kSecurityMessageAck)]
                      .value_or(stats::TimelineRow::Latency{})
                      .max_us,
              900'000u);
}

TEST(VirtualRun, LosingEveryConnectionShowsAsDropsAndReconnects) {
    plan::Plan plan = small_plan();
    plan.phases.pop_back();
    const stats::RunResult result =
        VirtualRun(plan)
            .execute([](VirtualWorld& world) {
                at(world, kRunStart + 5s, [&world] {
                    world.virtual_loop().cut_all({ErrorCode::kClosedByPeer, "the hub went away"});
                });
            })
            .result;
    EXPECT_EQ(result.totals.counts[Counter::kConnectionDropped], 50u);
    EXPECT_EQ(result.totals.counts[Counter::kConnectionReconnected], 50u);
    EXPECT_EQ(result.totals[Metric::kReconnect].count(), 50u);
    EXPECT_TRUE(result.messages.balanced());
    EXPECT_TRUE(result.twins.balanced());
    EXPECT_EQ(result.messages.lost, 0u);
    EXPECT_EQ(result.messages.acked, result.messages.offered);
}

TEST(VirtualRun, WarmUpIsNotMeasuredButCounted) {
    plan::Plan plan = small_plan();
    plan.phases.pop_back();
    plan.phases[1].measure = false;
    plan.phases[1].twin_updates.reset();
    const stats::RunResult result = VirtualRun(plan).execute().result;
    EXPECT_GT(result.messages.acked, 0u);
    EXPECT_TRUE(result.totals[Metric::kSecurityMessageAck].empty());
    EXPECT_EQ(result.measured_s, 0);
}

TEST(VirtualRun, AClosedLoadKeepsItsWindowFull) {
    plan::Plan plan = small_plan();
    plan.phases.pop_back();
    plan.phases[1].twin_updates.reset();
    plan.phases[1].duration = 1s;
    plan.groups[0].devices = 4;
    plan.groups[0].security_messages = plan::ClosedLoad{4};
    const stats::RunResult result = VirtualRun(plan).execute().result;
    // A round trip takes about 0.6 ms, so four devices with four each make some 25,000 a second.
    EXPECT_GT(result.messages.acked, 10'000u);
    EXPECT_EQ(result.messages.acked, result.messages.offered);
}

TEST(VirtualRun, ThePersonasOwnScheduleSendsItsMessagesADay) {
    plan::Plan plan = small_plan();
    plan.phases.pop_back();
    plan.groups[0].devices = 10;
    plan.groups[0].security_messages = plan::PersonaSchedule{};
    plan.phases[1].twin_updates.reset();
    plan.phases[1].duration = 24h;
    const stats::RunResult result = VirtualRun(plan).execute().result;
    // Medium priority every two hours; the daily ones ride along.
    EXPECT_NEAR(static_cast<double>(result.messages.offered) / 10, 12, 2);
    EXPECT_EQ(result.messages.lost, 0u);
    // Tokens of an hour are renewed after 48 minutes, thirty times a day.
    EXPECT_NEAR(static_cast<double>(result.totals.counts[Counter::kConnectionOpened]) / 10, 31, 2);
    EXPECT_EQ(result.totals.counts[Counter::kConnectionDropped], 0u);
}

}  // namespace
}  // namespace twinstorm::run

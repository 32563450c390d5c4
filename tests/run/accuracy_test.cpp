// The proof that reported latencies are true: whole runs in virtual time against a hub that injects
// a latency whose distribution is known. Percentiles must agree with its formula within 1 % and
// 0.1 ms, beside the sampling error that latency_truth.h derives.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/latency_truth.h"
#include "twinstorm/net/message_link.h"
#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;
using stats::Counter;
using stats::Metric;
using test::LatencyTruth;

constexpr std::array kQuantiles{0.5, 0.9, 0.99, 0.999, 1.0};
constexpr test::Tolerance kTolerance{0.01, 100us};

// As virtual_net::Latency has it, written down here once more: the truth must not be read from what
// is tested.
constexpr test::Hops hops(unsigned count) {
    return {count, 200us, 100us};
}

plan::Plan plan_of(std::uint32_t devices) {
    plan::Plan plan;
    plan.name = "accuracy";
    plan.seed = 5;
    plan.hub = plan::MockHub{iothub::Tier::kS3, 1, false};
    plan::Group& group = plan.groups.emplace_back();
    group.name = "gateways";
    group.devices = devices;
    group.id_pattern = "gw-{index:05}";
    group.security_messages = plan::PersonaSchedule{};
    plan::Phase& connect = plan.phases.emplace_back();
    connect.name = "connect";
    connect.connect_rate = 1'000;
    return plan;
}

plan::Phase phase_with(plan::Fault fault) {
    plan::Phase phase;
    phase.name = "injected";
    phase.faults.push_back(std::move(fault));
    return phase;
}

plan::Fault latency(OperationClass operation, auto form) {
    plan::Fault fault;
    fault.effect = plan::LatencyFault{{operation}, form};
    return fault;
}

// Every message's own stopwatch, at the link: it knows no histogram, no window and no schedule.
class Stopwatch final : public net::MessageLink, public net::LinkUser {
public:
    Stopwatch(net::LinkUser& user, std::vector<Duration>& stopped)
        : user_(user), stopped_(stopped) {}

    void place_on(std::unique_ptr<net::MessageLink> link) { link_ = std::move(link); }

    void open(net::OpenRequest request, TimePoint now) override {
        link_->open(std::move(request), now);
    }
    void close(TimePoint now) override { link_->close(now); }
    void subscribe(std::span<const net::TopicFilter> filters, TimePoint now) override {
        link_->subscribe(filters, now);
    }
    net::PublishId publish(const net::Message& message, TimePoint now) override {
        const net::PublishId id = link_->publish(message, now);
        if (id != 0) {
            started_[id] = now;
        }
        return id;
    }

    void on_opened(const net::OpenReply& reply, TimePoint now) override {
        user_.on_opened(reply, now);
    }
    void on_subscribed(bool granted, TimePoint now) override { user_.on_subscribed(granted, now); }
    void on_message(const net::Message& message, TimePoint now) override {
        user_.on_message(message, now);
    }
    void on_acknowledged(net::PublishId id, TimePoint now) override {
        stopped_.push_back(now - started_.extract(id).mapped());
        user_.on_acknowledged(id, now);
    }
    void on_sent(TimePoint now) override { user_.on_sent(now); }
    void on_closed(const Error& why, TimePoint now) override { user_.on_closed(why, now); }
    void advance(TimePoint now) override { user_.advance(now); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return user_.next_deadline();
    }

private:
    net::LinkUser& user_;
    std::vector<Duration>& stopped_;
    std::unique_ptr<net::MessageLink> link_;
    std::map<net::PublishId, TimePoint> started_;
};

class TimedWorld final : public World {
public:
    explicit TimedWorld(VirtualWorld& inside) : inside_(inside) {}

    [[nodiscard]] std::string_view name() const override { return inside_.name(); }
    [[nodiscard]] std::size_t workers() const override { return inside_.workers(); }
    [[nodiscard]] net::Loop& loop(std::size_t worker) override { return inside_.loop(worker); }
    [[nodiscard]] net::Loop& main() override { return inside_.main(); }
    [[nodiscard]] WallAnchor anchor() const override { return inside_.anchor(); }
    [[nodiscard]] CarriedLink carry(std::size_t worker, plan::Transport transport,
                                    net::LinkUser& user,
                                    const net::Destination& destination) override {
        auto watch = std::make_unique<Stopwatch>(user, stopped);
        CarriedLink carried = inside_.carry(worker, transport, *watch, destination);
        watch->place_on(std::move(carried.link));
        carried.link = std::move(watch);
        return carried;
    }
    void set_recorder(std::size_t worker, stats::Recorder* recorder) override {
        inside_.set_recorder(worker, recorder);
    }
    [[nodiscard]] Duration cpu_time() const override { return {}; }
    void run() override { inside_.run(); }

    std::vector<Duration> stopped;

private:
    VirtualWorld& inside_;
};

stats::RunResult execute(const plan::Plan& plan, std::vector<Duration>* stopped = nullptr) {
    VirtualWorld world(plan.seed, std::get<plan::MockHub>(plan.hub));
    const Target target = world.target();
    TimedWorld timed(world);
    Outcome outcome =
        Run(plan, target, timed, {[](const stats::TimelineRow&) {}, [](std::string_view) {}})
            .execute();
    EXPECT_FALSE(outcome.failure) << outcome.failure->message();
    EXPECT_TRUE(outcome.result.validity.valid) << "a slow hub is no fault of the harness";
    if (stopped != nullptr) {
        *stopped = std::move(timed.stopped);
    }
    return std::move(outcome.result);
}

Duration reported(const stats::Histogram& histogram, double quantile) {
    return std::chrono::microseconds(histogram.value_at(quantile));
}

void expect_truth(const stats::RunResult& result, Metric metric, const LatencyTruth& truth,
                  std::uint64_t samples_min) {
    const stats::Histogram& histogram = result.totals[metric];
    EXPECT_GE(histogram.count(), samples_min) << stats::name(metric);
    for (const double quantile : kQuantiles) {
        EXPECT_EQ(test::disagreement(truth, quantile, reported(histogram, quantile),
                                     histogram.count(), kTolerance),
                  "")
            << stats::name(metric);
    }
}

// Messages far enough apart that none waits for the one before it, whose order the hub keeps.
plan::Plan messages_under(plan::Fault fault, double rate, Duration duration) {
    plan::Plan plan = plan_of(500);
    plan.groups[0].security_messages = plan::OpenLoad{rate, load::ArrivalKind::kConstant};
    plan.phases.push_back(phase_with(std::move(fault)));
    plan.phases.back().duration = duration;
    return plan;
}

// What is reported must also be what each message's own stopwatch showed, and there no sampling
// error excuses anything: only the histogram's own step, a thousandth, and rounding.
void expect_messages(const plan::Plan& plan, const LatencyTruth& truth, std::uint64_t samples) {
    std::vector<Duration> stopped;
    const stats::RunResult result = execute(plan, &stopped);
    expect_truth(result, Metric::kSecurityMessageAck, truth, samples);
    expect_truth(result, Metric::kSecurityMessageService, truth, samples);
    const stats::Histogram& ack = result.totals[Metric::kSecurityMessageAck];
    ASSERT_EQ(ack.count(), stopped.size()) << "every message was measured";
    std::ranges::sort(stopped);
    for (const double quantile : kQuantiles) {
        const auto rank = static_cast<std::size_t>(
            std::ceil(std::nextafter(quantile, 0.0) * static_cast<double>(stopped.size())));
        const Duration exact = stopped.at(std::max<std::size_t>(rank, 1) - 1);
        EXPECT_GE(reported(ack, quantile), exact - 500ns) << quantile;
        EXPECT_LE(reported(ack, quantile), exact + exact / 1'000 + 1us) << quantile;
    }
    EXPECT_EQ(result.totals[Metric::kSecurityMessageLateness].max(), 0u);
}

TEST(Accuracy, OfPubacksUnderAConstantLatency) {
    expect_messages(
        messages_under(latency(OperationClass::kDeviceMessages, plan::ConstantLatency{20ms}), 2,
                       60s),
        {test::constant(20ms), hops(2)}, 50'000);
}

TEST(Accuracy, OfPubacksUnderALognormalLatency) {
    expect_messages(
        messages_under(latency(OperationClass::kDeviceMessages, plan::LognormalLatency{5ms, 80ms}),
                       0.5, 400s),
        {test::lognormal(5ms, 80ms), hops(2)}, 90'000);
}

TEST(Accuracy, OfPubacksUnderABimodalLatency) {
    expect_messages(messages_under(latency(OperationClass::kDeviceMessages,
                                           plan::BimodalLatency{2ms, 150ms, 0.05}),
                                   2, 60s),
                    {test::bimodal(2ms, 150ms, 0.05), hops(2)}, 50'000);
}

TEST(Accuracy, OfPubacksUnderAnExponentialLatency) {
    expect_messages(
        messages_under(latency(OperationClass::kDeviceMessages, plan::ExponentialLatency{10ms}), 1,
                       120s),
        {test::exponential(10ms), hops(2)}, 50'000);
}

// A closed loop would report 3 ms at p99 here; counted from the intended instants, the second that
// was lost is there in full.
TEST(Accuracy, OfPubacksAroundAStallOfASecond) {
    plan::Fault fault{plan::StallFault{}};
    fault.start = 7s;
    fault.duration = 1s;
    const plan::Plan plan = messages_under(std::move(fault), 4, 20s);
    const LatencyTruth truth(test::stall(1s, 20s), hops(2));
    expect_messages(plan, truth, 39'000);
    const stats::RunResult result = execute(plan);
    const stats::Histogram& ack = result.totals[Metric::kSecurityMessageAck];
    // From the schedule alone: a twentieth of the messages fell into the stall, and of those the
    // part that was due in its first fifth waited longer than 0.8 s.
    EXPECT_NEAR(1 - ack.share_at_or_below(5'000), 1.0 / 20, 0.0005);
    EXPECT_NEAR(1 - ack.share_at_or_below(800'000), 0.2 / 20, 0.0005);
}

TEST(Accuracy, OfConnects) {
    plan::Plan plan = plan_of(10'000);
    plan.phases[0].faults.push_back(
        latency(OperationClass::kConnections, plan::ConstantLatency{20ms}));
    // Two round trips for TCP and TLS, one for CONNECT.
    expect_truth(execute(plan), Metric::kConnect, {test::constant(20ms), hops(6)}, 10'000);
}

TEST(Accuracy, OfTwinReads) {
    plan::Plan plan = plan_of(10'000);
    plan.phases[0].faults.push_back(
        latency(OperationClass::kTwinReads, plan::LognormalLatency{5ms, 80ms}));
    expect_truth(execute(plan), Metric::kTwinGet, {test::lognormal(5ms, 80ms), hops(2)}, 10'000);
}

plan::Plan roll_out_under(plan::Fault fault) {
    plan::Plan plan = plan_of(10'000);
    plan.phases[0].measure = false;  // A first report follows the first read of the twin.
    plan.phases.push_back(phase_with(std::move(fault)));
    plan.phases.back().twin_updates =
        plan::TwinUpdates{plan::EveryDevice{500}, {{{"Heartbeat_MessageFrequency", "High"}}}};
    plan.phases.back().converged_share = 1;
    plan.phases.back().at_most = 120s;
    return plan;
}

// The latency hits the operator's patch and the agent's report, each by itself.
TEST(Accuracy, OfEachHopOfATwinUpdate) {
    const stats::RunResult result = execute(
        roll_out_under(latency(OperationClass::kTwinUpdates, plan::LognormalLatency{5ms, 80ms})));
    const auto injected = test::lognormal(5ms, 80ms);
    expect_truth(result, Metric::kTwinUpdateAccept, {injected, hops(2)}, 10'000);
    expect_truth(result, Metric::kTwinUpdateDelivery, {injected, hops(2)}, 10'000);
    expect_truth(result, Metric::kTwinReport, {injected, hops(2)}, 10'000);
}

TEST(Accuracy, OfAWholeTwinUpdate) {
    const stats::RunResult result =
        execute(roll_out_under(latency(OperationClass::kTwinUpdates, plan::ConstantLatency{20ms})));
    expect_truth(result, Metric::kTwinUpdateRoundTrip, {test::constant(40ms), hops(4)}, 10'000);
}

// One device and one update a second: each row of the timeline is one update, told to the
// microsecond. The agent applies and reports in the turn that brings the patch.
TEST(Accuracy, TheHopsOfEachTwinUpdateAddUpToItsRoundTrip) {
    plan::Plan plan = plan_of(1);
    plan.phases[0].measure = false;
    plan.phases.push_back(
        phase_with(latency(OperationClass::kTwinUpdates, plan::UniformLatency{1ms, 200ms})));
    plan.phases.back().duration = 600s;
    plan.phases.back().twin_updates = plan::TwinUpdates{
        plan::RateUpdates{1, load::ArrivalKind::kConstant},
        {{{"Process_MessageFrequency", "High"}}, {{"Process_MessageFrequency", "Medium"}}}};
    std::size_t updates = 0;
    for (const stats::TimelineRow& row : execute(plan).timeline) {
        const auto hop = [&row](Metric metric) {
            return row.latencies[static_cast<std::size_t>(metric)];
        };
        const auto accept = hop(Metric::kTwinUpdateAccept);
        const auto delivery = hop(Metric::kTwinUpdateDelivery);
        const auto report = hop(Metric::kTwinReport);
        const auto round_trip = hop(Metric::kTwinUpdateRoundTrip);
        const bool whole = row.counts[Counter::kTwinUpdateOffered] == 1 &&
                           row.counts[Counter::kTwinUpdateConfirmed] == 1;
        if (!whole || !accept || !delivery || !report || !round_trip) {
            continue;  // It fell across the end of its second.
        }
        ++updates;
        EXPECT_LE(accept->max_us, round_trip->max_us) << row.second;
        EXPECT_LE(delivery->max_us, round_trip->max_us) << row.second;
        // Each of the three is rounded to a whole microsecond.
        EXPECT_NEAR(static_cast<double>(delivery->max_us + report->max_us),
                    static_cast<double>(round_trip->max_us), 1.5)
            << row.second;
    }
    EXPECT_GE(updates, 300u);
}

}  // namespace
}  // namespace twinstorm::run

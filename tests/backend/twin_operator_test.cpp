#include "twinstorm/backend/twin_operator.h"

#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_service.h"

namespace twinstorm::backend {
namespace {

using namespace std::chrono_literals;
using support::ScriptedService;

constexpr std::uint32_t kDevices = 20;

class Fleet final : public UpdateObserver {
public:
    // Device n belongs to this fleet when n % workers == worker.
    Fleet(ScriptedService& service, std::uint32_t worker = 0, std::uint32_t workers = 1)
        : service_(service),
          operator_(service.client, service.loop, *this,
                    [this, worker, workers](std::uint32_t device) {
                        return device % workers == worker ? &names_[device] : nullptr;
                    }) {
        for (std::uint32_t device = 0; device < kDevices; ++device) {
            names_.push_back({"gw-" + std::to_string(device), "agent"});
        }
        service.answer = [](const net::HttpRequest&) {
            return net::HttpResponse{200, {}, R"({"properties":{"desired":{"$version":2}}})"};
        };
    }

    void run(const UpdateTask& task, Duration length) {
        operator_.begin(task, kRunStart);
        class End final : public net::Activity {
        public:
            End(TwinOperator& op, TimePoint at) : operator_(op), at_(at) {}
            void advance(TimePoint) override {
                operator_.end(*at_);
                at_.reset();
            }
            std::optional<TimePoint> next_deadline() const override { return at_; }

        private:
            TwinOperator& operator_;
            std::optional<TimePoint> at_;
        } end(operator_, kRunStart + length);
        const net::Handle handle = service_.loop.add(end);
        service_.loop.run();
        service_.loop.remove(handle);
    }

    void on_offered(std::uint32_t device, TimePoint intended) override {
        offered.emplace_back(intended, device);
    }
    void on_accepted(std::uint32_t device, std::int64_t, TimePoint, TimePoint) override {
        accepted.insert(device);
    }
    void on_refused(std::uint32_t, const Error& why, bool again, TimePoint, TimePoint) override {
        refusals.push_back(why.code);
        sent_again += again ? 1 : 0;
    }

    std::vector<std::pair<TimePoint, std::uint32_t>> offered;
    std::multiset<std::uint32_t> accepted;
    std::vector<ErrorCode> refusals;
    int sent_again = 0;

private:
    ScriptedService& service_;
    std::vector<iothub::IdentityName> names_;
    TwinOperator operator_;
};

UpdateTask rated(double rate) {
    std::vector<std::uint32_t> all(kDevices);
    std::iota(all.begin(), all.end(), 0U);
    return {false, rate, load::ArrivalKind::kConstant, {R"({"a":1})", R"({"a":2})"}, all, 9};
}

TEST(TwinOperator, KeepsItsRateAndTakesThePatchesInTurn) {
    ScriptedService service;
    Fleet fleet(service);
    fleet.run(rated(100), 2s);
    EXPECT_EQ(fleet.offered.size(), 200u);
    EXPECT_EQ(fleet.accepted.size(), 200u);
    EXPECT_EQ(fleet.offered[10].first - fleet.offered[9].first, 10ms);
    EXPECT_THAT(service.requests[0].body, testing::HasSubstr(R"({"a":1})"));
    EXPECT_GT(std::set<std::uint32_t>(fleet.accepted.begin(), fleet.accepted.end()).size(), 15u);
}

TEST(TwinOperator, WorkersTogetherOfferWhatOneWould) {
    ScriptedService alone;
    Fleet one(alone);
    one.run(rated(100), 2s);
    std::vector<std::pair<TimePoint, std::uint32_t>> together;
    for (std::uint32_t worker = 0; worker < 3; ++worker) {
        ScriptedService service;
        Fleet fleet(service, worker, 3);
        fleet.run(rated(100), 2s);
        together.insert(together.end(), fleet.offered.begin(), fleet.offered.end());
    }
    EXPECT_THAT(together, testing::UnorderedElementsAreArray(one.offered));
}

TEST(TwinOperator, ARolloutReachesEachDeviceOnce) {
    ScriptedService service;
    Fleet fleet(service);
    UpdateTask task = rated(50);
    task.every_device = true;
    fleet.run(task, 10s);
    EXPECT_EQ(fleet.accepted.size(), kDevices);
    EXPECT_EQ(std::set<std::uint32_t>(fleet.accepted.begin(), fleet.accepted.end()).size(),
              kDevices);
}

TEST(TwinOperator, ARolloutSendsThrottledPatchesAgainARateDoesNot) {
    const auto throttle_first = [](int count) {
        return [count](const net::HttpRequest&) mutable {
            return count-- > 0
                       ? net::HttpResponse{429, {}, "{}"}
                       : net::HttpResponse{200, {}, R"({"properties":{"desired":{"$version":2}}})"};
        };
    };
    ScriptedService service;
    Fleet rollout(service);
    service.answer = throttle_first(5);
    UpdateTask task = rated(50);
    task.every_device = true;
    rollout.run(task, 60s);
    EXPECT_EQ(rollout.accepted.size(), kDevices);
    EXPECT_EQ(rollout.sent_again, 5);
    EXPECT_EQ(rollout.offered.size(), kDevices + 5);  // The ledger counts each attempt.

    ScriptedService other;
    Fleet steady(other);
    other.answer = throttle_first(5);
    steady.run(rated(50), 1s);
    EXPECT_EQ(steady.sent_again, 0);
    EXPECT_THAT(steady.refusals, testing::Each(ErrorCode::kThrottled));
    EXPECT_EQ(steady.refusals.size(), 5u);
}

}  // namespace
}  // namespace twinstorm::backend

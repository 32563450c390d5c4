// A whole run against a hub whose admin endpoint is the test's: what the run asks of it, when, and
// what becomes of the answers.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using ::testing::Test;

// Stands before the hub; answers two pages of its admin endpoint itself.
class Front final : public net::HttpHandler {
public:
    Front(VirtualWorld& world, const net::Destination& hub)
        : hub_(world.virtual_loop().http_client(hub, 4)) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override {
        const std::string asked = request.method + " " + request.target;
        if (request.target == "/admin/faults") {
            asked_.emplace_back(asked, now);
            reply({faults_status, {}, {}});
        } else if (request.target == "/admin/limits") {
            asked_.emplace_back(asked, now);
            reply({limits_status, {}, request.method == "GET" ? limits : std::string()});
        } else {
            hub_->send(
                std::move(request),
                [reply](const Result<net::HttpResponse>& answer, TimePoint) {
                    reply(answer ? *answer : net::HttpResponse{503, {}, {}});
                },
                now);
        }
    }

    [[nodiscard]] std::vector<std::string> asked() const {
        std::vector<std::string> lines;
        for (const auto& [line, at] : asked_) {
            lines.push_back(line);
        }
        return lines;
    }
    [[nodiscard]] Duration between(std::size_t from, std::size_t to) const {
        return asked_.at(to).second - asked_.at(from).second;
    }

    unsigned faults_status = 204;
    unsigned limits_status = 200;
    std::string limits = R"({"throttles":{},"quota":{"refused":0,"first_refused_unix_us":null}})";

private:
    std::unique_ptr<net::HttpClient> hub_;
    std::vector<std::pair<std::string, TimePoint>> asked_;
};

class VirtualFaults : public Test {
protected:
    void SetUp() override {
        plan_.name = "faults";
        plan_.seed = 7;
        plan_.hub = plan::MockHub{iothub::Tier::kS3, 1};
        plan::Group& group = plan_.groups.emplace_back();
        group.name = "gateways";
        group.devices = 5;
        group.id_pattern = "gw-{index:05}";
        group.security_messages = plan::OpenLoad{1, load::ArrivalKind::kConstant};
        plan::Phase& connect = plan_.phases.emplace_back();
        connect.name = "connect";
        connect.connect_rate = 100;
        for (const char* name : {"calm", "storm", "after"}) {
            plan::Phase& phase = plan_.phases.emplace_back();
            phase.name = name;
            phase.duration = 3s;
        }
        plan_.phases[2].faults.emplace_back().effect = plan::DropAcknowledgementsFault{0.1};
    }

    Outcome execute(const std::function<void(Target&)>& change = nullptr) {
        VirtualWorld world(plan_.seed, std::get<plan::MockHub>(plan_.hub));
        Target target = world.target();
        front_ = std::make_unique<Front>(world, target.rest);
        prepare_(*front_);
        target.rest.host = "front";
        world.virtual_loop().serve_http(target.rest.host, target.rest.port, *front_);
        if (change) {
            change(target);
        }
        run::Run run(plan_, target, world,
                     {[](const stats::TimelineRow&) {}, [](std::string_view) {}});
        Outcome outcome = run.execute();
        asked_ = front_->asked();
        return outcome;
    }

    static bool warns(const Outcome& outcome, const std::string& of) {
        for (const std::string& warning : outcome.result.validity.warnings) {
            if (warning.find(of) != std::string::npos) {
                return true;
            }
        }
        return false;
    }

    plan::Plan plan_;
    std::function<void(Front&)> prepare_ = [](Front&) {};
    std::unique_ptr<Front> front_;
    std::vector<std::string> asked_;
};

TEST_F(VirtualFaults, LastFromThePhasesBeginToItsEnd) {
    const Outcome outcome = execute();
    ASSERT_FALSE(outcome.failure) << outcome.failure->message();
    EXPECT_EQ(asked_, (std::vector<std::string>{"DELETE /admin/limits", "PUT /admin/faults",
                                                "DELETE /admin/faults", "GET /admin/limits"}));
    EXPECT_NEAR(to_seconds(front_->between(1, 2)), 3, 0.005);
    EXPECT_TRUE(outcome.result.validity.warnings.empty());
}

TEST_F(VirtualFaults, OfTheLastPhaseAreTakenBackBeforeTheRunEnds) {
    std::swap(plan_.phases[2].faults, plan_.phases[3].faults);
    EXPECT_FALSE(execute().failure);
    EXPECT_EQ(asked_.at(2), "DELETE /admin/faults");
    EXPECT_NEAR(to_seconds(front_->between(1, 2)), 3, 0.005);
}

TEST_F(VirtualFaults, AHubWithoutThePagesIsNoFailure) {
    prepare_ = [](Front& front) {
        front.faults_status = 404;
        front.limits_status = 404;
    };
    const Outcome outcome = execute();
    EXPECT_FALSE(outcome.failure);
    EXPECT_TRUE(warns(outcome, "the faults of phase storm could not be set"));
    EXPECT_FALSE(warns(outcome, "limit"));
    EXPECT_FALSE(outcome.result.limits) << "unknown is not none";
}

TEST_F(VirtualFaults, FaultsThatTheHubRefusesEndTheRun) {
    prepare_ = [](Front& front) { front.faults_status = 400; };
    const Outcome outcome = execute();
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->code, ErrorCode::kRefused);
    EXPECT_TRUE(outcome.failure->detail.starts_with("the faults of phase storm could not be set"));
    EXPECT_LT(outcome.result.duration_s, 6);
}

TEST_F(VirtualFaults, WithoutAnAdminEndpointNothingIsSent) {
    const Outcome outcome = execute([](Target& target) { target.admin.reset(); });
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->code, ErrorCode::kInvalidArgument);
    EXPECT_NE(outcome.failure->detail.find("phase storm has faults"), std::string::npos);
    EXPECT_TRUE(asked_.empty());
    EXPECT_TRUE(outcome.result.timeline.empty());
}

TEST_F(VirtualFaults, LimitsThatWereHitAreTold) {
    prepare_ = [](Front& front) {
        front.limits =
            R"({"throttles":{"twin_reads":{"rate_per_s":100,"admitted":9,"delayed":3,"refused":1,)"
            R"("delay_us_mean":5000,"delay_us_max":9000,"first_limited_unix_us":1767225602000000,)"
            R"("last_limited_unix_us":1767225603000000,"limited_us":1500000}},)"
            R"("quota":{"refused":0,"first_refused_unix_us":null}})";
    };
    const Outcome outcome = execute();
    const auto& limits = outcome.result.limits;
    ASSERT_TRUE(limits && limits->size() == 1);
    EXPECT_EQ(limits->front().name, "twin_reads");
    EXPECT_DOUBLE_EQ(limits->front().first_s.value(), 2);
    EXPECT_DOUBLE_EQ(limits->front().limited_s, 1.5);
    EXPECT_EQ(outcome.result.totals.counts[stats::Counter::kThrottleDelayed], 3u);
    EXPECT_EQ(outcome.result.totals.counts[stats::Counter::kThrottleRefused], 1u);
}

TEST_F(VirtualFaults, LimitsThatCannotBeReadAreTold) {
    prepare_ = [](Front& front) { front.limits = "nonsense"; };
    EXPECT_TRUE(warns(execute(), "which limits of the mock hub were hit is unknown"));
}

}  // namespace
}  // namespace twinstorm::run

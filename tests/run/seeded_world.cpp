#include "run/seeded_world.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "run/seeded_faults.h"
#include "run/watched_world.h"
#include "twinstorm/backend/service_client.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/units.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kWorlds = 20'261'124;  // Apart from all other uses of small seeds.
constexpr const char* kRolledOut = "Heartbeat_MessageFrequency";
constexpr Duration kIntoRollout = 4s;  // Faults reach so far into the roll-out.

plan::Group fleet(Random& random) {
    plan::Group group;
    group.name = "gateways";
    group.devices = static_cast<std::uint32_t>(3 + random.below(10));
    group.id_pattern = "gw-{index:02}";
    group.security_messages = plan::OpenLoad{
        0.5 + 2.5 * random.unit(),
        random.below(2) == 0 ? load::ArrivalKind::kPoisson : load::ArrivalKind::kConstant};
    if (random.below(4) == 0) {
        group.roles[0].persona.habits.sas_lifetime =
            std::chrono::seconds(5 + random.below(20));  // Renewed on the way.
    }
    if (random.below(4) == 0) {
        group.roles[0].persona.habits.keep_alive = std::chrono::seconds(2 + random.below(6));
    }
    return group;
}

plan::Phase phase(std::string name, std::optional<Duration> duration) {
    plan::Phase made;
    made.name = std::move(name);
    made.duration = duration;
    return made;
}

// Does each fault at its instant.
class NetworkFaults final : public net::Activity {
public:
    NetworkFaults(virtual_net::VirtualLoop& loop, std::vector<NetworkFault> faults)
        : loop_(loop), faults_(std::move(faults)), handle_(loop.add(*this)) {}
    ~NetworkFaults() override { loop_.remove(handle_); }

    void advance(TimePoint now) override {
        while (next_ < faults_.size() && faults_[next_].at <= now) {
            const NetworkFault& fault = faults_[next_++];
            if (fault.kind == NetworkFaultKind::kCutAll) {
                loop_.cut_all({ErrorCode::kClosedByPeer, "the network went away"});
            } else {
                loop_.stall_servers_until(now + fault.length);
            }
        }
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return next_ < faults_.size() ? std::optional(faults_[next_].at) : std::nullopt;
    }

private:
    virtual_net::VirtualLoop& loop_;
    std::vector<NetworkFault> faults_;
    std::size_t next_ = 0;
    net::Handle handle_;
};

// Asks the hub itself, when the run has ended and its devices have left.
class Inquiry {
public:
    Inquiry(VirtualWorld& world, const Target& target)
        : loop_(world.virtual_loop()),
          target_(target),
          http_(loop_.http_client(target.rest, 1)),
          service_(*http_, target.service, world.anchor()) {}

    void status(WorldEnd& end) {
        const auto status = ask_admin("/admin/status");
        const auto& connections = status.at("connections");
        end.hub_connections = connections.at("open").to_number<std::int64_t>() +
                              connections.at("before_connect").to_number<std::int64_t>();
        for (const char* const kind : {"dropped", "refused"}) {
            for (const auto& [rule, times] : status.at(kind).as_object()) {
                end.hub_complaints.emplace_back(rule);
            }
        }
    }

    HubTwin twin(const iothub::IdentityName& name) {
        boost::json::value document;
        loop_.post([&](TimePoint now) {
            service_.send(
                "GET", backend::twin_path(name), {},
                [&](const Result<net::HttpResponse>& answer, TimePoint) {
                    TWINSTORM_CHECK(answer.has_value());
                    document = boost::json::parse(answer->body);
                    loop_.stop();
                },
                now);
        });
        loop_.run();
        const auto& properties = document.at("properties");
        const auto& desired = properties.at("desired").as_object();
        const auto& reported = properties.at("reported").as_object();
        return {desired.at("$version").to_number<std::int64_t>(), text(reported, "latest_state"),
                text(desired, kRolledOut)};
    }

private:
    static std::string text(const boost::json::object& section, const char* key) {
        const auto* const value = section.if_contains(key);
        return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
    }

    boost::json::value ask_admin(std::string page) {
        boost::json::value document;
        net::HttpRequest request{"GET", std::move(page), {}, {}};
        request.headers.emplace_back("Authorization", "Bearer " + target_.admin->token.reveal());
        loop_.post([&](TimePoint now) {
            http_->send(
                std::move(request),
                [&](const Result<net::HttpResponse>& answer, TimePoint) {
                    TWINSTORM_CHECK(answer.has_value() && answer->status == 200);
                    document = boost::json::parse(answer->body);
                    loop_.stop();
                },
                now);
        });
        loop_.run();
        return document;
    }

    virtual_net::VirtualLoop& loop_;
    const Target& target_;
    std::unique_ptr<net::HttpClient> http_;
    backend::ServiceClient service_;
};

// Bytes and farewells that were under way when the run ended still arrive.
void let_time_pass(virtual_net::VirtualLoop& loop, Duration duration) {
    class Alarm final : public net::Activity {
    public:
        Alarm(virtual_net::VirtualLoop& loop, TimePoint at) : loop_(loop), at_(at) {}
        void advance(TimePoint) override { loop_.stop(); }
        [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return at_; }

    private:
        virtual_net::VirtualLoop& loop_;
        TimePoint at_;
    };
    Alarm alarm(loop, loop.now() + duration);
    const net::Handle handle = loop.add(alarm);
    loop.run();
    loop.remove(handle);
}

}  // namespace

SeededWorld::SeededWorld(std::uint64_t seed) {
    Random random(derive(kWorlds, seed));
    plan_.name = "seeded";
    plan_.seed = random.bits();
    plan_.hub = plan::MockHub{iothub::Tier::kS3, 1};
    plan_.groups.push_back(fleet(random));
    plan_.phases.push_back(phase("connect", std::nullopt));
    plan_.phases.back().connect_rate = 100;
    const auto storm_time = std::chrono::milliseconds(4000 + random.below(4000));
    plan_.phases.push_back(phase("storm", storm_time));
    plan_.phases.back().twin_updates = plan::TwinUpdates{
        plan::RateUpdates{1 + 3 * random.unit(), load::ArrivalKind::kPoisson},
        {{{"Process_MessageFrequency", "High"}}, {{"Process_MessageFrequency", "Medium"}}}};
    plan_.phases.back().faults = seeded_hub_faults(random, storm_time);
    plan_.phases.push_back(phase("rollout", std::nullopt));
    plan_.phases.back().twin_updates =
        plan::TwinUpdates{plan::EveryDevice{}, {{{kRolledOut, "High"}}}};
    plan_.phases.back().converged_share = 1.0;
    plan_.phases.back().at_most = 60s;
    if (random.below(3) == 0) {
        plan_.phases.back().faults = seeded_hub_faults(random, kIntoRollout);
    }
    plan_.phases.push_back(phase("settle", 20s));
    network_ = seeded_network_faults(random, kRunStart, storm_time + kIntoRollout);
}

bool SeededWorld::has_hub_faults() const {
    return std::ranges::any_of(plan_.phases,
                               [](const plan::Phase& phase) { return !phase.faults.empty(); });
}

WorldEnd SeededWorld::run() const {
    VirtualWorld inside(plan_.seed, std::get<plan::MockHub>(plan_.hub));
    WatchedWorld world(inside);
    const Target target = inside.target();
    WorldEnd end;
    {
        const NetworkFaults faults(inside.virtual_loop(), network_);
        Run run(plan_, target, world, {[](const stats::TimelineRow&) {}, [](std::string_view) {}});
        end.outcome = run.execute();
    }
    let_time_pass(inside.virtual_loop(), 1s);
    end.breaches = world.breaches();
    end.versions = world.versions();
    Inquiry inquiry(inside, target);
    inquiry.status(end);
    for (std::uint32_t number = 0; number < plan_.device_count(); ++number) {
        end.hub_twins[number] =
            inquiry.twin({plan_.groups[0].device_id(number), "DefenderIotMicroAgent"});
    }
    return end;
}

std::string SeededWorld::describe() const {
    std::string text = fmt::format("{} devices", plan_.device_count());
    for (const NetworkFault& fault : network_) {
        text += fmt::format("; {} at {}",
                            fault.kind == NetworkFaultKind::kCutAll
                                ? std::string("cut")
                                : "stall of " + format_duration(fault.length),
                            format_duration(fault.at - kRunStart));
    }
    for (const plan::Phase& phase : plan_.phases) {
        for (const plan::Fault& fault : phase.faults) {
            text += fmt::format("; {}: {}", phase.name, plan::describe(fault));
        }
    }
    return text;
}

}  // namespace twinstorm::run

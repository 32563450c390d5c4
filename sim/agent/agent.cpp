#include "twinstorm/agent/agent.h"

#include <utility>

#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

// An idle agent stays under two kilobytes, and so does one whose twin holds the longest texts that
// it keeps. An allocator rounds up by less than 32 bytes.
constexpr std::size_t kIdleBytesMax = 2'048;
constexpr std::size_t kRounding = 32;
constexpr std::size_t kCommonBytes = sizeof(Agent) + host::kHostNameBytesMax + kRounding;
static_assert(kCommonBytes + 5 * (kOverrideBytesMax + kRounding) < kIdleBytesMax);
static_assert(kCommonBytes + sizeof(LegacyQueues) + kLegacyTextBytesMax + 2 * kRounding <
              kIdleBytesMax);

using Any = std::variant<MicroAgent, LegacyAgent, RtosAgent, TemplateAgent>;

Any make(const Persona& persona, std::string_view device_id, std::uint64_t seed,
         WallAnchor anchor) {
    switch (persona.family) {
        case Family::kMicroLinux:
            return MicroAgent(persona, device_id, seed, anchor);
        case Family::kLegacyC:
        case Family::kLegacyCs:
            return LegacyAgent(persona, device_id, seed, anchor);
        case Family::kMicroRtos:
            return RtosAgent(persona, device_id, seed, anchor);
        case Family::kTemplate:
            break;
    }
    TWINSTORM_CHECK(persona.family == Family::kTemplate);
    return TemplateAgent(persona, device_id, seed, anchor);
}

}  // namespace

Agent::Agent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
             WallAnchor anchor)
    : agent_(make(persona, device_id, seed, anchor)) {}

void Agent::start(TimePoint intended) {
    std::visit([&](auto& agent) { agent.start(intended); }, agent_);
}

std::optional<boost::json::object> Agent::apply(const boost::json::object& desired,
                                                const boost::json::object* changed, TimePoint now) {
    return std::visit([&](auto& agent) { return agent.apply(desired, changed, now); }, agent_);
}

std::optional<TimePoint> Agent::next_send() const {
    return std::visit([](const auto& agent) { return agent.next_send(); }, agent_);
}

void Agent::send_due(TimePoint now, Workbench& bench) {
    std::visit([&](auto& agent) { agent.send_due(now, bench); }, agent_);
}

void Agent::flush(TimePoint now, Workbench& bench) {
    std::visit([&](auto& agent) { agent.flush(now, bench); }, agent_);
}

void Agent::emit(TimePoint at, Workbench& bench) {
    std::visit([&](auto& agent) { agent.emit(at, bench); }, agent_);
}

void Agent::link_ready(TimePoint now) {
    std::visit([&](auto& agent) { agent.link_ready(now); }, agent_);
}

void Agent::link_lost(TimePoint now) {
    std::visit([&](auto& agent) { agent.link_lost(now); }, agent_);
}

void Agent::message_sent(std::size_t bytes) {
    std::visit([&](auto& agent) { agent.message_sent(bytes); }, agent_);
}

void Agent::message_failed() {
    std::visit([](auto& agent) { agent.message_failed(); }, agent_);
}

Patience Agent::patience() const {
    return std::visit([](const auto& agent) { return agent.patience(); }, agent_);
}

void Agent::play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number) {
    std::visit([&](auto& agent) { agent.play(playbook, at, number); }, agent_);
}

std::uint64_t Agent::events_dropped() const {
    return std::visit([](const auto& agent) { return agent.events_dropped(); }, agent_);
}

bool Agent::exits() const {
    const auto* const legacy = std::get_if<LegacyAgent>(&agent_);
    return legacy != nullptr && legacy->exits();
}

}  // namespace twinstorm::agent

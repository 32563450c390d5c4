#include "run/seeded_laws.h"

#include <algorithm>

#include <fmt/format.h>

namespace twinstorm::run {
namespace {

using stats::Counter;

// Rules that only a wrong device, or a wrong network, breaks.
constexpr std::string_view kAccusations[] = {"malformed-packet",
                                             "connect-expected",
                                             "second-connect",
                                             "token-expired",
                                             "qos-2",
                                             "unknown-topic",
                                             "foreign-topic",
                                             "property-bag",
                                             "unknown-filter",
                                             "too-many-subscriptions",
                                             "unexpected-packet",
                                             "outgoing-full",
                                             "request-id",
                                             "user-name",
                                             "client-id",
                                             "host-name",
                                             "unknown-identity",
                                             "token-malformed",
                                             "token-scope",
                                             "token-signature"};

class Court {
public:
    Court(const SeededWorld& world, const WorldEnd& end)
        : world_(world), end_(end), result_(end.outcome.result) {}

    std::vector<std::string> judge() {
        if (end_.outcome.failure) {
            return {"the run failed: " + end_.outcome.failure->message()};
        }
        for (const std::string& reason : result_.validity.reasons) {
            expect(false, "the run is invalid: " + reason);
        }
        faults_were_set();
        sums_meet();
        nothing_is_lost();
        nothing_waits();
        duplicates_have_a_cause();
        rollout_is_told_truly();
        devices_know_what_the_hub_knows();
        nobody_stays();
        nobody_is_accused();
        return std::move(broken_);
    }

private:
    void expect(bool holds, const std::string& otherwise) {
        if (!holds) {
            broken_.push_back(otherwise);
        }
    }

    // A world without its faults would prove nothing.
    void faults_were_set() {
        for (const std::string& warning : result_.validity.warnings) {
            expect(warning.find("could not be set") == std::string::npos &&
                       warning.find("could not be taken back") == std::string::npos,
                   warning);
        }
    }

    void sums_meet() {
        const stats::MessageLedger& messages = result_.messages;
        expect(messages.balanced(),
               fmt::format("messages: {} offered, but {} acknowledged, {} failed, {} in flight, {} "
                           "unsent",
                           messages.offered, messages.acked, messages.failed, messages.in_flight,
                           messages.unsent));
        const stats::TwinLedger& twins = result_.twins;
        expect(twins.balanced(),
               fmt::format("updates: {} offered, but {} accepted, {} throttled, {} failed, {} "
                           "pending; {} confirmed, {} not",
                           twins.offered, twins.accepted, twins.throttled, twins.failed,
                           twins.pending, twins.confirmed, twins.unconfirmed));
    }

    void nothing_is_lost() {
        const stats::MessageLedger& messages = result_.messages;
        if (!messages.hub_received || !messages.lost) {
            broken_.emplace_back("the hub's ledger is missing");
            return;
        }
        expect(*messages.lost == 0,
               fmt::format("{} acknowledged messages never arrived", *messages.lost));
        expect(
            *messages.hub_received >= messages.acked && *messages.hub_received <= messages.offered,
            fmt::format("{} offered, {} received, {} acknowledged", messages.offered,
                        *messages.hub_received, messages.acked));
    }

    // All faults have ended 20 s before the end. Only an acknowledgement that the hub kept to
    // itself is missed for as long as the connection lasts, and with it its place in the window.
    void nothing_waits() {
        const stats::MessageLedger& messages = result_.messages;
        expect(messages.failed == 0, fmt::format("{} messages failed", messages.failed));
        if (!world_.has_hub_fault<plan::DropAcknowledgementsFault>()) {
            expect(messages.in_flight + messages.unsent == 0,
                   fmt::format("{} messages in flight, {} unsent, when all was calm again",
                               messages.in_flight, messages.unsent));
        }
        expect(result_.twins.pending + result_.twins.unconfirmed == 0,
               fmt::format("{} updates pending, {} unconfirmed, when all was calm again",
                           result_.twins.pending, result_.twins.unconfirmed));
        const std::uint32_t devices = world_.plan().device_count();
        const std::uint32_t connected =
            result_.timeline.empty() ? 0 : result_.timeline.back().connected;
        const bool renews =
            world_.plan().groups[0].roles[0].persona.habits.sas_lifetime < std::chrono::hours(1);
        expect(connected == devices || renews,  // Who renews its token is away for a moment.
               fmt::format("{} of {} devices connected in the last second", connected, devices));
    }

    // A message comes twice when its device came back without the acknowledgement.
    void duplicates_have_a_cause() {
        const std::uint64_t opened = result_.totals.counts[Counter::kConnectionOpened];
        const bool came_back = opened > world_.plan().device_count();
        const bool by_fault = world_.has_hub_fault<plan::DuplicateFault>();
        expect(came_back || by_fault || result_.messages.hub_duplicated.value_or(0) == 0,
               fmt::format("{} duplicates without a cause",
                           result_.messages.hub_duplicated.value_or(0)));
    }

    // Who was asked and did not confirm is missing from the curve, and only then.
    void rollout_is_told_truly() {
        if (result_.convergence.size() != 1) {
            broken_.emplace_back("the roll-out has no curve");
            return;
        }
        const stats::ConvergenceCurve& curve = result_.convergence.front();
        const std::uint64_t missing = curve.agents - curve.confirmed;
        expect(missing <= result_.twins.failed,
               fmt::format("{} of {} agents did not confirm, {} updates failed", missing,
                           curve.agents, result_.twins.failed));
        std::uint64_t applied = 0;
        for (const auto& [number, twin] : end_.hub_twins) {
            applied += twin.heartbeat == "High" && twin.latest_state == "success" ? 1 : 0;
        }
        expect(applied >= curve.confirmed,
               fmt::format("{} agents confirmed, the hub knows of {}", curve.confirmed, applied));
    }

    void devices_know_what_the_hub_knows() {
        for (const std::string& breach : end_.breaches) {
            broken_.push_back(breach);
        }
        for (const auto& [number, twin] : end_.hub_twins) {
            expect(end_.versions[number] == twin.desired_version,
                   fmt::format("device {} ended with version {}, its twin with {}", number,
                               end_.versions[number], twin.desired_version));
            expect(twin.latest_state == "success",
                   fmt::format("device {} never reported its state", number));
        }
    }

    void nobody_stays() {
        expect(
            end_.hub_connections == 0,
            fmt::format("{} connections stay at the hub when all have left", end_.hub_connections));
    }

    // Our devices speak properly, and the network delivers in order: what the hub closes or refuses
    // for a reason of its own is silence, or a connection that another one follows.
    void nobody_is_accused() {
        for (const std::string& rule : end_.hub_complaints) {
            expect(std::ranges::find(kAccusations, rule) == std::end(kAccusations),
                   "the hub accuses a device: " + rule);
        }
        expect(result_.messages.hub_reordered.value_or(0) == 0,
               fmt::format("{} messages came out of order",
                           result_.messages.hub_reordered.value_or(0)));
    }

    const SeededWorld& world_;
    const WorldEnd& end_;
    const stats::RunResult& result_;
    std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_laws(const SeededWorld& world, const WorldEnd& end) {
    return Court(world, end).judge();
}

}  // namespace twinstorm::run

// The end of a run: everything that was counted, put together into one result.

#include <algorithm>
#include <thread>
#include <utility>

#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "run/coordinator.h"
#include "run/validity.h"
#include "twinstorm/base/units.h"

namespace twinstorm::run {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kCurvePointsMax = 200;

std::string rfc3339(WallTime instant) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(instant));
}

stats::ConvergenceCurve curve(const std::string& phase, std::uint64_t agents,
                              const stats::Histogram& histogram) {
    stats::ConvergenceCurve curve;
    curve.phase = phase;
    curve.agents = agents;
    curve.confirmed = histogram.count();
    std::uint64_t confirmed = 0;
    const std::uint64_t step = std::max<std::uint64_t>(1, histogram.count() / kCurvePointsMax);
    histogram.for_each_bucket([&](std::uint64_t value, std::uint64_t count) {
        confirmed += count;
        const std::uint64_t shown = curve.points.empty() ? 0 : curve.points.back().confirmed;
        if (confirmed >= shown + step || confirmed == histogram.count()) {
            curve.points.push_back({static_cast<double>(value) / 1e6, confirmed});
        }
    });
    return curve;
}

}  // namespace

Outcome Run::Coordinator::outcome() {
    emit(timeline_.take_rest());
    fill_result();
    fill_ledgers();
    fill_limits();
    fill_environment();
    HarnessFacts facts;
    facts.never_ready = never_ready_;
    facts.expected_ready = expected_ready_;
    expect(facts);
    fill_harness();
    result_.validity = judge_validity(result_, plan_, facts);
    for (const auto& [error, count] : total().errors) {
        result_.validity.warnings.push_back(fmt::format(
            "{} connections ended or failed: {}", format_count(static_cast<double>(count)), error));
    }
    warn_of_hub();
    fill_playbooks();
    if (interrupted_) {
        result_.verdict = stats::Verdict::kInterrupted;
    }
    plan::judge(plan_.gates, result_);
    return {std::move(result_), std::move(failure_)};
}

// What the mock hub told, or could not tell, about itself.
void Run::Coordinator::warn_of_hub() {
    std::vector<std::string>& warnings = result_.validity.warnings;
    if (hub_ledger_ && !*hub_ledger_) {
        warnings.push_back(fmt::format("the mock hub's own ledger is missing: {}",
                                       hub_ledger_->error().message()));
    }
    if (hub_limits_ && !*hub_limits_) {
        warnings.push_back(fmt::format("which limits of the mock hub were hit is unknown: {}",
                                       hub_limits_->error().message()));
    }
    if (faults_) {
        warnings.insert(warnings.end(), faults_->notes().begin(), faults_->notes().end());
    }
}

void Run::Coordinator::fill_limits() {
    if (!hub_limits_ || !*hub_limits_ || !(*hub_limits_)->known) {
        return;
    }
    result_.limits = to_result((*hub_limits_)->hits, world_.anchor().at_start);
    for (const stats::LimitHit& hit : *result_.limits) {
        result_.totals.counts[stats::Counter::kThrottleDelayed] += hit.delayed;
        result_.totals.counts[stats::Counter::kThrottleRefused] += hit.refused;
    }
}

void Run::Coordinator::fill_result() {
    result_.name = plan_.name;
    result_.question = plan_.question;
    result_.seed = plan_.seed;
    result_.plan_hash = plan_.plan_hash;
    result_.scenario = plan_.source;
    result_.started_at = rfc3339(world_.anchor().at_start);
    result_.measured_s = load_seconds(true);
    fill_groups();
    std::map<std::size_t, stats::Histogram> rollouts;
    for (const EndReport& end : ends_) {
        for (const auto& [phase, histogram] : end.rollouts) {
            rollouts[phase].merge(histogram);
        }
    }
    for (const PhaseRun& run : phases_) {
        const plan::Phase& phase = plan_.phases[run.phase];
        if (phase.twin_updates &&
            std::holds_alternative<plan::EveryDevice>(phase.twin_updates->target)) {
            result_.convergence.push_back(
                curve(phase.name, rollout_size(run.phase), rollouts[run.phase]));
        }
    }
}

void Run::Coordinator::fill_groups() {
    const RoleIndex roles(plan_);
    const std::vector<stats::Recording>& recordings = timeline_.roles();
    for (std::size_t group = 0; group < plan_.groups.size(); ++group) {
        const plan::Group& planned = plan_.groups[group];
        stats::GroupResult& result = result_.groups.emplace_back();
        result.name = planned.name;
        result.transport = plan::name(planned.transport);
        result.devices = planned.devices;
        for (std::size_t role = 0; role < planned.roles.size(); ++role) {
            const stats::Recording& recording = recordings[roles.of({group, role})];
            result.recording.merge(recording);
            result.personas.push_back(
                {planned.roles[role].persona.name, identities_[group][role], recording});
        }
    }
    for (const stats::Recording& recording : recordings) {
        result_.totals.merge(recording);
    }
    for (std::size_t i = 0; i < agent::kEncodingCount; ++i) {
        const stats::Volume& volume = result_.totals.encodings[i];
        if (volume.messages > 0) {
            const auto encoding = agent::name(static_cast<agent::Encoding>(i));
            result_.encodings[std::string(encoding)] = volume;
        }
    }
}

// How many identities a phase's updates are to reach.
std::uint64_t Run::Coordinator::rollout_size(std::size_t phase) const {
    std::uint64_t identities = 0;
    for (const plan::RoleRef& which : plan::updated_roles(plan_, phase)) {
        identities += identities_[which.group][which.role].ordinary;
    }
    return identities;
}

// Length of the phases under load, measured ones only or all.
double Run::Coordinator::load_seconds(bool measured_only) const {
    double seconds = 0;
    for (const PhaseRun& run : phases_) {
        const plan::Phase& phase = plan_.phases[run.phase];
        if (!phase.connect_rate && (phase.measure || !measured_only) &&
            run.end != TimePoint::max()) {
            seconds += to_seconds(run.end - run.begin);
        }
    }
    return seconds;
}

// What an undisturbed harness would have offered until the load ended.
void Run::Coordinator::expect(HarnessFacts& facts) const {
    for (const PhaseRun& run : phases_) {
        const plan::Phase& phase = plan_.phases[run.phase];
        if (phase.connect_rate || run.end == TimePoint::max() || run.end <= run.begin) {
            continue;
        }
        const double seconds = to_seconds(run.end - run.begin);
        facts.messages_expected +=
            phase.security_messages ? expected_messages(run.phase, seconds) : 0;
        if (phase.twin_updates) {
            const auto* const rated = std::get_if<plan::RateUpdates>(&phase.twin_updates->target);
            facts.updates_expected += rated != nullptr ? rated->rate * seconds : 0;
        }
    }
}

// Of open loads, in a phase that lasts so long. Personas that are started or stopped in it come and
// go on their way; those are left out, so that too few messages are seen for what they are.
double Run::Coordinator::expected_messages(std::size_t phase, double seconds) const {
    double messages = 0;
    for (std::size_t group = 0; group < plan_.groups.size(); ++group) {
        const plan::Group& planned = plan_.groups[group];
        for (std::size_t role = 0; role < planned.roles.size(); ++role) {
            const auto* const open =
                std::get_if<plan::OpenLoad>(&planned.load_of(planned.roles[role]));
            const plan::RoleRef which{group, role};
            const bool ran_before = phase > 0 && plan::runs_in(plan_, phase - 1, which);
            if (open != nullptr && ran_before && plan::runs_in(plan_, phase, which)) {
                messages +=
                    open->rate * seconds * static_cast<double>(identities_[group][role].ordinary);
            }
        }
    }
    return messages;
}

// Nothing of this machine shows in virtual time.
void Run::Coordinator::fill_harness() {
    if (world_.name() != "live") {
        return;
    }
    stats::HarnessCost& cost = result_.harness.emplace();
    cost.workers = timeline_.costs();
    cost.coordinator_us_max = static_cast<std::uint64_t>(late_max_ / 1us);
    cost.page_faults = page_faults_before_ ? disk_page_faults() - *page_faults_before_ : 0;
    const CpuTicks ticks = cpu_ticks();
    if (ticks.all > ticks_before_.all) {
        cost.steal_share = static_cast<double>(ticks.stolen - ticks_before_.stolen) /
                           static_cast<double>(ticks.all - ticks_before_.all);
    }
}

void Run::Coordinator::fill_environment() {
    std::map<std::string, std::string>& facts = result_.environment;
    facts["world"] = world_.name();
    facts["hub"] = target_.description;
    facts["workers"] = std::to_string(world_.workers());
    if (world_.name() != "live") {
        return;  // Nothing of this machine shows in virtual time.
    }
    facts["pacing"] = plan_.tick ? fmt::format("tick {}", format_duration(*plan_.tick)) : "precise";
    facts.merge(machine_facts());
    const int self = getpid();
    if (const auto cpu = process_cpu_time(self)) {
        facts["fleet.cpu"] = format_duration(*cpu);
    }
    if (const auto memory = process_memory_max(self)) {
        facts["fleet.memory_max"] = format_size(*memory);
    }
    if (target_.hub_process) {
        facts["hub.cpu"] = format_duration(hub_cpu_total_);
        if (const auto memory = process_memory_max(*target_.hub_process)) {
            facts["hub.memory_max"] = format_size(*memory);
        }
    }
}

Run::Run(const plan::Plan& plan, const Target& target, World& world, Hooks hooks)
    : coordinator_(std::make_unique<Coordinator>(plan, target, world, std::move(hooks))),
      world_(world) {}

Run::~Run() = default;

Outcome Run::execute() {
    coordinator_->start();
    world_.run();
    return coordinator_->outcome();
}

void Run::interrupt() {
    coordinator_->interrupt(world_.main().now());
}

}  // namespace twinstorm::run

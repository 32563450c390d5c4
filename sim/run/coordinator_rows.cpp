// What the coordinator does once a second: rows of the timeline, the hub's CPU time, the budget.

#include <utility>

#include <fmt/format.h>

#include "run/coordinator.h"
#include "twinstorm/base/units.h"

namespace twinstorm::run {

using namespace std::chrono_literals;

void Run::Coordinator::watch_hub(TimePoint now) {
    if (!target_.hub_process) {
        return;
    }
    const auto cpu = process_cpu_time(*target_.hub_process);
    if (!cpu) {
        return;
    }
    if (hub_cpu_before_) {
        hub_cpu_total_ += *cpu - *hub_cpu_before_;
        const auto second = static_cast<std::uint32_t>(now.time_since_epoch() / 1s);
        timeline_.set_hub_cpu_share(second, to_seconds(*cpu - *hub_cpu_before_));
    }
    hub_cpu_before_ = cpu;
}

void Run::Coordinator::on_second(SecondReport report) {
    timeline_.add(std::move(report));
    emit(timeline_.take_rows());
}

void Run::Coordinator::emit(std::vector<stats::TimelineRow> rows) {
    for (stats::TimelineRow& row : rows) {
        const TimePoint middle = kRunStart + std::chrono::seconds(row.second) + 500ms;
        row.phase = phases_.empty() || middle < phases_.front().begin ? "prepare" : "drain";
        for (const PhaseRun& phase : phases_) {
            if (phase.begin <= middle && middle < phase.end) {
                row.phase = plan_.phases[phase.phase].name;
                row.measured = plan_.phases[phase.phase].measure;
            }
        }
        hooks_.on_second(row);
        watch_budget(row);
        result_.timeline.push_back(std::move(row));
    }
}

// What a paid service may cost, at most. Each patch is billed with its notice and its report.
void Run::Coordinator::watch_budget(const stats::TimelineRow& row) {
    const auto* const real = std::get_if<plan::RealHub>(&plan_.hub);
    if (real == nullptr || !real->budget || stage_ != Stage::kRunning) {
        return;
    }
    billed_ += row.counts[stats::Counter::kSecurityMessageBilled] +
               3 * row.counts[stats::Counter::kTwinUpdateAccepted];
    const TimePoint now = loop_.now();
    if (billed_ >= real->budget->messages) {
        give_up(Error{ErrorCode::kLimitExceeded,
                      fmt::format("the budget of {} messages is used up",
                                  format_count(static_cast<double>(real->budget->messages)))},
                now);
    } else if (now - kRunStart >= real->budget->duration) {
        give_up(
            Error{ErrorCode::kLimitExceeded, fmt::format("the budget of {} is used up",
                                                         format_duration(real->budget->duration))},
            now);
    }
}

}  // namespace twinstorm::run

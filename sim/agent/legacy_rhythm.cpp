#include "agent/legacy_rhythm.h"

#include <algorithm>
#include <chrono>

namespace twinstorm::agent {
namespace {

bool windows_only(LegacyEvent event) {
    return event == LegacyEvent::kProcessTerminate || event == LegacyEvent::kConnectedHardware;
}

std::int32_t in_seconds(Duration duration, Family family) {
    // The agent in C looks every second, the one in C# at its next turn.
    const std::int64_t tick = family == Family::kLegacyC ? 1 : kLegacyCollectTick;
    const std::int64_t seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    return static_cast<std::int32_t>(std::max((seconds + tick - 1) / tick, std::int64_t{1}) * tick);
}

}  // namespace

Backlog::Rhythm rhythm_of(LegacyEvent event, const LegacyConfiguration& configuration,
                          Family family) {
    // The agent in C runs on Linux alone.
    const bool known = family == Family::kLegacyCs || !windows_only(event);
    Backlog::Rhythm rhythm{known && configuration.priority(event) != LegacyPriority::kOff, false,
                           kLegacyCollectTick};
    const auto aggregate = [&](Aggregated kind) {
        const auto index = static_cast<std::size_t>(kind);
        rhythm.aggregated = configuration.aggregates[index];
        if (rhythm.aggregated) {
            rhythm.step = in_seconds(configuration.aggregation_interval[index], family);
        }
    };
    switch (event) {
        case LegacyEvent::kLogin:
        case LegacyEvent::kDiagnostic:
            break;
        case LegacyEvent::kProcessCreate:
            aggregate(Aggregated::kProcessCreate);
            break;
        case LegacyEvent::kConnectionCreate:
            aggregate(Aggregated::kConnectionCreate);
            break;
        case LegacyEvent::kProcessTerminate:
            aggregate(Aggregated::kProcessTerminate);
            break;
        default:
            rhythm.aggregated = true;
            rhythm.step = in_seconds(configuration.snapshot_frequency, family);
    }
    return rhythm;
}

}  // namespace twinstorm::agent

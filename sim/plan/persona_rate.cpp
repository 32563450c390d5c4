#include "twinstorm/plan/persona_rate.h"

#include <algorithm>

#include "twinstorm/agent/persona_template.h"

namespace twinstorm::plan {
namespace {

constexpr double kSecondsPerDay = 86'400;

// Medium priority every two hours, three collectors; low once a day, eight collectors that have
// something to say. Together in one message, the daily ones ride along.
constexpr double kMediumTicksPerDay = 12;
constexpr double kMediumCollectors = 3;
constexpr double kLowCollectors = 8;
// The low timer fires every five hours, the high one only where there are snapshots or logins.
constexpr double kLegacyPerDay = 8;
// Every ten seconds while any packet flows, and its own always do.
constexpr double kRtosPerDay = 8'640;

double share_of_day(const agent::MessageTemplate& message) {
    if (!message.rhythm) {
        return 1;
    }
    constexpr double kMinutesPerDay = 24 * 60;
    const auto& rhythm = *message.rhythm;
    double day = static_cast<double>((rhythm.day_end - rhythm.day_begin).count());
    day += day < 0 ? kMinutesPerDay : 0;
    return (day + (kMinutesPerDay - day) * rhythm.night_share) / kMinutesPerDay;
}

double per_day(const agent::PersonaTemplate& source, const agent::MessageTemplate& message) {
    std::optional<Duration> every = message.every;
    if (message.every_key) {
        const auto* const standard =
            std::get_if<Duration>(&source.desired[*message.every_key].standard);
        every = standard != nullptr ? std::optional(*standard) : std::nullopt;
    }
    if (!every || *every <= Duration::zero()) {
        return 0;
    }
    double messages = 1;
    if (message.envelope == agent::Envelope::kSingle) {  // Each event is a message.
        messages = 0;
        for (const std::uint16_t event : message.events) {
            messages += (source.events[event].count_min + source.events[event].count_max) / 2.0;
        }
    }
    const double period_s = to_seconds(*every) * (1 + message.jitter / 2);
    return messages * share_of_day(message) * kSecondsPerDay / period_s;
}

}  // namespace

double messages_per_day(const agent::Persona& persona) {
    switch (persona.family) {
        case agent::Family::kMicroLinux:
            return persona.options.bundling == agent::Bundling::kPerTick
                       ? kMediumTicksPerDay
                       : kMediumTicksPerDay * kMediumCollectors + kLowCollectors;
        case agent::Family::kLegacyC:
        case agent::Family::kLegacyCs:
            return kLegacyPerDay;
        case agent::Family::kMicroRtos:
            return kRtosPerDay;
        case agent::Family::kTemplate:
            break;
    }
    double sum = 0;
    if (persona.source != nullptr) {
        for (const agent::MessageTemplate& message : persona.source->messages) {
            sum += per_day(*persona.source, message);
        }
    }
    return sum;
}

}  // namespace twinstorm::plan

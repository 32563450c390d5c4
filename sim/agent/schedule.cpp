#include "twinstorm/agent/schedule.h"

#include <algorithm>
#include <chrono>

namespace twinstorm::agent {
namespace {

Duration period(const Configuration& configuration, Collector collector) {
    const auto priority = static_cast<std::size_t>(configuration[collector].frequency);
    return std::chrono::minutes(configuration.interval_minutes[priority]);
}

}  // namespace

void Schedule::start(const Configuration& configuration, TimePoint first) {
    first_ = first;
    for (std::size_t i = 0; i < next_.size(); ++i) {
        next_[i] = configuration.collectors[i].disabled ? kNever : first;
    }
}

void Schedule::reconfigure(const Configuration& before, const Configuration& after, TimePoint now) {
    if (!started()) {
        return;
    }
    for (std::size_t i = 0; i < next_.size(); ++i) {
        const auto collector = static_cast<Collector>(i);
        const Duration new_period = period(after, collector);
        if (before[collector] == after[collector] && period(before, collector) == new_period) {
            continue;
        }
        const TimePoint restarted = now < first_ ? first_ : now + new_period;
        next_[i] = after[collector].disabled ? kNever : restarted;
    }
}

std::optional<TimePoint> Schedule::next() const {
    const TimePoint soonest = *std::min_element(next_.begin(), next_.end());
    return soonest == kNever ? std::nullopt : std::optional(soonest);
}

CollectorSet Schedule::take_due(const Configuration& configuration, TimePoint now) {
    CollectorSet due;
    for (std::size_t i = 0; i < next_.size(); ++i) {
        if (next_[i] > now) {
            continue;
        }
        const auto collector = static_cast<Collector>(i);
        const Duration every = period(configuration, collector);
        next_[i] += every * ((now - next_[i]) / every + 1);
        due.add(collector);
    }
    return due;
}

}  // namespace twinstorm::agent

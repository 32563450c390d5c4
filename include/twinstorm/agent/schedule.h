// When each collector of one agent sends next.
//
// Use:    start(); then take_due() of the instant next(); reconfigure() after a new configuration.
// Rules:  the first collection is common to all; then each follows the period of its priority, on
//         its own raster, however late it was asked. A new configuration restarts only the
//         periods that it changes, and never hurries or delays the first collection.
#pragma once

#include <array>
#include <optional>

#include "twinstorm/agent/collector_set.h"
#include "twinstorm/agent/configuration.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

class Schedule {
public:
    Schedule() { next_.fill(kNever); }

    void start(const Configuration& configuration, TimePoint first);
    void reconfigure(const Configuration& before, const Configuration& after, TimePoint now);

    [[nodiscard]] bool started() const { return first_ != kNever; }
    [[nodiscard]] std::optional<TimePoint> next() const;
    [[nodiscard]] CollectorSet take_due(const Configuration& configuration, TimePoint now);

private:
    static constexpr TimePoint kNever = TimePoint::max();

    std::array<TimePoint, kCollectorCount> next_;
    TimePoint first_ = kNever;
};

}  // namespace twinstorm::agent

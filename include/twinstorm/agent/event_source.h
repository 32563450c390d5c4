// What happens on one simulated device: processes start, connections are made, people log in.
//
// Use:    start(), then gather() up to now; reconfigure() when collectors come and go. Nothing
//         happens for a disabled collector. Events are made when they are gathered: no timers.
// Limits: kEventsDrawnMax at a time; older ones are counted in dropped() and never made.
// Owner:  one agent. Same seed and same instants, same events.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "twinstorm/agent/collector_set.h"
#include "twinstorm/agent/configuration.h"
#include "twinstorm/agent/device_profile.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

struct FlowEvent;
struct GatheredEvents;
struct LoginEvent;
struct ProcessEvent;

class EventSource {
public:
    static constexpr std::size_t kEventsDrawnMax = 4096;

    explicit EventSource(std::uint64_t seed);

    void start(const Configuration& configuration, const DeviceProfile& profile, TimePoint now);
    void reconfigure(const Configuration& configuration, const DeviceProfile& profile,
                     TimePoint now);

    // All that happened to the collectors of `which` since they were last gathered, before `until`.
    void gather(CollectorSet which, const DeviceProfile& profile, TimePoint until,
                GatheredEvents& events);
    // One event more, for a load that must have something to send.
    void add_one(Collector collector, const DeviceProfile& profile, TimePoint at,
                 GatheredEvents& events);

    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    void count_dropped(std::uint64_t events) { dropped_ += events; }

private:
    static constexpr TimePoint kNever = TimePoint::max();

    [[nodiscard]] Duration gap(std::size_t stream, const DeviceProfile& profile);
    void catch_up(std::size_t stream, const DeviceProfile& profile, TimePoint until);
    [[nodiscard]] std::uint32_t next_pid();
    [[nodiscard]] ProcessEvent draw_process(TimePoint at);
    [[nodiscard]] FlowEvent draw_flow(const DeviceProfile& profile, TimePoint at);
    [[nodiscard]] LoginEvent draw_login(const DeviceProfile& profile, TimePoint at);

    Random random_;
    std::array<TimePoint, kEventCollectors.size()> next_;  // As kEventCollectors lists them.
    std::uint64_t dropped_ = 0;
    std::uint32_t last_pid_;
    std::uint8_t sessions_ = 0;  // People logged in.
};

}  // namespace twinstorm::agent

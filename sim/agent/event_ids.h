// The ids that events carry in messages: 128 bits each, the same whenever the same event is told.
//
// Rules:  an event's id derives from its own and the agent's seed. Snapshots have none of their
//         own: two words from the seed and the instant, both counted up, as the RTOS agent does.
#pragma once

#include <cstdint>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

struct EventId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

class EventIds {
public:
    // `place` tells apart the writers of one instant.
    EventIds(std::uint64_t seed, std::uint64_t place)
        : seed_(mix(seed)), other_seed_(mix(seed + 1)), place_(mix(place)) {}

    [[nodiscard]] EventId of(std::uint64_t event_id) const {
        return {mix(seed_ + event_id), mix(other_seed_ ^ event_id)};
    }

    [[nodiscard]] EventId next_snapshot(WallTime at) {
        if (!snapshots_begun_) {
            snapshots_begun_ = true;
            const auto instant = static_cast<std::uint64_t>(at.time_since_epoch().count());
            snapshot_ = {mix(seed_ ^ mix(instant)), mix(other_seed_ + (place_ ^ instant))};
        }
        ++snapshot_.high;
        ++snapshot_.low;
        return snapshot_;
    }
    // For UUIDs, which have the looks of chance.
    [[nodiscard]] static EventId scatter(EventId id) { return {mix(id.high), mix(id.low)}; }

private:
    // SplitMix64's, one to one: distinct values stay distinct.
    [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t value) {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    std::uint64_t seed_;
    std::uint64_t other_seed_;
    std::uint64_t place_;
    EventId snapshot_;
    bool snapshots_begun_ = false;
};

}  // namespace twinstorm::agent

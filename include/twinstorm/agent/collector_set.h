// A few collectors of the eleven, as one value.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "twinstorm/agent/configuration.h"

namespace twinstorm::agent {

class CollectorSet {
public:
    constexpr CollectorSet() = default;
    constexpr CollectorSet(std::initializer_list<Collector> collectors) {
        for (const Collector collector : collectors) {
            add(collector);
        }
    }

    constexpr void add(Collector collector) {
        bits_ = static_cast<std::uint16_t>(bits_ | (1U << static_cast<unsigned>(collector)));
    }
    [[nodiscard]] constexpr bool has(Collector collector) const {
        return (bits_ >> static_cast<unsigned>(collector) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    friend constexpr bool operator==(const CollectorSet&, const CollectorSet&) = default;

private:
    std::uint16_t bits_ = 0;
};

// In the order in which a message tells of them: what was counted before, what the device is, what
// happened on it.
inline constexpr std::array kAllCollectors{
    Collector::kStatistics,   Collector::kSystemInformation,
    Collector::kHeartbeat,    Collector::kBaseline,
    Collector::kSbom,         Collector::kLogin,
    Collector::kProcess,      Collector::kNetworkActivity,
    Collector::kFileSystem,   Collector::kPeripheral,
    Collector::kLogCollector,
};
static_assert(kAllCollectors.size() == kCollectorCount);

// The ones that gather what happened; the rest take a snapshot when they come due.
inline constexpr std::array kEventCollectors{
    Collector::kLogin,      Collector::kProcess,    Collector::kNetworkActivity,
    Collector::kFileSystem, Collector::kPeripheral, Collector::kLogCollector,
};

}  // namespace twinstorm::agent

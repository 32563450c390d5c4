// What all devices of a group have in common, and what the devices of a worker share.
//
// Owner:  a Profile is immutable and outlives its devices; a Workplace belongs to one worker.
#pragma once

#include <cstdint>
#include <string>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/load/arrival.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::device {

// Unacknowledged QoS 1 publishes of one device; the largest that is safe against the real hub.
inline constexpr std::size_t kInFlightMax = 16;
// Messages that wait at an agent without a connection; the oldest goes first, counted as failed.
inline constexpr std::size_t kWaitingMessagesMax = 1'000;
inline constexpr std::chrono::seconds kTwinGetTimeout{60};
inline constexpr std::chrono::seconds kTwinReportTimeout{300};

enum class LoadKind : std::uint8_t {
    kSchedule,  // The agent's own collectors decide.
    kOpen,      // At `rate`, whatever the hub does.
    kClosed,    // `in_flight` at a time, as fast as acknowledgements come.
};

struct SecurityLoad {
    LoadKind kind = LoadKind::kSchedule;
    double rate = 0;  // Messages per second and device.
    load::ArrivalKind arrivals = load::ArrivalKind::kPoisson;
    std::uint32_t in_flight = 0;
};

struct Profile {
    std::string host_name;  // The hub's own name: in user names and tokens, wherever it is reached.
    SecurityLoad load;
    Duration sas_lifetime = std::chrono::hours(1);
    std::chrono::seconds keep_alive{240};
    std::uint64_t metering_block_bytes = 4096;
    load::Backoff backoff;
};

struct Workplace {
    BufferPool& buffers;
    WallAnchor anchor;
    std::string topic;  // Scratch, for the message being made.
    std::string body;
};

// Who is told of what a device went through. Calls come on the device's worker.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_ready(std::uint32_t device,
                          TimePoint now) = 0;  // Twin read, for the first time.
    virtual void on_desired(std::uint32_t device, std::int64_t version, TimePoint now) = 0;
    virtual void on_confirmed(std::uint32_t device, std::int64_t version, TimePoint now) = 0;
    virtual void on_connection_lost(std::uint32_t device, const Error& why, TimePoint now) = 0;
};

}  // namespace twinstorm::device

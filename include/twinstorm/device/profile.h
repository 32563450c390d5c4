// What all identities of a role have in common, and what the identities of a worker share.
//
// Owner:  a Profile is immutable and outlives its devices; a Workplace belongs to one worker.
#pragma once

#include <cstdint>
#include <string>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/persona.h"
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

struct MessageLoad {
    LoadKind kind = LoadKind::kSchedule;
    double rate = 0;  // Messages per second and identity.
    load::ArrivalKind arrivals = load::ArrivalKind::kPoisson;
    std::uint32_t in_flight = 0;
};

struct Profile {
    std::string host_name;  // The hub's own name: in user names and tokens, wherever it is reached.
    agent::Persona persona = agent::make_persona(agent::Family::kMicroLinux);
    MessageLoad load;
    std::uint64_t metering_block_bytes = 4096;
};

// What the identities of a worker are at, all together. Kept as it changes: asking each of a
// hundred thousand once a second would take longer than all else.
struct Tally {
    std::uint32_t connected = 0;
    std::uint64_t in_flight = 0;  // Messages without an acknowledgement.
};

struct Workplace {
    BufferPool& buffers;
    WallAnchor anchor;         // Of tokens: the hub's time.
    WallAnchor devices;        // Of what happens on devices, and of what their agents write.
    agent::Workbench bench{};  // Scratch, for the messages being made.
    std::string topic{};
    Tally tally{};
};

// Who is told of what an identity went through. Calls come on its worker.
class Observer {
public:
    virtual ~Observer() = default;
    // For the first time: its twin is read, or it is connected where the persona has none.
    virtual void on_ready(std::uint32_t identity, TimePoint now) = 0;
    virtual void on_desired(std::uint32_t identity, std::int64_t version, TimePoint now) = 0;
    virtual void on_confirmed(std::uint32_t identity, std::int64_t version, TimePoint now) = 0;
    virtual void on_connection_lost(std::uint32_t identity, const Error& why, TimePoint now) = 0;
};

}  // namespace twinstorm::device

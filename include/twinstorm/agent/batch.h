// The messages that one agent wants to send in one turn, and the scratch in which they are made.
//
// Use:    an agent appends parts; the device sends each, then clear()s. Nothing is allocated once
//         warm.
// Owner:  one worker; shared by all its agents, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/agent/encoding.h"
#include "twinstorm/host/event.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::agent {

// What a message is to the hub.
enum class MessageKind : std::uint8_t {
    kSecurity,   // Marked with the interface id of security messages.
    kTelemetry,  // A plain device's.
};

// Legacy agents tell the two apart, in their twin and in a property of each message.
enum class SendPriority : std::uint8_t { kHigh, kLow };

struct Part {
    std::size_t begin = 0;  // In Batch::bytes.
    std::size_t end = 0;
    MessageKind kind = MessageKind::kSecurity;
    Encoding encoding = Encoding::kJson;
    SendPriority priority = SendPriority::kLow;
    std::uint32_t events = 0;         // Entries: each event of a stream, each snapshot.
    std::uint32_t events_played = 0;  // Of them, from playbooks:
    host::PlaySet plays = 0;          // These.
    std::uint16_t message = 0;        // Of a persona file: which of its messages.
};

struct WriteScratch;  // Where the writers build what they append: sim/agent/write_scratch.h.

struct Batch {
    Batch();
    ~Batch();
    Batch(Batch&&) noexcept;
    Batch& operator=(Batch&&) noexcept;

    std::string bytes;
    std::vector<Part> parts;
    std::unique_ptr<WriteScratch> scratch;

    [[nodiscard]] std::string_view body(const Part& part) const {
        return std::string_view(bytes).substr(part.begin, part.end - part.begin);
    }
    void clear() {
        bytes.clear();
        parts.clear();
    }
};

struct Caches;  // The aggregating caches of collectors: sim/agent/caches.h.

struct Workbench {
    Workbench();
    ~Workbench();
    Workbench(Workbench&&) noexcept;
    Workbench& operator=(Workbench&&) noexcept;

    Batch batch;
    host::Happenings seen;
    std::unique_ptr<Caches> caches;
};

}  // namespace twinstorm::agent

// What a message writer must be told beside the events: who signs, and the facts of snapshots that
// no host knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "twinstorm/agent/encoding.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

// Who signs the messages.
struct Sender {
    const host::Host& host;
    WallAnchor anchor;
    Family family = Family::kMicroLinux;
    Encoding encoding = Encoding::kJson;
    std::size_t bytes_max = std::size_t{200} * 1024;
    // Of the agent on this device: event ids derive from it. Those of snapshots also from their
    // instant and the writer's place in the batch, so two batches at one instant need two seeds.
    std::uint64_t id_seed = 0;
    std::uint32_t collection_interval_s = 0;  // FlatBuffers.
    bool logins_by_pam = false;               // They name the service, else the terminal.
};

struct SystemInformationFacts {
    // Overrides from the twin (`SystemInformation_HardwareVendor`, …); empty: the machine's own.
    std::string_view hardware_vendor = {};
    std::string_view hardware_model = {};
    std::string_view hardware_serial_number = {};
    std::string_view firmware_vendor = {};
    std::string_view firmware_version = {};
};

struct QueueStatistics {
    bool high = false;
    std::uint64_t collected = 0;
    std::uint64_t dropped = 0;
};

struct MessageStatistics {
    std::uint64_t sent = 0;
    std::uint64_t under_4_kb = 0;
    std::uint64_t failed = 0;
};

// One row of the micro agent's Statistics collector.
struct CollectorStatistics {
    std::string_view collector = {};
    std::string_view description = {};  // `sent`, `dropped: cache full`, …
    std::uint64_t hit_count = 0;
};

struct ConfigurationMistake {
    std::string_view name = {};
    std::string_view type = {};  // `TypeMismatch`, `NotOptimal`, `Conflict`
    std::string_view used = {};
    std::string_view message = {};
};

}  // namespace twinstorm::agent

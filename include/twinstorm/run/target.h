// The hub that a run drives, ours or a real one: nothing beyond this struct knows the difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "twinstorm/base/secret.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::run {

// What only a mock hub offers: its own count of what arrived, for the ledger.
struct Admin {
    Secret token;
};

struct Target {
    net::Destination mqtt;
    net::Destination rest;
    iothub::ConnectionString service;
    std::optional<Admin> admin;
    std::optional<int> hub_process;  // Id of a child of ours, whose CPU time is watched.
    std::uint64_t metering_block_bytes = 4096;
    double updates_per_s = 25;  // Patches that the tier carries, each with its report.
    std::string description;    // For the result: `mock S3 x 1, embedded`.
};

}  // namespace twinstorm::run

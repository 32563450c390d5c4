// What arrived: security messages and plain telemetry, in total and for each identity.
//
// Use:    record() each accepted message; reset() starts anew. An identity holds a LedgerSlot, so
//         that its row is looked up once; rows outlive their identity until the next reset().
// Owner:  a shard. Limits: kLedgerRowsMax; identities past it count in the sums alone.
// Units:  bytes of the body; billed in metering blocks of the tier.
// Tells:  sequence_window.h says what distinct, duplicated and reordered mean. A message whose id
//         ends in no sequence number counts as distinct.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/sequence_window.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::hub {

struct TelemetryCount {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t billed = 0;

    TelemetryCount& operator+=(const TelemetryCount& other);
};

struct ArrivalCount {
    std::uint64_t received = 0;
    std::uint64_t distinct = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
    std::uint64_t bytes = 0;
    std::uint64_t billed = 0;

    ArrivalCount& operator+=(const ArrivalCount& other);
};

struct LedgerRow {
    iothub::IdentityName name;
    TelemetryCount telemetry;  // Of both kinds.
    ArrivalCount security;
    ArrivalCount plain;  // All that are not marked as security messages.
    SequenceWindow security_window;
    SequenceWindow plain_window;
};

struct LedgerSlot {
    LedgerRow* row = nullptr;
    std::uint64_t generation = 0;  // Of the ledger when the row was looked up.
};

class Ledger {
public:
    struct Arrival {
        std::uint64_t bytes = 0;
        std::uint64_t billed = 0;
        bool security = false;
        std::string_view message_id;  // Still percent-encoded; empty when there is none.
    };

    void record(LedgerSlot& slot, const iothub::IdentityName& name, const Arrival& arrival);
    void reset(WallTime now);

    // When it began to count: another instant than before means that counts are missing.
    [[nodiscard]] WallTime since() const { return since_; }
    [[nodiscard]] const TelemetryCount& telemetry() const { return telemetry_; }
    [[nodiscard]] const ArrivalCount& security() const { return security_; }
    [[nodiscard]] const ArrivalCount& plain() const { return plain_; }
    [[nodiscard]] std::vector<const LedgerRow*> rows() const;  // By device id, then module id.

private:
    [[nodiscard]] LedgerRow* row_of(LedgerSlot& slot, const iothub::IdentityName& name);

    std::unordered_map<std::string, LedgerRow> rows_;  // By client id; its nodes do not move.
    WallTime since_{};
    std::uint64_t generation_ = 1;
    TelemetryCount telemetry_;
    ArrivalCount security_;
    ArrivalCount plain_;
};

}  // namespace twinstorm::hub

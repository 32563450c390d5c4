// What an operation meets on its way through the hub: the tier's throttle, the daily quota, and
// faults on demand.
//
// Use:    pass() before it is carried out; serve it after `delay`, or refuse it then. Without
// limits
//         and faults it costs a few comparisons.
// Owner:  a shard, on its loop.
#pragma once

#include <cstdint>
#include <optional>

#include "hub/identity.h"
#include "hub/quota.h"
#include "hub/shard.h"
#include "hub/throttle.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {

struct Metered {
    QuotaKind kind{};
    std::uint64_t bytes = 0;
};

struct Toll {
    iothub::OperationClass operation{};
    std::uint32_t cost = 1;
    std::optional<Metered> metered{};
};

struct Passage {
    Duration delay{};
    std::optional<iothub::ServiceErrorCode> refused;
    bool acknowledged = true;  // False: carried out, but its PUBACK is lost.
    bool twice = false;        // Telemetry that arrives twice.
    bool answered = true;      // False: a twin operation, carried out without a word.
};

// The throttle alone, with the rates of faults on demand; for whoever waits in a way of his own.
[[nodiscard]] Decision ask_throttle(Shard& shard, iothub::OperationClass operation, TimePoint now,
                                    std::uint32_t cost = 1);

// Of a device or module.
[[nodiscard]] Passage pass(Shard& shard, Identity& identity, const Toll& toll, TimePoint now);
// Of a service, about this identity, or none. A stall of the hub is a delay, too.
[[nodiscard]] Passage pass_service(Shard& shard, const iothub::IdentityName& about,
                                   const Toll& toll, TimePoint now);

}  // namespace twinstorm::hub

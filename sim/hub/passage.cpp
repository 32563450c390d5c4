#include "hub/passage.h"

#include <algorithm>

#include "hub/fault_control.h"

namespace twinstorm::hub {
namespace {

// The tier's own limits.
Passage meet_limits(Shard& shard, const Toll& toll, TimePoint now) {
    Common& common = shard.common;
    Passage passage;
    if (toll.metered) {
        passage.refused =
            common.quota.charge(toll.metered->kind, toll.metered->bytes, common.instant(now).wall);
    }
    if (passage.refused) {
        return passage;
    }
    const Decision decision = ask_throttle(shard, toll.operation, now, toll.cost);
    passage.delay = decision.delay;
    // Clients know the one number; which of the queue's limits it was is in the counts.
    if (decision.refused) {
        passage.refused = iothub::ServiceErrorCode::kThrottlingException;
    }
    return passage;
}

void meet_faults(const Faults& faults, const FaultSubject& who, std::uint64_t n,
                 iothub::OperationClass operation, TimePoint now, Passage& passage) {
    passage.delay += faults.latency(operation, who, n, now);
    if (!passage.refused) {
        passage.refused = faults.error(operation, who, n, now);
    }
}

}  // namespace

Decision ask_throttle(Shard& shard, iothub::OperationClass operation, TimePoint now,
                      std::uint32_t cost) {
    const Faults* const faults = shard.faults.active();
    return shard.common.throttles.ask(
        operation, now, cost,
        faults == nullptr ? std::nullopt : faults->rate_per_s(operation, now));
}

Passage pass(Shard& shard, Identity& identity, const Toll& toll, TimePoint now) {
    Passage passage = meet_limits(shard, toll, now);
    const Faults* const faults = shard.faults.active();
    if (faults == nullptr) {
        return passage;
    }
    const iothub::IdentityName& name = identity.record.name;
    const FaultSubject who = fault_subject(name.device_id, name.module_id);
    const std::uint64_t n = ++identity.operations;
    meet_faults(*faults, who, n, toll.operation, now, passage);
    passage.answered = !faults->loses_answer(toll.operation, who, n, now);
    if (toll.operation == iothub::OperationClass::kDeviceMessages) {
        passage.acknowledged = !faults->drops_acknowledgement(who, n, now);
        passage.twice = faults->duplicates(Duplicated::kTelemetry, who, n, now);
    }
    return passage;
}

Passage pass_service(Shard& shard, const iothub::IdentityName& about, const Toll& toll,
                     TimePoint now) {
    Passage passage = meet_limits(shard, toll, now);
    const Faults* const faults = shard.faults.active();
    if (faults == nullptr) {
        return passage;
    }
    meet_faults(*faults, fault_subject(about.device_id, about.module_id),
                ++shard.service_operations, toll.operation, now, passage);
    if (const auto until = faults->stalled_until(now)) {
        passage.delay = std::max(passage.delay, *until - now);
    }
    return passage;
}

}  // namespace twinstorm::hub

// The ledgers of a run: what the fleet counted, laid beside what a mock hub counted.

#include <cstdint>

#include "run/coordinator.h"

namespace twinstorm::run {

void Run::Coordinator::fill_ledgers() {
    using stats::Counter;
    stats::Counts& counts = result_.totals.counts;
    stats::TwinLedger& twins = result_.twins;
    fill_messages({Counter::kSecurityMessageOffered, Counter::kSecurityMessageAcked,
                   Counter::kSecurityMessageFailed, Counter::kSecurityMessageLost,
                   Counter::kSecurityMessageDuplicated, &EndReport::security,
                   &EndReport::Acknowledged::security, &HubLedger::security},
                  result_.messages);
    fill_messages({Counter::kTelemetryOffered, Counter::kTelemetryAcked, Counter::kTelemetryFailed,
                   Counter::kTelemetryLost, Counter::kTelemetryDuplicated, &EndReport::telemetry,
                   &EndReport::Acknowledged::telemetry, &HubLedger::telemetry},
                  result_.telemetry);
    for (const EndReport& end : ends_) {
        twins.pending += end.pending;
        twins.unconfirmed += end.unconfirmed;
    }
    twins.offered = counts[Counter::kTwinUpdateOffered];
    twins.accepted = counts[Counter::kTwinUpdateAccepted];
    twins.throttled = counts[Counter::kTwinUpdateThrottled];
    twins.failed = counts[Counter::kTwinUpdateFailed];
    twins.delivered = counts[Counter::kTwinUpdateDelivered];
    twins.confirmed = counts[Counter::kTwinUpdateConfirmed];
}

// One kind of messages: what the fleet counted, and the hub's own books beside it.
void Run::Coordinator::fill_messages(const LedgerNames& names, stats::MessageLedger& ledger) {
    stats::Counts& counts = result_.totals.counts;
    ledger.offered = counts[names.offered];
    ledger.acked = counts[names.acked];
    ledger.failed = counts[names.failed];
    for (const EndReport& end : ends_) {
        ledger.in_flight += (end.*names.fleet).in_flight;
        ledger.unsent += (end.*names.fleet).waiting;
    }
    if (!hub_ledger_ || !*hub_ledger_) {
        return;
    }
    const HubLedger::Kind& hub = (**hub_ledger_).*names.hub;
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    for (const EndReport& end : ends_) {
        for (const EndReport::Acknowledged& one : end.acked) {
            const std::uint64_t acked = one.*names.acked_by;
            const auto entry = hub.distinct.find(one.name);
            const std::uint64_t distinct = entry == hub.distinct.end() ? 0 : entry->second;
            received += distinct;
            lost += acked > distinct ? acked - distinct : 0;
        }
    }
    ledger.hub_received = received;
    ledger.hub_duplicated = hub.duplicated;
    ledger.hub_reordered = hub.reordered;
    ledger.lost = lost;
    counts[names.lost] = lost;
    counts[names.duplicated] = hub.duplicated;
}

}  // namespace twinstorm::run

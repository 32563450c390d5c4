#include "hub/ledger.h"

#include <algorithm>

#include "hub/limits.h"
#include "hub/message_sequence.h"

namespace twinstorm::hub {
namespace {

void add(TelemetryCount& count, const Ledger::Arrival& arrival) {
    ++count.messages;
    count.bytes += arrival.bytes;
    count.billed += arrival.billed;
}

void add(ArrivalCount& count, const Ledger::Arrival& arrival, SequenceWindow::Verdict verdict) {
    ++count.received;
    count.bytes += arrival.bytes;
    count.billed += arrival.billed;
    count.distinct += verdict == SequenceWindow::Verdict::kDuplicate ? 0 : 1;
    count.duplicated += verdict == SequenceWindow::Verdict::kDuplicate ? 1 : 0;
    count.reordered += verdict == SequenceWindow::Verdict::kReordered ? 1 : 0;
}

}  // namespace

TelemetryCount& TelemetryCount::operator+=(const TelemetryCount& other) {
    messages += other.messages;
    bytes += other.bytes;
    billed += other.billed;
    return *this;
}

ArrivalCount& ArrivalCount::operator+=(const ArrivalCount& other) {
    received += other.received;
    distinct += other.distinct;
    duplicated += other.duplicated;
    reordered += other.reordered;
    bytes += other.bytes;
    billed += other.billed;
    return *this;
}

void Ledger::record(LedgerSlot& slot, const iothub::IdentityName& name, const Arrival& arrival) {
    LedgerRow* row = row_of(slot, name);
    add(telemetry_, arrival);
    if (row != nullptr) {
        add(row->telemetry, arrival);
    }
    auto verdict = SequenceWindow::Verdict::kNew;
    if (row != nullptr) {
        SequenceWindow& window = arrival.security ? row->security_window : row->plain_window;
        if (const auto sequence = trailing_sequence(arrival.message_id)) {
            verdict = window.record(*sequence);
        }
        add(arrival.security ? row->security : row->plain, arrival, verdict);
    }
    add(arrival.security ? security_ : plain_, arrival, verdict);
}

void Ledger::reset(WallTime now) {
    since_ = now;
    rows_.clear();
    ++generation_;
    telemetry_ = {};
    security_ = {};
    plain_ = {};
}

LedgerRow* Ledger::row_of(LedgerSlot& slot, const iothub::IdentityName& name) {
    if (slot.generation == generation_) {
        return slot.row;
    }
    slot.generation = generation_;
    slot.row = nullptr;
    std::string key = name.client_id();
    auto found = rows_.find(key);
    if (found == rows_.end() && rows_.size() < kLedgerRowsMax) {
        found = rows_.emplace(std::move(key), LedgerRow{name, {}, {}, {}, {}, {}}).first;
    }
    if (found != rows_.end()) {
        slot.row = &found->second;
    }
    return slot.row;
}

std::vector<const LedgerRow*> Ledger::rows() const {
    std::vector<const LedgerRow*> result;
    result.reserve(rows_.size());
    for (const auto& [key, row] : rows_) {
        result.push_back(&row);
    }
    std::sort(result.begin(), result.end(),
              [](const LedgerRow* a, const LedgerRow* b) { return a->name < b->name; });
    return result;
}

}  // namespace twinstorm::hub

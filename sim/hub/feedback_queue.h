// What became of cloud-to-device messages, in batches, for the services that asked to know.
//
// Use:    add() as outcomes become known; a batch may be taken when it is full or old enough. It is
//         locked then, until settle() or the lock's end, which puts it back.
// Owner:  the front shard, on its loop; every other shard's is empty.
// Limits: kFeedbackBatchMax, kFeedbackBatchesMax; the oldest batch goes first, and is counted.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hub/agenda.h"
#include "hub/common.h"
#include "hub/instant.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::hub {

struct FeedbackCounts {
    std::uint64_t records = 0;
    std::uint64_t batches_taken = 0;
    std::uint64_t batches_settled = 0;
    std::uint64_t batches_lost = 0;  // Too old, too often given back, or too many.
};

class FeedbackQueue {
public:
    FeedbackQueue(const Common& common, Agenda& agenda) : common_(common), agenda_(agenda) {}

    void add(amqp::FeedbackRecord record, Instant now);
    // The oldest that nobody holds.
    [[nodiscard]] std::optional<amqp::FeedbackBatch> take(Instant now);
    // False: the lock is not held any more. kReleased puts the batch back.
    bool settle(std::uint64_t lock, amqp::Settlement settlement, Instant now);
    // Calls `ready` once there is a batch to take.
    [[nodiscard]] std::unique_ptr<events::Watch> watch(std::function<void()> ready);

    [[nodiscard]] const FeedbackCounts& counts() const { return counts_; }

private:
    struct Entry {
        amqp::FeedbackBatch batch;  // Its lock is 0 while nobody holds it.
        Agenda::Entry lock_end;
        unsigned deliveries = 0;
    };

    void close_batch(Instant now);
    void release(std::deque<Entry>::iterator entry, Instant now);
    void drop_old(Instant now);
    void tell_watchers();
    [[nodiscard]] std::deque<Entry>::iterator holder_of(std::uint64_t lock);

    const Common& common_;
    Agenda& agenda_;
    std::vector<amqp::FeedbackRecord> open_;
    Agenda::Entry open_until_;
    std::deque<Entry> batches_;  // Oldest first.
    std::uint64_t last_lock_ = 0;
    std::int64_t readiness_ = 0;  // How often a batch became there to take; what watchers wait for.
    events::WatchList watchers_;
    FeedbackCounts counts_;
};

// As in documents and messages of feedback: `DeliveryCountExceeded`.
[[nodiscard]] std::string_view name(amqp::DeliveryStatus status);

}  // namespace twinstorm::hub

// What became of cloud-to-device messages, in batches, for the services that asked to know.
//
// Use:    add() as outcomes become known; a batch may be taken when it is full or old enough.
// Owner:  the front shard, on its loop; every other shard's is empty.
// Limits: kFeedbackBatchMax, kFeedbackBatchesMax; the oldest batch goes first, and is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "hub/agenda.h"
#include "hub/common.h"
#include "hub/instant.h"
#include "hub/notice_queue.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::hub {

class FeedbackQueue {
public:
    FeedbackQueue(const Common& common, Agenda& agenda);

    void add(amqp::FeedbackRecord record, Instant now);
    // As notice_queue.h says, of batches.
    [[nodiscard]] std::optional<amqp::FeedbackBatch> take(Instant now) {
        return batches_.take(now);
    }
    bool settle(std::uint64_t lock, amqp::Settlement settlement, Instant now) {
        return batches_.settle(lock, settlement, now);
    }
    [[nodiscard]] std::unique_ptr<events::Watch> watch(std::function<void()> ready) {
        return batches_.watch(std::move(ready));
    }

    [[nodiscard]] const NoticeCounts& counts() const { return batches_.counts(); }

private:
    void close_batch(Instant now);

    const Common& common_;
    Agenda& agenda_;
    std::vector<amqp::FeedbackRecord> open_;
    Agenda::Entry open_until_;
    NoticeQueue<amqp::FeedbackBatch> batches_;
};

// As in documents and messages of feedback: `DeliveryCountExceeded`.
[[nodiscard]] std::string_view name(amqp::DeliveryStatus status);

}  // namespace twinstorm::hub

#include "hub/feedback_queue.h"

#include <algorithm>
#include <utility>

#include "hub/limits.h"

namespace twinstorm::hub {

std::string_view name(amqp::DeliveryStatus status) {
    switch (status) {
        case amqp::DeliveryStatus::kSuccess:
            return "Success";
        case amqp::DeliveryStatus::kExpired:
            return "Expired";
        case amqp::DeliveryStatus::kDeliveryCountExceeded:
            return "DeliveryCountExceeded";
        case amqp::DeliveryStatus::kRejected:
            return "Rejected";
        case amqp::DeliveryStatus::kPurged:
            return "Purged";
    }
    return "";
}

void FeedbackQueue::add(amqp::FeedbackRecord record, Instant now) {
    open_.push_back(std::move(record));
    ++counts_.records;
    if (open_.size() >= kFeedbackBatchMax) {
        close_batch(now);
    } else if (!open_until_.pending()) {
        open_until_ = agenda_.at(now.run + kFeedbackBatchTime,
                                 [this](TimePoint then) { close_batch(common_.instant(then)); });
    }
}

void FeedbackQueue::close_batch(Instant now) {
    agenda_.cancel(open_until_);
    drop_old(now);
    if (batches_.size() >= kFeedbackBatchesMax) {
        agenda_.cancel(batches_.front().lock_end);
        batches_.pop_front();
        ++counts_.batches_lost;
    }
    batches_.push_back({{0, std::exchange(open_, {}), now.wall}, {}, 0});
    tell_watchers();
}

std::optional<amqp::FeedbackBatch> FeedbackQueue::take(Instant now) {
    drop_old(now);
    const auto next =
        std::ranges::find_if(batches_, [](const Entry& entry) { return entry.batch.lock == 0; });
    if (next == batches_.end()) {
        return std::nullopt;
    }
    const std::uint64_t lock = ++last_lock_;
    next->batch.lock = lock;
    ++next->deliveries;
    ++counts_.batches_taken;
    next->lock_end = agenda_.at(now.run + common_.options.cloud_to_device.feedback_lock,
                                [this, lock](TimePoint then) {
                                    if (const auto held = holder_of(lock); held != batches_.end()) {
                                        release(held, common_.instant(then));
                                    }
                                });
    return next->batch;
}

bool FeedbackQueue::settle(std::uint64_t lock, amqp::Settlement settlement, Instant now) {
    const auto held = holder_of(lock);
    if (held == batches_.end()) {
        return false;
    }
    if (settlement == amqp::Settlement::kReleased) {
        release(held, now);
        return true;
    }
    agenda_.cancel(held->lock_end);
    batches_.erase(held);
    ++counts_.batches_settled;
    return true;
}

std::unique_ptr<events::Watch> FeedbackQueue::watch(std::function<void()> ready) {
    const bool there =
        std::ranges::any_of(batches_, [](const Entry& entry) { return entry.batch.lock == 0; });
    return watchers_.add(there ? readiness_ : readiness_ + 1, std::move(ready));
}

void FeedbackQueue::release(std::deque<Entry>::iterator entry, Instant now) {
    agenda_.cancel(entry->lock_end);
    entry->batch.lock = 0;
    if (entry->deliveries >= common_.options.cloud_to_device.feedback_deliveries_max) {
        batches_.erase(entry);
        ++counts_.batches_lost;
        return;
    }
    drop_old(now);
    tell_watchers();
}

// Only what nobody holds: whoever holds a batch may still settle it.
void FeedbackQueue::drop_old(Instant now) {
    const WallTime oldest = now.wall - common_.options.cloud_to_device.feedback_time_to_live;
    counts_.batches_lost += std::erase_if(batches_, [oldest](const Entry& entry) {
        return entry.batch.lock == 0 && entry.batch.enqueued <= oldest;
    });
}

void FeedbackQueue::tell_watchers() {
    ++readiness_;
    watchers_.notify(readiness_);
}

std::deque<FeedbackQueue::Entry>::iterator FeedbackQueue::holder_of(std::uint64_t lock) {
    return lock == 0 ? batches_.end() : std::ranges::find_if(batches_, [lock](const Entry& entry) {
        return entry.batch.lock == lock;
    });
}

}  // namespace twinstorm::hub

#include "hub/feedback_queue.h"

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

FeedbackQueue::FeedbackQueue(const Common& common, Agenda& agenda)
    : common_(common),
      agenda_(agenda),
      batches_(common, agenda,
               {kFeedbackBatchesMax, common.options.cloud_to_device.feedback_deliveries_max,
                common.options.cloud_to_device.feedback_lock,
                common.options.cloud_to_device.feedback_time_to_live}) {}

void FeedbackQueue::add(amqp::FeedbackRecord record, Instant now) {
    open_.push_back(std::move(record));
    if (open_.size() >= kFeedbackBatchMax) {
        close_batch(now);
    } else if (!open_until_.pending()) {
        open_until_ = agenda_.at(now.run + kFeedbackBatchTime,
                                 [this](TimePoint then) { close_batch(common_.instant(then)); });
    }
}

void FeedbackQueue::close_batch(Instant now) {
    agenda_.cancel(open_until_);
    batches_.add({0, std::exchange(open_, {}), now.wall}, now);
}

}  // namespace twinstorm::hub

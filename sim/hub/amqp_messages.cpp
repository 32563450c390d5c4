#include "hub/amqp_messages.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hub/shards.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

std::string_view condition_of(ServiceErrorCode code) {
    switch (code) {
        case ServiceErrorCode::kDeviceNotFound:
            return amqp::condition::kNotFound;
        case ServiceErrorCode::kDeviceMaximumQueueDepthExceeded:
            return amqp::condition::kDeviceQueueFull;
        case ServiceErrorCode::kMessageTooLarge:
            return amqp::condition::kMessageSizeExceeded;
        case ServiceErrorCode::kIotHubQuotaExceeded:
            return amqp::condition::kResourceLimitExceeded;
        case ServiceErrorCode::kThrottlingException:
            return amqp::condition::kServerBusy;
        default:
            return amqp::condition::kArgumentError;
    }
}

std::optional<amqp::Condition> refusal_of(const Outcome<void>& outcome) {
    if (outcome) {
        return std::nullopt;
    }
    const iothub::ServiceError& error = outcome.error();
    return amqp::Condition{std::string(condition_of(error.code)),
                           std::to_string(static_cast<int>(error.code)) + " " +
                               std::string(iothub::name(error.code)) + ": " + error.text};
}

}  // namespace

void AmqpMessages::send(amqp::CloudMessage message, SendDone done) {
    Shard& front = front_;
    Shard& owner = front.all.owner_of(message.device_id);
    // Shared because work that is posted must be copyable; it is handed over, not shared.
    auto handed_over = std::make_shared<amqp::CloudMessage>(std::move(message));
    front.all.on(
        owner, front, front.loop.now(),
        [&front, handed_over, done = std::move(done)](Shard& shard, TimePoint now) {
            auto refusal =
                refusal_of(shard.cloud_messages.send(std::move(*handed_over), shard.instant(now)));
            shard.all.on(
                front, shard, now,
                [done, refusal = std::move(refusal)](Shard&, TimePoint) { done(refusal); });
        });
}

void AmqpMessages::take_feedback(FeedbackDone done) {
    done(front_.feedback.take(front_.instant(front_.loop.now())));
}

void AmqpMessages::settle_feedback(std::uint64_t lock, amqp::Settlement settlement) {
    front_.feedback.settle(lock, settlement, front_.instant(front_.loop.now()));
}

std::unique_ptr<events::Watch> AmqpMessages::watch_feedback(std::function<void()> ready) {
    return front_.feedback.watch(std::move(ready));
}

}  // namespace twinstorm::hub

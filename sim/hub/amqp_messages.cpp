#include "hub/amqp_messages.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hub/cloud_bag.h"
#include "hub/outcome.h"
#include "hub/passage.h"
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

Toll toll_of(const amqp::CloudMessage& message) {
    return {iothub::OperationClass::kCloudToDeviceSends, 1,
            Metered{QuotaKind::kCloudToDeviceMessages,
                    message.body.size() + cloud_bag(message, {}).metered_bytes}};
}

}  // namespace

void AmqpMessages::send(amqp::CloudMessage message, SendDone done) {
    const TimePoint now = front_.loop.now();
    const Passage passage = pass_service(front_, {message.device_id, {}}, toll_of(message), now);
    // Shared because work that waits must be copyable; it is handed on, not shared.
    auto handed_on = std::make_shared<amqp::CloudMessage>(std::move(message));
    auto go_on = [this, handed_on, done = std::move(done),
                  refused = passage.refused](TimePoint then) {
        if (refused) {
            done(refusal_of(refuse(*refused, std::string(iothub::name(*refused)))));
        } else {
            send_to_owner(handed_on, done, then);
        }
    };
    if (passage.delay > Duration{}) {
        front_.agenda.at(now + passage.delay, std::move(go_on));
    } else {
        go_on(now);
    }
}

void AmqpMessages::send_to_owner(const MessagePointer& message, const SendDone& done,
                                 TimePoint now) {
    Shard& front = front_;
    Shard& owner = front.all.owner_of(message->device_id);
    front.all.on(owner, front, now, [&front, message, done](Shard& shard, TimePoint then) {
        auto refusal =
            refusal_of(shard.cloud_messages.send(std::move(*message), shard.instant(then)));
        shard.all.on(front, shard, then,
                     [done, refusal = std::move(refusal)](Shard&, TimePoint) { done(refusal); });
    });
}

void AmqpMessages::take_notice(amqp::NoticeKind kind, NoticeDone done) {
    const Instant now = front_.instant(front_.loop.now());
    if (kind == amqp::NoticeKind::kFeedback) {
        done(front_.feedback.take(now));
    } else {
        done(front_.file_notifications.take(now));
    }
}

void AmqpMessages::settle_notice(amqp::NoticeKind kind, std::uint64_t lock,
                                 amqp::Settlement settlement) {
    const Instant now = front_.instant(front_.loop.now());
    if (kind == amqp::NoticeKind::kFeedback) {
        front_.feedback.settle(lock, settlement, now);
    } else {
        front_.file_notifications.settle(lock, settlement, now);
    }
}

std::unique_ptr<events::Watch> AmqpMessages::watch_notices(amqp::NoticeKind kind,
                                                           std::function<void()> ready) {
    return kind == amqp::NoticeKind::kFeedback ? front_.feedback.watch(std::move(ready))
                                               : front_.file_notifications.watch(std::move(ready));
}

}  // namespace twinstorm::hub

// What the hub says to a connected device or module without being asked by it.
#include <span>
#include <utility>

#include "hub/hub_conversation.h"
#include "hub/limits.h"
#include "hub/twin_exchange.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {

bool HubConversation::notify_desired(const boost::json::object& change, TimePoint now) {
    if (state_ != State::kOpen || !subscriptions_.has(iothub::Subscribable::kDesiredChanges)) {
        return false;
    }
    const std::size_t bytes =
        write_desired_notice(outgoing(), identity_->twin.desired().version(), change);
    shard_->common.quota.count(QuotaKind::kTwinNotices, bytes, shard_->instant(now).wall);
    shard_->loop.wake(handle_);
    limit_outgoing(now);
    return true;
}

void HubConversation::call_method(const iothub::MethodCallTopic& topic, std::string_view payload,
                                  TimePoint now) {
    const std::string text = iothub::method_call_topic(topic);
    mqtt::Publish publish;
    publish.topic = text;
    publish.payload = std::as_bytes(std::span(payload));
    mqtt::write(outgoing(), publish);
    shard_->loop.wake(handle_);
    limit_outgoing(now);
}

void HubConversation::messages_wait(TimePoint now) {
    if (send_messages(now)) {
        shard_->loop.wake(handle_);
    }
}

// What was held back while the buffer was full goes on now.
void HubConversation::sent(TimePoint now) {
    messages_wait(now);
}

// What has waited for a subscription, here or in a session of before.
void HubConversation::serve_subscriptions(TimePoint now) {
    if (takes_methods()) {
        shard_->methods.subscribed(*identity_, now);
    }
    send_messages(now);
}

bool HubConversation::send_messages(TimePoint now) {
    constexpr iothub::Subscribable kWhat = iothub::Subscribable::kCloudToDevice;
    if (state_ != State::kOpen || !subscriptions_.has(kWhat) || identity_->mailbox == nullptr ||
        !identity_->mailbox->queue.has_next()) {
        return false;
    }
    shard_->cloud_messages.deliver(*identity_, subscriptions_.qos(kWhat), outgoing(),
                                   shard_->instant(now));
    if (outgoing_.empty()) {  // All of it had expired.
        shard_->loop.buffers().give(std::exchange(outgoing_, Buffer{}));
        return false;
    }
    return true;
}

void HubConversation::limit_outgoing(TimePoint now) {
    if (state_ == State::kOpen && outgoing_.size() > kOutgoingBytesMax) {
        drop(Drop::kOutgoingFull, now);
    }
}

}  // namespace twinstorm::hub

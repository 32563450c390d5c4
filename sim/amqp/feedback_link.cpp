#include "amqp/feedback_link.h"

#include <utility>

#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/link.h>

#include "amqp/limits.h"
#include "amqp/outbox.h"
#include "amqp/outgoing_message.h"

namespace twinstorm::amqp {

FeedbackLink::FeedbackLink(Service::Shared& shared, Poke poke)
    : shared_(&shared),
      messages_(&shared.ports.messages),
      poke_(std::move(poke)),
      // Callbacks hold it weakly.
      later_(std::make_shared<Later>()) {}

FeedbackLink::~FeedbackLink() {
    if (later_ == nullptr) {
        return;  // It was moved from.
    }
    if (later_->batch) {
        messages_->settle_feedback(later_->batch->lock, Settlement::kReleased);
    }
    for (const auto& [delivery, lock] : locks_) {
        messages_->settle_feedback(lock, Settlement::kReleased);
    }
}

std::optional<Condition> FeedbackLink::pump(pn_link_t* link, WallTime /*now*/) {
    while (can_send(link) && locks_.size() < kFeedbackUnsettledMax) {
        if (later_->batch) {
            send(link);
        } else if (later_->empty_handed) {
            watch();
            break;
        } else if (later_->asking || later_->watching) {
            break;
        } else {
            ask();
        }
    }
    if (!later_->batch && !later_->asking) {
        drain(link);
    }
    return std::nullopt;
}

void FeedbackLink::updated(pn_delivery_t* delivery) {
    const auto held = locks_.find(delivery);
    const std::uint64_t state = pn_delivery_remote_state(delivery);
    if (held == locks_.end() || (!pn_delivery_settled(delivery) && state == 0)) {
        return;
    }
    const Settlement settlement = state == PN_ACCEPTED   ? Settlement::kAccepted
                                  : state == PN_REJECTED ? Settlement::kRejected
                                                         : Settlement::kReleased;
    const std::uint64_t lock = held->second;
    locks_.erase(held);
    pn_delivery_settle(delivery);
    messages_->settle_feedback(lock, settlement);
}

void FeedbackLink::ask() {
    later_->asking = true;
    const std::weak_ptr<Later> weak = later_;
    Messages* const messages = messages_;
    messages_->take_feedback([weak, messages, wake = poke_](std::optional<FeedbackBatch> batch) {
        const auto later = weak.lock();
        if (!later && batch) {
            messages->settle_feedback(batch->lock, Settlement::kReleased);
        }
        if (later) {
            later->asking = false;
            later->empty_handed = !batch;
            later->batch = std::move(batch);
            wake();
        }
    });
}

void FeedbackLink::watch() {
    later_->empty_handed = false;
    later_->watching = true;
    const std::weak_ptr<Later> weak = later_;
    later_->watch = messages_->watch_feedback([weak, wake = poke_] {
        if (const auto later = weak.lock()) {
            later->watching = false;
            wake();
        }
    });
}

void FeedbackLink::send(pn_link_t* link) {
    const FeedbackBatch batch = std::move(*later_->batch);
    later_->batch.reset();
    Buffer message;
    const std::string_view host = shared_->options.host_name;
    put_feedback(message, batch, host.substr(0, host.find('.')));
    if (pn_delivery_t* const delivery = send_message(link, message, tag_++)) {
        locks_.emplace(delivery, batch.lock);
    } else {
        messages_->settle_feedback(batch.lock, Settlement::kAccepted);
    }
}

}  // namespace twinstorm::amqp

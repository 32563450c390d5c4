#include "amqp/notice_link.h"

#include <string_view>
#include <utility>
#include <variant>

#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/link.h>

#include "amqp/limits.h"
#include "amqp/outbox.h"
#include "amqp/outgoing_message.h"

namespace twinstorm::amqp {

NoticeLink::NoticeLink(Service::Shared& shared, NoticeKind kind, Poke poke)
    : shared_(&shared),
      messages_(&shared.ports.messages),
      kind_(kind),
      poke_(std::move(poke)),
      // Callbacks hold it weakly.
      later_(std::make_shared<Later>()) {}

NoticeLink::~NoticeLink() {
    if (later_ == nullptr) {
        return;  // It was moved from.
    }
    if (later_->notice) {
        messages_->settle_notice(kind_, lock_of(*later_->notice), Settlement::kReleased);
    }
    for (const auto& [delivery, lock] : locks_) {
        messages_->settle_notice(kind_, lock, Settlement::kReleased);
    }
}

std::optional<Condition> NoticeLink::pump(pn_link_t* link, WallTime /*now*/) {
    while (can_send(link) && locks_.size() < kNoticesUnsettledMax) {
        if (later_->notice) {
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
    if (!later_->notice && !later_->asking) {
        drain(link);
    }
    return std::nullopt;
}

void NoticeLink::updated(pn_delivery_t* delivery) {
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
    messages_->settle_notice(kind_, lock, settlement);
}

void NoticeLink::ask() {
    later_->asking = true;
    const std::weak_ptr<Later> weak = later_;
    Messages* const messages = messages_;
    messages_->take_notice(
        kind_, [weak, messages, kind = kind_, wake = poke_](std::optional<Notice> notice) {
            const auto later = weak.lock();
            if (!later && notice) {
                messages->settle_notice(kind, lock_of(*notice), Settlement::kReleased);
            }
            if (later) {
                later->asking = false;
                later->empty_handed = !notice;
                later->notice = std::move(notice);
                wake();
            }
        });
}

void NoticeLink::watch() {
    later_->empty_handed = false;
    later_->watching = true;
    const std::weak_ptr<Later> weak = later_;
    later_->watch = messages_->watch_notices(kind_, [weak, wake = poke_] {
        if (const auto later = weak.lock()) {
            later->watching = false;
            wake();
        }
    });
}

void NoticeLink::send(pn_link_t* link) {
    const Notice notice = *std::exchange(later_->notice, std::nullopt);
    Buffer message;
    put_notice(message, notice);
    if (pn_delivery_t* const delivery = send_message(link, message, tag_++)) {
        locks_.emplace(delivery, lock_of(notice));
    } else {
        messages_->settle_notice(kind_, lock_of(notice), Settlement::kAccepted);
    }
}

void NoticeLink::put_notice(Buffer& message, const Notice& notice) const {
    if (const auto* const file = std::get_if<FileNotification>(&notice)) {
        put_file_notification(message, *file);
        return;
    }
    const std::string_view host = shared_->options.host_name;
    put_feedback(message, std::get<FeedbackBatch>(notice), host.substr(0, host.find('.')));
}

}  // namespace twinstorm::amqp

#include "amqp/event_link.h"

#include <algorithm>
#include <utility>

#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/link.h>

#include "amqp/limits.h"
#include "amqp/outbox.h"
#include "amqp/outgoing_message.h"

namespace twinstorm::amqp {

EventLink::EventLink(Service::Shared& shared, Poke poke, Request request)
    : shared_(&shared),
      poke_(std::move(poke)),
      request_(std::move(request)),
      // Callbacks hold it weakly.
      later_(std::make_shared<Later>()) {
    batch_.next = request_.from;
    const std::weak_ptr<Later> weak = later_;
    auto seat = shared.readers.enter({.partition = request_.partition,
                                      .group = request_.group,
                                      .epoch = request_.epoch,
                                      .stolen = [weak, wake = poke_](Condition why) {
                                          if (const auto later = weak.lock()) {
                                              later->stolen = std::move(why);
                                              wake();
                                          }
                                      }});
    if (!seat) {
        refusal_ = std::move(seat.error());
        return;
    }
    seat_ = std::move(*seat);
    if (request_.from.kind == events::Position::Kind::kLatest) {
        read(0);  // "Latest" is a place in the log as of now, not of the first credit.
    }
}

std::optional<Condition> EventLink::pump(pn_link_t* link, WallTime now) {
    if (later_->stolen) {
        return later_->stolen;
    }
    take_batch();
    send_ready(link, now);
    // A reader that has sent all goes on, at once when the answer is there at once.
    while (sent_ == batch_.events.size() && !later_->reading && !later_->watching &&
           can_send(link)) {
        read(std::min(static_cast<std::size_t>(pn_link_credit(link)), kBatchEventsMax));
        take_batch();
        send_ready(link, now);
    }
    if (sent_ == batch_.events.size() && !later_->reading) {
        drain(link);
    }
    return std::nullopt;
}

void EventLink::updated(pn_delivery_t* delivery) {
    // Events are read, not consumed: whatever the outcome is, it is settled.
    if (pn_delivery_settled(delivery) || pn_delivery_remote_state(delivery) != 0) {
        pn_delivery_settle(delivery);
    }
}

void EventLink::read(std::size_t events_max) {
    later_->reading = true;
    const std::weak_ptr<Later> weak = later_;
    shared_->ports.events.read(request_.partition, batch_.next,
                               {.events_max = events_max, .bytes_max = kBatchBytesMax},
                               [weak, wake = poke_](events::Batch batch) {
                                   if (const auto later = weak.lock()) {
                                       later->batch = std::move(batch);
                                       wake();
                                   }
                               });
}

void EventLink::take_batch() {
    if (!later_->batch) {
        return;
    }
    batch_ = std::move(*later_->batch);
    later_->batch.reset();
    later_->reading = false;
    sent_ = 0;
    if (batch_.events.empty()) {
        watch(batch_.awaited);
    }
}

void EventLink::watch(std::int64_t awaited) {
    later_->watching = true;
    const std::weak_ptr<Later> weak = later_;
    later_->watch = shared_->ports.events.watch(request_.partition, awaited, [weak, wake = poke_] {
        if (const auto later = weak.lock()) {
            later->watching = false;  // The watch is spent; it ends with the next one.
            wake();
        }
    });
}

void EventLink::send_ready(pn_link_t* link, WallTime now) {
    RuntimeMetrics metrics{batch_.info, now};
    while (sent_ < batch_.events.size() && can_send(link)) {
        scratch_.clear();
        put_event(scratch_, batch_.events[sent_], request_.metrics ? &metrics : nullptr);
        send_message(link, scratch_, tag_++);
        ++sent_;
        ++shared_->counts.events_delivered;
    }
    if (sent_ == batch_.events.size() && sent_ > 0) {
        batch_.events.clear();
        sent_ = 0;
    }
}

}  // namespace twinstorm::amqp

#include "device/message_stream.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::device {
namespace {

using stats::Counter;
using stats::Metric;

// As the C SDK, which the agent is built on, writes it: content encoding and interface id with
// lower-case hexadecimal. The message id before it lets a mock hub keep the ledger.
constexpr std::string_view kTopicTail =
    "&%24.ce=application%2fjson&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1";
// What metering counts beside the body: the values of the three system properties, less the id's.
constexpr std::size_t kPropertyBytes =
    std::string_view("application/json").size() + iothub::kSecurityInterfaceId.size();

}  // namespace

MessageStream::MessageStream(const Profile& profile, Workplace& workplace,
                             stats::Recorder& recorder, const iothub::IdentityName& identity,
                             std::uint64_t seed)
    : profile_(profile),
      workplace_(workplace),
      recorder_(recorder),
      topic_head_(iothub::telemetry_topic(identity, "%24.mid=")),
      seed_(seed),
      window_(profile.load.kind == LoadKind::kClosed
                  ? std::min<std::size_t>(profile.load.in_flight, kInFlightMax)
                  : kInFlightMax) {}

void MessageStream::start_load(TimePoint at) {
    ++loads_started_;
    if (profile_.load.kind == LoadKind::kOpen) {
        arrivals_.emplace(profile_.load.arrivals, profile_.load.rate, at,
                          derive(seed_, loads_started_));
    }
    if (profile_.load.kind == LoadKind::kClosed) {
        closed_load_begin_ = at;
    }
}

void MessageStream::stop_load() {
    arrivals_.reset();
    closed_load_begin_.reset();
}

void MessageStream::flush(agent::MicroAgent& agent, TimePoint now) {
    workplace_.body.clear();
    if (agent.flush(now, workplace_.body)) {
        offer(now, now);
    }
}

void MessageStream::link_ready(net::MessageLink& link, agent::MicroAgent& agent, TimePoint now) {
    link_ = &link;
    drain(now);
    fill_closed_load(agent, now);
}

void MessageStream::link_lost() {
    link_ = nullptr;
}

void MessageStream::advance(agent::MicroAgent& agent, TimePoint now) {
    while (arrivals_ && arrivals_->next() <= now) {
        workplace_.body.clear();
        agent.emit(arrivals_->next(), workplace_.body);
        offer(arrivals_->next(), now);
        arrivals_->pop();
    }
    while (const auto due = scheduled(agent)) {
        if (*due > now) {
            break;
        }
        workplace_.body.clear();
        if (agent.send_due(*due, workplace_.body)) {
            offer(*due, now);
        }
    }
    fill_closed_load(agent, now);
}

std::optional<TimePoint> MessageStream::next_deadline(const agent::MicroAgent& agent) const {
    std::optional<TimePoint> deadline = scheduled(agent);
    const auto consider = [&deadline](TimePoint other) {
        deadline = deadline ? std::min(*deadline, other) : other;
    };
    if (arrivals_) {
        consider(arrivals_->next());
    }
    if (closed_load_begin_ && can_send()) {
        consider(*closed_load_begin_);  // Its window is not full: at once.
    }
    return deadline;
}

// A load takes the place of the agent's own schedule.
std::optional<TimePoint> MessageStream::scheduled(const agent::MicroAgent& agent) const {
    return profile_.load.kind == LoadKind::kSchedule ? agent.next_send() : std::nullopt;
}

void MessageStream::on_sent(TimePoint now) {
    for (auto message = sent_.rbegin(); message != sent_.rend() && !message->stamped; ++message) {
        message->stamped = true;
        message->sent_at = now;
        recorder_.record(Metric::kSecurityMessageLateness, message->intended, now);
    }
}

void MessageStream::on_acknowledged(net::PublishId id, agent::MicroAgent& agent, TimePoint now) {
    const auto message = std::ranges::find(sent_, id, &Sent::id);
    if (message == sent_.end()) {
        return;
    }
    recorder_.record(Metric::kSecurityMessageAck, message->intended, now);
    if (message->stamped) {
        recorder_.record(Metric::kSecurityMessageService, message->intended,
                         now - message->sent_at);
    }
    recorder_.count(Counter::kSecurityMessageAcked, message->intended);
    ++acked_;
    sent_.erase(message);
    drain(now);
    fill_closed_load(agent, now);
}

void MessageStream::offer(TimePoint intended, TimePoint now) {
    recorder_.count(Counter::kSecurityMessageOffered, intended);
    const std::uint64_t sequence = ++sequence_;
    if (can_send() && waiting() == 0) {
        publish(intended, sequence, workplace_.body, now);
        return;
    }
    if (waiting() >= kWaitingMessagesMax) {
        recorder_.count(Counter::kSecurityMessageFailed, waiting_[waiting_head_].intended);
        ++waiting_head_;
    }
    waiting_.push_back({intended, sequence, workplace_.body});
}

void MessageStream::publish(TimePoint intended, std::uint64_t sequence, std::string_view body,
                            TimePoint now) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), sequence).ptr;
    const std::string_view message_id(digits, static_cast<std::size_t>(end - digits));
    std::string& topic = workplace_.topic;
    topic.assign(topic_head_).append(message_id).append(kTopicTail);
    const auto id = link_->publish({topic, std::as_bytes(std::span(body)), 1, false}, now);
    sent_.push_back({id, intended, {}, false});
    recorder_.count(Counter::kSecurityMessageSent, intended);
    recorder_.count(Counter::kSecurityMessageBytes, intended, body.size());
    recorder_.count(Counter::kSecurityMessageBilled, intended,
                    iothub::metered_messages(body.size() + message_id.size() + kPropertyBytes,
                                             profile_.metering_block_bytes));
}

void MessageStream::drain(TimePoint now) {
    while (can_send() && waiting() > 0) {
        const Waiting& message = waiting_[waiting_head_++];
        publish(message.intended, message.sequence, message.body, now);
    }
    if (waiting() == 0) {
        waiting_ = {};
        waiting_head_ = 0;
    } else if (waiting_head_ > kWaitingMessagesMax / 2) {
        waiting_.erase(waiting_.begin(),
                       waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_head_));
        waiting_head_ = 0;
    }
}

void MessageStream::fill_closed_load(agent::MicroAgent& agent, TimePoint now) {
    while (closed_load_begin_ && *closed_load_begin_ <= now && can_send()) {
        workplace_.body.clear();
        agent.emit(now, workplace_.body);
        offer(now, now);
    }
}

}  // namespace twinstorm::device

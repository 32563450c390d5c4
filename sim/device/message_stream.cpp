#include "device/message_stream.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include "twinstorm/base/check.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::device {
namespace {

using agent::MessageKind;
using stats::Counter;
using stats::Metric;

// Under which names messages of a kind are counted.
struct Names {
    Counter offered;
    Counter sent;
    Counter acked;
    Counter failed;
    Counter bytes;
    Counter billed;
    Metric ack;
};

constexpr Names kSecurityNames{Counter::kSecurityMessageOffered, Counter::kSecurityMessageSent,
                               Counter::kSecurityMessageAcked,   Counter::kSecurityMessageFailed,
                               Counter::kSecurityMessageBytes,   Counter::kSecurityMessageBilled,
                               Metric::kSecurityMessageAck};
constexpr Names kTelemetryNames{Counter::kTelemetryOffered, Counter::kTelemetrySent,
                                Counter::kTelemetryAcked,   Counter::kTelemetryFailed,
                                Counter::kTelemetryBytes,   Counter::kTelemetryBilled,
                                Metric::kTelemetryAck};

constexpr const Names& names_of(MessageKind kind) {
    return kind == MessageKind::kSecurity ? kSecurityNames : kTelemetryNames;
}

static_assert(agent::kEncodingCount <= stats::kEncodingsMax);

}  // namespace

MessageStream::MessageStream(const Profile& profile, Workplace& workplace,
                             stats::Recorder& recorder, const iothub::IdentityName& identity,
                             std::uint64_t seed)
    : profile_(profile),
      workplace_(workplace),
      recorder_(recorder),
      // The message id before the agent's own properties lets a mock hub keep the ledger.
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

void MessageStream::flush(agent::Agent& agent, TimePoint now) {
    workplace_.bench.batch.clear();
    agent.flush(now, workplace_.bench);
    offer_batch(agent, now, now);
}

void MessageStream::link_ready(net::MessageLink& link, agent::Agent& agent, TimePoint now) {
    link_ = &link;
    link_since_ = now;
    expire(agent, now);
    drain(agent, now);
    fill_closed_load(agent, now);
}

void MessageStream::link_lost() {
    link_ = nullptr;
}

void MessageStream::advance(agent::Agent& agent, TimePoint now) {
    expire(agent, now);
    while (arrivals_ && arrivals_->next() <= now) {
        workplace_.bench.batch.clear();
        agent.emit(arrivals_->next(), workplace_.bench);
        offer_batch(agent, arrivals_->next(), now);
        arrivals_->pop();
    }
    while (const auto due = scheduled(agent)) {
        if (*due > now) {
            break;
        }
        workplace_.bench.batch.clear();
        agent.send_due(*due, workplace_.bench);
        offer_batch(agent, *due, now);
    }
    fill_closed_load(agent, now);
}

std::optional<TimePoint> MessageStream::next_deadline(const agent::Agent& agent) const {
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
    if (waiting() > 0) {
        if (const auto expires = expiry(agent.patience())) {
            consider(*expires);
        }
    }
    return deadline;
}

// A load takes the place of the agent's own schedule. Some agents make a message only when there is
// a link to send it by: to them the instant it came back is when it was due.
std::optional<TimePoint> MessageStream::scheduled(const agent::Agent& agent) const {
    if (profile_.load.kind != LoadKind::kSchedule || !running_) {
        return std::nullopt;
    }
    const std::optional<TimePoint> next = agent.next_send();
    if (!next || agent.patience().build_offline) {
        return next;
    }
    return link_ == nullptr ? std::nullopt : std::optional(std::max(*next, link_since_));
}

// When the oldest message that waits is given up.
std::optional<TimePoint> MessageStream::expiry(const agent::Patience& patience) const {
    const TimePoint oldest = waiting_[waiting_head_].intended;
    return patience.at_most < TimePoint::max() - oldest ? std::optional(oldest + patience.at_most)
                                                        : std::nullopt;
}

void MessageStream::on_sent(TimePoint now) {
    for (auto message = sent_.rbegin(); message != sent_.rend() && !message->stamped; ++message) {
        message->stamped = true;
        message->sent_at = now;
        if (message->kind == MessageKind::kSecurity) {
            recorder_.record(Metric::kSecurityMessageLateness, message->intended, now);
        }
    }
}

void MessageStream::on_acknowledged(net::PublishId id, agent::Agent& agent, TimePoint now) {
    const auto message = std::ranges::find(sent_, id, &Sent::id);
    if (message == sent_.end()) {
        return;
    }
    const Names& names = names_of(message->kind);
    recorder_.record(names.ack, message->intended, now);
    if (message->stamped && message->kind == MessageKind::kSecurity) {
        recorder_.record(Metric::kSecurityMessageService, message->intended,
                         now - message->sent_at);
    }
    recorder_.count(names.acked, message->intended);
    ++acked_[static_cast<std::size_t>(message->kind)];
    if (played_ != nullptr) {
        played_->acked(message->sequence);
    }
    agent.message_sent(message->bytes);
    sent_.erase(message);
    --workplace_.tally.in_flight;
    drain(agent, now);
    fill_closed_load(agent, now);
}

// The link is about to end: what waits goes out with the next one.
void MessageStream::on_given_up(net::PublishId id, agent::Agent& agent) {
    const auto message = std::ranges::find(sent_, id, &Sent::id);
    if (message == sent_.end()) {
        return;
    }
    recorder_.count(names_of(message->kind).failed, message->intended);
    if (played_ != nullptr) {
        played_->failed(message->sequence);
    }
    agent.message_failed();
    sent_.erase(message);
    --workplace_.tally.in_flight;
}

Account MessageStream::account(MessageKind kind) const {
    Account account;
    account.acked = acked_[static_cast<std::size_t>(kind)];
    for (const Sent& message : sent_) {
        account.in_flight += message.kind == kind ? 1 : 0;
    }
    for (std::size_t i = waiting_head_; i < waiting_.size(); ++i) {
        account.waiting += waiting_[i].part.kind == kind ? 1 : 0;
    }
    return account;
}

void MessageStream::offer_batch(agent::Agent& agent, TimePoint intended, TimePoint now) {
    const agent::Batch& batch = workplace_.bench.batch;
    if (batch.parts.empty()) {
        return;
    }
    if (agent.patience().only_newest) {
        forget_waiting(agent);
    }
    for (const agent::Part& part : batch.parts) {
        offer(agent, part, intended, now);
    }
}

void MessageStream::offer(agent::Agent& agent, const agent::Part& part, TimePoint intended,
                          TimePoint now) {
    recorder_.count(names_of(part.kind).offered, intended);
    const std::uint64_t sequence = ++sequence_;
    remember(part, sequence);
    const std::string_view body = workplace_.bench.batch.body(part);
    if (can_send() && waiting() == 0) {
        publish(agent, part, intended, sequence, body, now);
        return;
    }
    const std::uint64_t bytes_max = agent.patience().bytes_max;
    while (waiting() >= kWaitingMessagesMax ||
           (bytes_max > 0 && waiting() > 0 && waiting_bytes_ + body.size() > bytes_max)) {
        fail_oldest(agent);
    }
    tidy_up();
    waiting_bytes_ += body.size();
    waiting_.push_back({intended, sequence, part, std::string(body)});
}

void MessageStream::remember(const agent::Part& part, std::uint64_t sequence) {
    if (part.plays == 0) {
        return;
    }
    if (played_ == nullptr) {
        played_ = std::make_unique<PlayedMessages>();
    }
    played_->made(sequence, part.plays, part.events_played);
}

void MessageStream::publish(const agent::Agent& agent, const agent::Part& part, TimePoint intended,
                            std::uint64_t sequence, std::string_view body, TimePoint now) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), sequence).ptr;
    const std::string_view message_id(digits, static_cast<std::size_t>(end - digits));
    std::string& topic = workplace_.topic;
    topic.assign(topic_head_)
        .append(message_id)
        .append(agent::property_bag(profile_.persona, part));
    agent.append_properties(topic);
    const auto id = link_->publish({topic, std::as_bytes(std::span(body)), 1, false}, now);
    sent_.push_back(
        {id, static_cast<std::uint32_t>(body.size()), sequence, intended, {}, part.kind, false});
    ++workplace_.tally.in_flight;
    const Names& names = names_of(part.kind);
    const std::size_t properties =
        agent::property_bytes(profile_.persona, part) + agent.own_property_bytes();
    recorder_.count(names.sent, intended);
    recorder_.count(names.bytes, intended, body.size());
    recorder_.count(names.billed, intended,
                    iothub::metered_messages(body.size() + message_id.size() + properties,
                                             profile_.metering_block_bytes));
    recorder_.count_message(static_cast<std::size_t>(part.encoding), body.size(), part.events);
}

void MessageStream::fail_oldest(agent::Agent& agent) {
    Waiting& message = waiting_[waiting_head_++];
    recorder_.count(names_of(message.part.kind).failed, message.intended);
    waiting_bytes_ -= message.body.size();
    message.body = {};
    if (played_ != nullptr) {
        played_->failed(message.sequence);
    }
    agent.message_failed();
}

void MessageStream::forget_waiting(agent::Agent& agent) {
    while (waiting() > 0) {
        fail_oldest(agent);
    }
    tidy_up();
}

void MessageStream::expire(agent::Agent& agent, TimePoint now) {
    if (waiting() == 0) {
        return;
    }
    const agent::Patience patience = agent.patience();
    while (waiting() > 0) {
        const auto expires = expiry(patience);
        if (!expires || *expires > now) {
            break;
        }
        fail_oldest(agent);
    }
    tidy_up();
}

void MessageStream::drain(const agent::Agent& agent, TimePoint now) {
    while (can_send() && waiting() > 0) {
        const Waiting& message = waiting_[waiting_head_++];
        waiting_bytes_ -= message.body.size();
        publish(agent, message.part, message.intended, message.sequence, message.body, now);
    }
    tidy_up();
}

// An identity at which nothing waits keeps no memory for it.
void MessageStream::tidy_up() {
    if (waiting() == 0) {
        waiting_ = {};
        waiting_head_ = 0;
    } else if (waiting_head_ > kWaitingMessagesMax / 2) {
        waiting_.erase(waiting_.begin(),
                       waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_head_));
        waiting_head_ = 0;
    }
}

void MessageStream::fill_closed_load(agent::Agent& agent, TimePoint now) {
    while (closed_load_begin_ && *closed_load_begin_ <= now && can_send()) {
        workplace_.bench.batch.clear();
        agent.emit(now, workplace_.bench);
        TWINSTORM_CHECK(!workplace_.bench.batch.parts.empty());
        offer_batch(agent, now, now);
    }
}

}  // namespace twinstorm::device

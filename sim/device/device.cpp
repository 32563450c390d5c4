#include "twinstorm/device/device.h"

#include <algorithm>
#include <array>
#include <utility>

#include "device/message_stream.h"
#include "device/twin_session.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::device {
namespace {

using stats::Counter;
using stats::Metric;

// The share of a token's life after which the agent's SDK comes back with a new one.
constexpr double kRenewAtShare = 0.8;

std::int64_t unix_seconds(WallTime instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

}  // namespace

struct Device::Parts {
    TwinSession twin;
    MessageStream messages;
    agent::MicroAgent agent;
    std::int64_t applied_version = 0;  // Of the desired section; 0 before the first.
    agent::ConfigurationOutcome outcome;
};

Device::Device(Identity identity, const Profile& profile, Workplace& workplace,
               stats::Recorder& recorder, Observer& observer, std::uint64_t run_seed)
    : identity_(std::move(identity)),
      profile_(profile),
      workplace_(workplace),
      recorder_(recorder),
      observer_(observer),
      random_(derive(run_seed, "device/" + identity_.name.device_id)) {
    const std::uint64_t seed = random_.bits();
    parts_.reset(new Parts{
        TwinSession(recorder),
        MessageStream(profile, workplace, recorder, identity_.name, derive(seed, "messages")),
        agent::MicroAgent(identity_.name.device_id, derive(seed, "agent"), workplace.anchor),
        0,
        {}});
}

Device::~Device() = default;

void Device::start(TimePoint intended, TimePoint now) {
    TWINSTORM_CHECK(state_ == State::kOff && link_ != nullptr);
    wished_at_ = intended;
    open(now);
}

void Device::stop(TimePoint now) {
    const bool linked = connected() || state_ == State::kOpening || state_ == State::kRenewing;
    state_ = linked ? State::kStopping : State::kOff;
    retry_at_.reset();
    renew_at_.reset();
    stop_load();
    if (linked) {
        link_->close(now);
    }
}

void Device::start_load(TimePoint at) {
    parts_->messages.start_load(at);
}

void Device::stop_load() {
    parts_->messages.stop_load();
}

bool Device::connected() const {
    return state_ == State::kSubscribing || state_ == State::kReading || state_ == State::kReady;
}

std::size_t Device::messages_in_flight() const {
    return parts_->messages.in_flight();
}

std::size_t Device::messages_waiting() const {
    return parts_->messages.waiting();
}

std::uint64_t Device::messages_acked() const {
    return parts_->messages.acked();
}

void Device::open(TimePoint now) {
    state_ = State::kOpening;
    retry_at_.reset();
    const WallTime expiry =
        workplace_.anchor.at(now) + std::chrono::ceil<std::chrono::seconds>(profile_.sas_lifetime);
    auto token = iothub::make_sas_token(iothub::resource_path(profile_.host_name, identity_.name),
                                        identity_.key.reveal(), unix_seconds(expiry));
    TWINSTORM_CHECK(token.has_value());  // Keys are checked when they are made or read.
    renew_at_ = now + from_seconds(to_seconds(profile_.sas_lifetime) * kRenewAtShare);
    link_->open({identity_.name.client_id(),
                 iothub::format_user_name(
                     {profile_.host_name, identity_.name, std::string(iothub::kApiVersion), {}}),
                 std::move(*token), profile_.keep_alive, false},
                now);
}

void Device::on_opened(const net::OpenReply& reply, TimePoint now) {
    if (state_ != State::kOpening) {
        return;  // Stopped meanwhile.
    }
    if (reply.return_code != 0) {
        return;  // on_closed() follows.
    }
    count_opened(now);
    state_ = State::kSubscribing;
    // Both in one packet, and before the first request: an answer is only sent to a subscriber.
    const std::array filters{net::TopicFilter{iothub::filter::kTwinResponses, 0},
                             net::TopicFilter{iothub::filter::kDesiredChanges, 0}};
    link_->subscribe(filters, now);
}

void Device::count_opened(TimePoint now) {
    recorder_.count(Counter::kConnectionOpened, now);
    if (!was_open_) {
        recorder_.record(Metric::kConnect, wished_at_, now);
    } else if (lost_) {
        recorder_.count(Counter::kConnectionReconnected, now);
        recorder_.record(Metric::kReconnect, wished_at_, now);
    }
    was_open_ = true;
    lost_ = false;
    attempt_ = 0;
}

void Device::on_subscribed(bool granted, TimePoint now) {
    if (state_ != State::kSubscribing) {
        return;
    }
    if (!granted) {
        link_->close(now);  // And try again after the back-off.
        return;
    }
    state_ = State::kReading;
    parts_->twin.get(*link_, now);
}

void Device::on_message(const net::Message& message, TimePoint now) {
    if (state_ != State::kReading && state_ != State::kReady) {
        return;
    }
    switch (parts_->twin.receive(message, *link_, now)) {
        case TwinSession::News::kRead:
            if (state_ == State::kReading) {
                become_ready(now);
            } else {
                apply_desired(now);
            }
            break;
        case TwinSession::News::kChanged:
            apply_desired(now);
            break;
        case TwinSession::News::kConfirmed:
            observer_.on_confirmed(identity_.number, parts_->twin.confirmed_version(), now);
            break;
        case TwinSession::News::kFailed:
        case TwinSession::News::kNone:
            break;
    }
}

void Device::become_ready(TimePoint now) {
    const bool first = parts_->applied_version == 0;
    state_ = State::kReady;
    apply_desired(now);
    parts_->messages.link_ready(*link_, parts_->agent, now);
    if (first) {
        parts_->agent.start(now);
        observer_.on_ready(identity_.number, now);
    }
}

// The documented order: all unsent event data goes out, then the change is applied, then reported.
void Device::apply_desired(TimePoint now) {
    Parts& parts = *parts_;
    const std::int64_t version = parts.twin.desired_version();
    const bool first = parts.applied_version == 0;
    if (version != parts.applied_version) {
        observer_.on_desired(identity_.number, version, now);
        if (!first) {
            parts.messages.flush(parts.agent, now);
        }
        parts.outcome = parts.agent.apply(parts.twin.desired(), now);
        parts.applied_version = version;
    }
    if (parts.twin.confirmed_version() != version) {
        parts.twin.report(*link_, agent::reported_patch(parts.outcome), now);
    }
}

void Device::on_acknowledged(net::PublishId id, TimePoint now) {
    parts_->messages.on_acknowledged(id, parts_->agent, now);
}

void Device::on_sent(TimePoint now) {
    parts_->messages.on_sent(now);
}

void Device::on_closed(const Error& why, TimePoint now) {
    parts_->messages.link_lost();
    parts_->twin.link_lost();
    if (state_ == State::kStopping) {
        state_ = State::kOff;
        return;
    }
    if (state_ == State::kRenewing) {
        open(now);
        return;
    }
    if (state_ == State::kOpening) {  // By the network, in the handshake, or with CONNACK.
        recorder_.count(Counter::kConnectionRefused, now);
    } else {
        recorder_.count(Counter::kConnectionDropped, now);
        lost_ = true;
        wished_at_ = now;
    }
    state_ = State::kWaiting;
    renew_at_.reset();
    retry_at_ = now + profile_.backoff.wait(++attempt_, random_);
    observer_.on_connection_lost(identity_.number, why, now);
}

void Device::advance(TimePoint now) {
    if (retry_at_ && *retry_at_ <= now) {
        open(now);
    }
    if (state_ == State::kReady && renew_at_ && *renew_at_ <= now) {
        state_ = State::kRenewing;  // A token cannot be renewed on a live connection.
        renew_at_.reset();
        parts_->messages.link_lost();
        link_->close(now);
    }
    if (connected() && parts_->twin.advance(*link_, now) && state_ == State::kReady) {
        apply_desired(now);
    }
    parts_->messages.advance(parts_->agent, now);
}

std::optional<TimePoint> Device::next_deadline() const {
    std::optional<TimePoint> deadline = parts_->messages.next_deadline(parts_->agent);
    const auto consider = [&deadline](std::optional<TimePoint> other) {
        if (other && (!deadline || *other < *deadline)) {
            deadline = other;
        }
    };
    consider(retry_at_);
    if (state_ == State::kReady) {
        consider(renew_at_);
    }
    if (connected()) {
        consider(parts_->twin.next_deadline());
    }
    return deadline;
}

}  // namespace twinstorm::device

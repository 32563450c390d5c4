#include "twinstorm/device/device.h"

#include <algorithm>
#include <array>
#include <utility>

#include "device/device_parts.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/prefetch.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::device {
namespace {

using stats::Counter;
using stats::Metric;

// CONNACK: bad user name or password, not authorized; [MQTT-3.2.2.3].
constexpr std::uint8_t kBadCredentials = 4;
constexpr std::uint8_t kNotAuthorized = 5;

Error process_ended() {
    return {ErrorCode::kTimedOut, "the agent's process ended: it found no usable twin in time"};
}

std::int64_t unix_seconds(WallTime instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

}  // namespace

Device::Device(Identity identity, const Profile& profile, Workplace& workplace,
               stats::Recorder& recorder, Observer& observer, std::uint64_t run_seed)
    : identity_(std::move(identity)),
      profile_(profile),
      workplace_(workplace),
      recorder_(recorder),
      observer_(observer),
      random_(derive(run_seed, "identity/" + identity_.name.client_id())) {
    // All agents on one device see the same things happen: they share the device's seed.
    const std::uint64_t device_seed = derive(run_seed, "device/" + identity_.name.device_id);
    const std::uint64_t seed = random_.bits();
    parts_ = std::make_unique<Parts>(profile, workplace, recorder, identity_.name,
                                     derive(seed, "messages"), derive(device_seed, "agent"));
}

Device::~Device() = default;

void Device::enter(State next) {
    if (is_connected(next) != is_connected(state_)) {
        workplace_.tally.connected += is_connected(next) ? 1 : -1;
    }
    state_ = next;
}

void Device::start(TimePoint intended, TimePoint now) {
    TWINSTORM_CHECK(link_ != nullptr && (state_ == State::kOff || state_ == State::kStopping));
    wished_at_ = intended;
    if (state_ == State::kStopping) {
        start_again_ = true;
        return;
    }
    begin_process(intended);
    open(now);
}

void Device::stop(TimePoint now) {
    start_again_ = false;
    if (state_ == State::kStopping) {
        return;
    }
    const bool linked = connected() || state_ == State::kOpening || state_ == State::kRenewing ||
                        state_ == State::kCrashing;
    lose_link(now);
    parts_->messages.end_process();
    enter(linked ? State::kStopping : State::kOff);
    restarting_ = false;
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

void Device::end_offers() {
    stop_load();
    parts_->messages.end_process();
}

void Device::play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number) {
    parts_->plays.push_back({playbook, at, number});
    parts_->agent->play(playbook, at, number);
}

Account Device::account(agent::MessageKind kind) const {
    return parts_->messages.account(kind);
}

const PlayedMessages* Device::played_messages() const {
    return parts_->messages.played();
}

std::size_t Device::messages_in_flight() const {
    return parts_->messages.in_flight();
}

std::size_t Device::messages_waiting() const {
    return parts_->messages.waiting();
}

// What the agent knew, cached and measured lived in the process that ended.
void Device::begin_process(TimePoint intended) {
    Parts& parts = *parts_;
    parts.messages.forget_waiting(*parts.agent);
    parts.agent.emplace(profile_.persona, identity_.name.device_id, parts.agent_seed,
                        workplace_.devices);
    for (const Parts::Play& play : parts.plays) {
        parts.agent->play(play.playbook, play.at, play.number);
    }
    parts.report.reset();
    parts.queue.clear();
    parts.tick_at.reset();
    parts.seen_version = 0;
    parts.applied_version = 0;
    parts.messages.begin_process();
    parts.process_began = intended;
    parts.initialized = false;
    if (!profile_.persona.has_twin) {  // It waits for nothing.
        parts.agent->start(intended);
    }
}

void Device::open(TimePoint now) {
    const agent::ConnectionHabits& habits = profile_.persona.habits;
    enter(State::kOpening);
    retry_at_.reset();
    refusal_ = 0;
    const WallTime expiry =
        workplace_.anchor.at(now) + std::chrono::ceil<std::chrono::seconds>(habits.sas_lifetime);
    auto token = iothub::make_sas_token(iothub::resource_path(profile_.host_name, identity_.name),
                                        identity_.key.reveal(), unix_seconds(expiry));
    TWINSTORM_CHECK(token.has_value());  // Keys are checked when they are made or read.
    renew_at_ = now + from_seconds(to_seconds(habits.sas_lifetime) * habits.renew_at_share);
    link_->open({identity_.name.client_id(),
                 iothub::format_user_name(
                     {profile_.host_name, identity_.name, std::string(iothub::kApiVersion), {}}),
                 std::move(*token), habits.keep_alive, false, habits.resend_after},
                now);
}

void Device::on_opened(const net::OpenReply& reply, TimePoint now) {
    if (state_ != State::kOpening) {
        return;  // Stopped meanwhile.
    }
    refusal_ = reply.return_code;
    if (refusal_ != 0) {
        return;  // on_closed() follows.
    }
    count_opened(now);
    if (!profile_.persona.has_twin) {
        become_ready(now);
        return;
    }
    enter(State::kSubscribing);
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
    enter(State::kReading);
    parts_->twin.get(*link_, now);
}

void Device::become_ready(TimePoint now) {
    Parts& parts = *parts_;
    enter(State::kReady);
    if (profile_.persona.has_twin) {
        see_desired(std::nullopt, now);
        if (parts.agent->exits()) {
            crash(now);
            return;
        }
        if (!parts.initialized) {
            parts.agent->start(parts.process_began);
        }
    }
    parts.initialized = true;
    parts.linked = true;
    parts.agent->link_ready(now);
    parts.messages.link_ready(*link_, *parts.agent, now);
    if (!std::exchange(was_ready_, true)) {
        observer_.on_ready(identity_.number, now);
    }
}

void Device::on_acknowledged(net::PublishId id, TimePoint now) {
    parts_->messages.on_acknowledged(id, *parts_->agent, now);
}

void Device::on_given_up(net::PublishId id, TimePoint) {
    parts_->messages.on_given_up(id, *parts_->agent);
}

void Device::on_sent(TimePoint now) {
    parts_->messages.on_sent(now);
}

void Device::lose_link(TimePoint now) {
    Parts& parts = *parts_;
    parts.messages.link_lost();
    parts.twin.link_lost();
    if (std::exchange(parts.linked, false)) {
        parts.agent->link_lost(now);
    }
}

void Device::on_closed(const Error& why, TimePoint now) {
    lose_link(now);
    if (state_ == State::kStopping) {
        enter(State::kOff);
        if (std::exchange(start_again_, false)) {
            begin_process(wished_at_);
            open(now);
        }
        return;
    }
    if (state_ == State::kRenewing) {
        open(now);
        return;
    }
    const bool crashes = state_ == State::kCrashing;
    if (state_ == State::kOpening) {  // By the network, in the handshake, or with CONNACK.
        recorder_.count(Counter::kConnectionRefused, now);
    } else if (!crashes) {
        recorder_.count(Counter::kConnectionDropped, now);
        lost_ = true;
        wished_at_ = now;
    }
    renew_at_.reset();
    const agent::ConnectionHabits& habits = profile_.persona.habits;
    const bool rejected = refusal_ == kBadCredentials || refusal_ == kNotAuthorized;
    if (crashes || (rejected && habits.restarts && !parts_->initialized)) {
        await_restart(now);
    } else {
        enter(State::kWaiting);
        const load::Backoff backoff{habits.retry_first, habits.retry_max, habits.retry_jitter};
        retry_at_ = now + backoff.wait(++attempt_, random_);
    }
    observer_.on_connection_lost(identity_.number, crashes ? process_ended() : why, now);
}

// No usable twin came in time: the process ends, and its supervisor starts another one.
void Device::crash(TimePoint now) {
    if (state_ == State::kWaiting) {
        await_restart(now);
        return;
    }
    lose_link(now);
    enter(State::kCrashing);
    link_->close(now);
}

void Device::await_restart(TimePoint now) {
    enter(State::kWaiting);
    parts_->messages.end_process();
    restarting_ = true;
    attempt_ = 0;
    retry_at_ = now + profile_.persona.habits.restart_after;
}

// When a process that restarts has waited long enough for its twin.
std::optional<TimePoint> Device::patience_ends() const {
    const agent::ConnectionHabits& habits = profile_.persona.habits;
    const bool waits = state_ == State::kOpening || state_ == State::kSubscribing ||
                       state_ == State::kReading || (state_ == State::kWaiting && !restarting_);
    if (!habits.restarts || parts_->initialized || !waits) {
        return std::nullopt;
    }
    return parts_->process_began + habits.twin_wait;
}

void Device::advance(TimePoint now) {
    Parts& parts = *parts_;
    if (const auto ends = patience_ends(); ends && *ends <= now) {
        crash(now);
    }
    if (retry_at_ && *retry_at_ <= now) {
        if (std::exchange(restarting_, false)) {
            recorder_.count(Counter::kAgentRestarted, *retry_at_);
            begin_process(*retry_at_);
        }
        open(now);
    }
    if (state_ == State::kReady && renew_at_ && *renew_at_ <= now) {
        enter(State::kRenewing);  // A token cannot be renewed on a live connection.
        renew_at_.reset();
        lose_link(now);
        link_->close(now);
    }
    if (connected() && parts.twin.advance(*link_, now) && state_ == State::kReady) {
        report_again(now);
    }
    if (state_ == State::kReady && parts.tick_at && *parts.tick_at <= now) {
        take_tick(now);
    }
    parts.messages.advance(*parts.agent, now);
}

void Device::foresee(unsigned depth, TimePoint) const {
    if (depth == 0) {
        prefetch(this, sizeof(Device));
    } else {
        prefetch(parts_.get(), sizeof(Parts));
    }
}

std::optional<TimePoint> Device::next_deadline() const {
    std::optional<TimePoint> deadline = parts_->messages.next_deadline(*parts_->agent);
    const auto consider = [&deadline](std::optional<TimePoint> other) {
        if (other && (!deadline || *other < *deadline)) {
            deadline = other;
        }
    };
    consider(retry_at_);
    consider(patience_ends());
    if (state_ == State::kReady) {
        consider(renew_at_);
        consider(parts_->tick_at);
    }
    if (connected()) {
        consider(parts_->twin.next_deadline());
    }
    return deadline;
}

}  // namespace twinstorm::device

#include "amqp/service_conversation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <proton/connection.h>
#include <proton/event.h>
#include <proton/link.h>
#include <proton/session.h>

#include "amqp/limits.h"

namespace twinstorm::amqp {

namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::array<std::uint8_t, kHeaderBytes> kAmqpHeader{'A', 'M', 'Q', 'P', 0, 1, 0, 0};
constexpr std::array<std::uint8_t, kHeaderBytes> kSaslHeader{'A', 'M', 'Q', 'P', 3, 1, 0, 0};

[[nodiscard]] bool begins_with(std::span<const std::byte> bytes,
                               const std::array<std::uint8_t, kHeaderBytes>& header) {
    return bytes.size() >= kHeaderBytes &&
           std::memcmp(bytes.data(), header.data(), kHeaderBytes) == 0;
}

void put(Buffer& out, const std::array<std::uint8_t, kHeaderBytes>& header) {
    for (const std::uint8_t byte : header) {
        out.push_back(static_cast<std::byte>(byte));
    }
}

}  // namespace

ServiceConversation::ServiceConversation(Service::Shared& shared, net::Handle handle,
                                         std::string peer, TimePoint now)
    : shared_(&shared),
      handle_(handle),
      peer_(std::move(peer)),
      // Callbacks hold both weakly.
      alive_(std::make_shared<ServiceConversation*>(this)),
      later_(std::make_shared<Later>()),
      used_(now),
      phase_ends_(now + kHandshakeMax) {
    ++shared.counts.connections_now;
    shared.conversations.insert(this);
    links_ = std::make_unique<Links>(shared, [weak = std::weak_ptr(alive_)] {
        if (const auto alive = weak.lock()) {
            (*alive)->poke();
        }
    });
}

ServiceConversation::~ServiceConversation() {
    if (shared_ != nullptr) {
        --shared_->counts.connections_now;
        shared_->conversations.erase(this);
    }
}

void ServiceConversation::connected(TimePoint now) {
    used_ = now;
    phase_ends_ = now + kHandshakeMax;
}

void ServiceConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (phase_ == Phase::kEnded) {
        return;
    }
    input_.insert(input_.end(), bytes.begin(), bytes.end());
    turn(now);
}

void ServiceConversation::disconnected(const Error& /*why*/, TimePoint /*now*/) {
    end();
}

void ServiceConversation::take_outgoing(Buffer& buffer) {
    buffer.insert(buffer.end(), outgoing_.begin(), outgoing_.end());
    outgoing_.clear();
    if (engine_) {
        engine_->take(buffer, kTurnBytesMax);
    }
}

void ServiceConversation::sent(TimePoint now) {
    turn(now);  // There may be room for more now.
}

bool ServiceConversation::accepts_input() const {
    return phase_ != Phase::kAuthenticating;
}

void ServiceConversation::advance(TimePoint now) {
    turn(now);
}

std::optional<TimePoint> ServiceConversation::next_deadline() const {
    if (phase_ == Phase::kEnded) {
        return std::nullopt;
    }
    if (poked_) {
        return kRunStart;  // At once.
    }
    TimePoint next = phase_ == Phase::kOpen ? used_ + kUnusedMax : phase_ends_;
    if (phase_ == Phase::kOpen) {
        next = guard_.opened() ? next : std::min(next, phase_ends_);
        next = std::min(next, tick_.value_or(next));
        next = std::min(next, links_due_.value_or(next));
    }
    return next;
}

void ServiceConversation::moved(net::Handle handle, TimePoint /*now*/) {
    handle_ = handle;
}

void ServiceConversation::forget_service() {
    end();
    shared_ = nullptr;
}

void ServiceConversation::drop() {
    end();
    shared_->loop.wake(handle_);
}

void ServiceConversation::poke() {
    const bool was_poked = std::exchange(poked_, true);
    if (!was_poked && !in_turn_ && shared_ != nullptr) {
        shared_->loop.wake(handle_);
    }
}

// All that has come is looked at, then all links; again while that brought something at once.
void ServiceConversation::turn(TimePoint now) {
    if (phase_ == Phase::kEnded) {
        return;
    }
    in_turn_ = true;
    poked_ = false;
    while (step(now)) {
    }
    drop_input(0);
    if (phase_ == Phase::kOpen) {
        links_->pump(shared_->anchor.at(now));
    }
    if (phase_ != Phase::kEnded) {
        check_deadlines(now);
    }
    in_turn_ = false;
}

// True when something was taken from what came, and there may be more.
bool ServiceConversation::step(TimePoint now) {
    switch (phase_) {
        case Phase::kHeader:
        case Phase::kAmqpHeader:
            return take_header();
        case Phase::kSasl:
            return take_sasl_frame();
        case Phase::kAuthenticating:
            return take_verdict();
        case Phase::kOpen:
        case Phase::kClosing:
            return take_frame(now);
        case Phase::kEnded:
            return false;
    }
    return false;
}

bool ServiceConversation::take_header() {
    if (input().size() < kHeaderBytes) {
        return false;
    }
    const bool is_sasl = begins_with(input(), kSaslHeader) && phase_ == Phase::kHeader;
    if (is_sasl) {
        put(outgoing_, kSaslHeader);
        put_sasl_mechanisms(outgoing_);
        phase_ = Phase::kSasl;
    } else if (begins_with(input(), kAmqpHeader)) {
        engine_ = std::make_unique<Engine>(shared_->options.host_name);
        engine_->feed(input().first(kHeaderBytes));
        phase_ = Phase::kOpen;
    } else {
        put(outgoing_, kSaslHeader);  // [AMQP-2.2]: what would have been understood, and the end.
        ++shared_->counts.protocol_errors;
        end();
        return false;
    }
    drop_input(kHeaderBytes);
    return true;
}

bool ServiceConversation::take_sasl_frame() {
    const auto size = FrameGuard::frame_bytes(input());
    if (size && *size > kSaslFrameBytesMax) {
        ++shared_->counts.protocol_errors;
        end();
        return false;
    }
    if (!size || input().size() < *size) {
        return false;
    }
    const auto init = read_sasl_init(input().first(*size));
    if (!init) {
        put_sasl_outcome(outgoing_, SaslOutcome::kAuth);
        ++shared_->counts.protocol_errors;
        end();
        return false;
    }
    drop_input(*size);
    if (init->anonymous) {
        put_sasl_outcome(outgoing_, SaslOutcome::kOk);
        phase_ = Phase::kAmqpHeader;
        return true;
    }
    phase_ = Phase::kAuthenticating;
    shared_->ports.authorizer.check_password(
        init->user, init->password,
        [weak = std::weak_ptr(later_), alive = std::weak_ptr(alive_)](Result<WallTime> expiry) {
            const auto later = weak.lock();
            const auto self = alive.lock();
            if (later && self) {
                later->verdict = std::move(expiry);
                (*self)->poke();
            }
        });
    return true;
}

bool ServiceConversation::take_verdict() {
    if (!later_->verdict) {
        return false;
    }
    const Result<WallTime> verdict = *std::exchange(later_->verdict, std::nullopt);
    put_sasl_outcome(outgoing_, verdict ? SaslOutcome::kOk : SaslOutcome::kAuth);
    if (!verdict) {
        ++shared_->counts.refused_tokens;
        shared_->log("amqp: " + peer_ + " refused: " + verdict.error().message());
        end();
        return false;
    }
    links_->grants().add_everything(*verdict);
    phase_ = Phase::kAmqpHeader;
    return true;
}

bool ServiceConversation::take_frame(TimePoint now) {
    const auto size = FrameGuard::frame_bytes(input());
    const bool is_oversize = size && *size > kFrameBytesMax;
    if (!size || (!is_oversize && input().size() < *size)) {
        return false;
    }
    const auto frame = input().first(is_oversize ? 0 : *size);
    if (const auto broken = guard_.check(frame)) {
        if (phase_ == Phase::kClosing) {
            end();  // We have said why already.
        } else {
            ++shared_->counts.protocol_errors;
            fail_with(*broken, now);
        }
        return false;
    }
    // After our own CLOSE only the peer's matters.
    if (phase_ == Phase::kOpen || guard_.closed()) {
        engine_->feed(frame);
        handle_events(now);
    }
    if (phase_ == Phase::kEnded) {
        return false;
    }
    drop_input(*size);
    return true;
}

void ServiceConversation::handle_events(TimePoint now) {
    const WallTime wall = shared_->anchor.at(now);
    while (pn_event_t* const event = engine_->next_event()) {
        handle(event, wall);
    }
    if (guard_.closed()) {
        pn_connection_close(engine_->connection());
        end();
    } else if (engine_->has_failed()) {
        ++shared_->counts.protocol_errors;
        end();
    }
}

void ServiceConversation::handle(pn_event_t* event, WallTime now) {
    switch (pn_event_type(event)) {
        case PN_CONNECTION_REMOTE_OPEN:
            pn_connection_open(pn_event_connection(event));
            break;
        case PN_SESSION_REMOTE_OPEN:
            pn_session_set_incoming_capacity(pn_event_session(event), kSessionBytesMax);
            pn_session_open(pn_event_session(event));
            break;
        case PN_SESSION_REMOTE_CLOSE:
            links_->session_ended(pn_event_session(event));
            break;
        case PN_LINK_REMOTE_OPEN:
            links_->attached(pn_event_link(event), guard_.attach(), now);
            break;
        case PN_LINK_REMOTE_CLOSE:
        case PN_LINK_REMOTE_DETACH:
            links_->detached(pn_event_link(event));
            break;
        case PN_DELIVERY:
            links_->delivered(pn_event_delivery(event), now);
            break;
        default:
            break;  // Credit is looked at in pump(); endings are seen by the guard.
    }
}

void ServiceConversation::check_deadlines(TimePoint now) {
    if (phase_ != Phase::kOpen) {
        if (now >= phase_ends_) {
            end();
        }
        return;
    }
    const WallTime wall = shared_->anchor.at(now);
    const auto due = links_->next_deadline(wall);
    links_due_ = due ? std::optional(now + (*due - wall)) : std::nullopt;
    if (!guard_.opened() && now >= phase_ends_) {
        end();
        return;
    }
    if (links_->grants().any(wall) && !links_->empty()) {
        used_ = now;
    } else if (now >= used_ + kUnusedMax) {
        fail_with({std::string(condition::kConnectionForced),
                   "The connection was inactive for more than the allowed time."},
                  now);
        return;
    }
    tick_ = engine_->tick(now);
    if (engine_->has_failed()) {
        handle_events(now);  // The peer has been silent for too long; CLOSE is on its way.
    }
}

void ServiceConversation::fail_with(const Condition& why, TimePoint now) {
    shared_->log("amqp: " + peer_ + " closed: " + why.name + ": " + why.description);
    phase_ = Phase::kClosing;
    phase_ends_ = now + kCloseMax;
    engine_->close(why);
}

// What is still to be sent goes out before the driver closes.
void ServiceConversation::end() {
    phase_ = Phase::kEnded;
    input_.clear();
    input_taken_ = 0;
    later_ = std::make_shared<Later>();  // A verdict under way finds nobody.
    links_.reset();
}

void ServiceConversation::drop_input(std::size_t bytes) {
    input_taken_ += bytes;
    if (input_taken_ == input_.size() || bytes == 0) {
        input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(input_taken_));
        input_taken_ = 0;
    }
}

std::span<const std::byte> ServiceConversation::input() const {
    return std::span(input_).subspan(input_taken_);
}

}  // namespace twinstorm::amqp

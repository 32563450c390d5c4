#include "paho_link/paho_link_impl.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "paho_link/limits.h"
#include "paho_link/open_error.h"
#include "twinstorm/base/check.h"

namespace twinstorm::paho_link {

net::Handle PahoLink::Impl::attach(net::LinkUser& user) {
    TWINSTORM_CHECK(user_ == nullptr);
    user_ = &user;
    handle_ = loop_.add(*this);
    return handle_;
}

void PahoLink::Impl::abandon() {
    user_ = nullptr;
    state_ = State::kIdle;
    client_.reset();
}

// --- Calls of the user ----------------------------------------------------------------------

void PahoLink::Impl::open(const net::OpenRequest& request, TimePoint now) {
    TWINSTORM_CHECK(state_ == State::kIdle && user_ != nullptr);
    ++connection_;
    state_ = State::kOpening;
    broken_ = false;
    const auto begun = connect(request);
    if (!begun) {
        end_later(begun.error(), now);
    }
}

Result<void> PahoLink::Impl::connect(const net::OpenRequest& request) {
    if (client_ == nullptr || client_id_ != request.client_id) {
        discard_client();
        auto made = Client::make(options_, request.client_id, sink());
        if (!made) {
            return fail(made.error());
        }
        client_ = std::move(*made);
        client_id_ = request.client_id;
    }
    return client_->connect(request, connection_);
}

void PahoLink::Impl::close(TimePoint now) {
    const Error why{ErrorCode::kCancelled, "closed by the device"};
    if (state_ == State::kOpen) {
        disconnect(why, now);
    } else if (state_ == State::kOpening) {
        discard_client();  // Paho has no call that stops an attempt to connect.
        end_later(why, now);
    }
}

void PahoLink::Impl::subscribe(std::span<const net::TopicFilter> filters) {
    TWINSTORM_CHECK(state_ == State::kOpen);
    const auto taken = client_->subscribe(filters);
    if (!taken) {
        break_off(taken.error());
    }
    handed_over();
}

net::PublishId PahoLink::Impl::publish(const net::Message& message) {
    TWINSTORM_CHECK(state_ == State::kOpen && message.qos <= 1);
    auto packet = ::mqtt::make_message(std::string(message.topic), message.payload.data(),
                                       message.payload.size(), message.qos, false);
    net::PublishId id = 0;
    if (message.qos == 1) {
        id = ++last_publish_id_;
    }
    if (id != 0 && kept_.full()) {
        break_off({ErrorCode::kLimitExceeded,
                   fmt::format("more than {} messages are not acknowledged", kKeptMax)});
        return id;
    }
    const auto taken = client_->publish(id, packet);
    if (!taken) {
        break_off(taken.error());
    }
    // A message that only this connection failed to take is for the next one; any other is bad.
    if (id != 0 && (taken || taken.error().code != ErrorCode::kInvalidArgument)) {
        kept_.add({id, std::move(packet), taken.has_value()});
    }
    handed_over();
    return id;
}

// --- Time -----------------------------------------------------------------------------------

void PahoLink::Impl::advance(TimePoint now) {
    if (give_up_at_ && *give_up_at_ <= now) {
        discard_client();
        finish(now);
    }
    if (user_ != nullptr) {
        user_->advance(now);
    }
}

std::optional<TimePoint> PahoLink::Impl::next_deadline() const {
    const auto users = user_ != nullptr ? user_->next_deadline() : std::nullopt;
    if (give_up_at_ && users) {
        return std::min(*give_up_at_, *users);
    }
    return give_up_at_ ? give_up_at_ : users;
}

// --- Events ---------------------------------------------------------------------------------

// Called on Paho's threads: takes the time and posts, nothing else.
Client::Sink PahoLink::Impl::sink() {
    return [weak = weak_from_this(), &clock = clock_, &loop = loop_](std::uint32_t connection,
                                                                     Event event) {
        const TimePoint at = clock.now();
        loop.post([weak, connection, event = std::move(event), at](TimePoint) {
            if (const auto link = weak.lock()) {
                link->take(connection, event, at);
            }
        });
    };
}

void PahoLink::Impl::post(Event event, TimePoint at) {
    loop_.post([weak = weak_from_this(), connection = connection_, event = std::move(event),
                at](TimePoint) {
        if (const auto link = weak.lock()) {
            link->take(connection, event, at);
        }
    });
}

bool PahoLink::Impl::is_current(std::uint32_t connection) const {
    return user_ != nullptr && connection == connection_ && state_ != State::kIdle;
}

void PahoLink::Impl::take(std::uint32_t connection, const Event& event, TimePoint at) {
    if (const auto* const given_up = std::get_if<NotDelivered>(&event)) {
        take_back(*given_up);
    }
    if (is_current(connection)) {
        say_sent();  // First: an acknowledgement may be posted before the word that it answers.
    }
    if (is_current(connection)) {
        std::visit([this, at](const auto& each) { on(each, at); }, event);
    }
    if (user_ != nullptr) {
        loop_.wake(handle_);  // The user's next deadline may be another now.
    }
}

void PahoLink::Impl::on(const Opened& event, TimePoint at) {
    if (state_ == State::kOpening) {
        state_ = State::kOpen;
        resend();
        user_->on_opened({0, event.session_present}, at);
    }
}

void PahoLink::Impl::on(const OpenFailed& event, TimePoint at) {
    if (state_ != State::kOpening) {
        return;
    }
    end_later(open_error(event, options_.destination), at);
    if (is_refusal(event)) {
        user_->on_opened({static_cast<std::uint8_t>(event.code), false}, at);
    }
}

void PahoLink::Impl::on(const Subscribed& event, TimePoint at) {
    if (state_ == State::kOpen) {
        user_->on_subscribed(event.granted, at);
    }
}

// Also while ending: Paho has acknowledged it, and the server will not send it again.
void PahoLink::Impl::on(const Arrived& event, TimePoint at) {
    user_->on_message(
        {event.topic, std::as_bytes(std::span(event.payload)), event.qos, event.duplicate}, at);
}

// Also while ending: Paho has forgotten the message and will not send it again.
void PahoLink::Impl::on(const Acknowledged& event, TimePoint at) {
    if (kept_.erase(event.id)) {
        user_->on_acknowledged(event.id, at);
    }
}

void PahoLink::Impl::on(const NotDelivered&, TimePoint) {}  // Said by take().

void PahoLink::Impl::on(const Lost&, TimePoint at) {
    if (state_ == State::kEnding) {
        discard_client();  // Its disconnect may still be queued, and would end the next connection.
    } else {
        ending_ = {ErrorCode::kClosedByPeer,
                   fmt::format("{}:{}: the connection was lost (Paho does not say why)",
                               options_.destination.host, options_.destination.port)};
    }
    finish(at);
}

void PahoLink::Impl::on(const Disconnected&, TimePoint at) {
    if (state_ == State::kEnding) {
        finish(at);
    }
}

void PahoLink::Impl::on(const Sent&, TimePoint) {}  // Said by take().

void PahoLink::Impl::on(const Broken& event, TimePoint at) {
    if (state_ == State::kOpen) {
        disconnect(event.why, at);
    }
}

void PahoLink::Impl::on(const Ended&, TimePoint at) {
    finish(at);
}

// --- Steps ----------------------------------------------------------------------------------

// Paho sends its own again before it says that the connection is open. It has none when the server
// began a new session, or when it was thrown away: then all are new to it, without DUP.
void PahoLink::Impl::resend() {
    for (KeptMessage& kept : kept_.messages()) {
        if (!kept.with_paho) {
            kept.with_paho = client_->publish(kept.id, kept.message).has_value();
            handed_over();
        }
    }
}

// Paho may say so between two connections, or when the next is open already.
void PahoLink::Impl::take_back(const NotDelivered& event) {
    kept_.given_up(event.id);
    if (user_ != nullptr && state_ == State::kOpen) {
        resend();
    }
}

void PahoLink::Impl::handed_over() {
    const bool owed = handed_over_at_.has_value();
    handed_over_at_ = clock_.now();
    if (!owed) {
        post(Sent{}, *handed_over_at_);
    }
}

void PahoLink::Impl::say_sent() {
    if (const auto at = std::exchange(handed_over_at_, std::nullopt)) {
        user_->on_sent(*at);
    }
}

// The user is in the middle of something: the end comes in a turn of its own.
void PahoLink::Impl::break_off(const Error& why) {
    if (why.code == ErrorCode::kClosedByPeer || std::exchange(broken_, true)) {
        return;  // Lost is on its way; or it was said already.
    }
    post(Broken{why}, clock_.now());
}

void PahoLink::Impl::disconnect(Error why, TimePoint now) {
    state_ = State::kEnding;
    ending_ = std::move(why);
    give_up_at_ = now + kCloseTimeout;
    static_cast<void>(client_->disconnect());  // If it fails, Lost is on its way.
    loop_.wake(handle_);
}

void PahoLink::Impl::end_later(Error why, TimePoint at) {
    state_ = State::kEnding;
    ending_ = std::move(why);
    post(Ended{}, at);
}

void PahoLink::Impl::finish(TimePoint at) {
    state_ = State::kIdle;
    give_up_at_.reset();
    handed_over_at_.reset();
    const Error why = std::exchange(ending_, {});
    user_->on_closed(why, at);
}

void PahoLink::Impl::discard_client() {
    client_.reset();
    ++connection_;  // What it has posted is about nobody any more.
    kept_.given_up_all();
}

}  // namespace twinstorm::paho_link

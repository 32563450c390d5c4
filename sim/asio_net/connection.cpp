// Longer than most files: the life of a connection is one state machine, read from top to bottom.
#include "asio_net/connection.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "asio_net/core.h"
#include "asio_net/debtor.h"
#include "asio_net/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kConnectionBytesMax = 192;  // Of each of ten thousands.

}  // namespace

Connection::Connection(Core& core, Ticket ticket, Call call)
    : core_(core),
      conversation_(call.wrapper != nullptr ? call.wrapper.get() : &call.conversation),
      owned_(std::move(call.wrapper)),
      target_(&call.target),
      certificate_(call.certificate),
      ticket_(ticket) {
    static_assert(sizeof(Connection) <= kConnectionBytesMax);
}

Connection::Connection(Core& core, Ticket ticket, const Reception& reception)
    : core_(core), reception_(&reception), ticket_(ticket), server_(true) {}

Connection::~Connection() = default;

bool Connection::dialing() const {
    return state_ == State::kQueued || state_ == State::kDialing || state_ == State::kHandshaking;
}

std::string Connection::where() {
    return is_server() ? peer_name(socket_.get()) : target_->where;
}

std::optional<TimePoint> Connection::deadline() const {
    std::optional<TimePoint> earliest;
    if (conversation_ != nullptr) {
        earliest = conversation_->next_deadline();
    }
    if (limit_ == TimePoint::max()) {
        return earliest;
    }
    return earliest ? std::min(*earliest, limit_) : limit_;
}

void Connection::on_deadline(TimePoint now) {
    if (limit_ <= now) {
        drop(Error{ErrorCode::kTimedOut,
                   fmt::format("{}: {}", where(),
                               state_ == State::kOpen
                                   ? "the peer did not read our last bytes in time"
                                   : "no connection was made in time")},
             now);
        if (gone_) {
            return;
        }
    }
    const auto due = conversation_ != nullptr ? conversation_->next_deadline() : std::nullopt;
    if (due && *due <= now) {
        conversation_->advance(now);
        if (gone_) {
            return;
        }
    }
    look(now);
}

void Connection::look(TimePoint now) {
    conversation_->woken();
    if (dialing() && !is_server() && !conversation_->wants_connection()) {
        drop(Error{ErrorCode::kCancelled, "the connection is no longer wanted"}, now);
        return;
    }
    if (state_ == State::kIdle && !is_server() && conversation_->wants_connection()) {
        state_ = State::kQueued;
        if (!in_queue_) {
            in_queue_ = true;
            core_.dialer().enqueue(ticket_);
        }
    } else if (state_ == State::kOpen) {
        more_to_read_ ? exchange(now) : pump(now);
    }
}

void Connection::abandon() {
    gone_ = true;
    if (state_ == State::kOpen) {
        stream_.say_goodbye();
    }
    close();
    if (owned_ != nullptr) {
        core_.retire(std::move(owned_));
    }
    conversation_ = nullptr;
}

// It is told once: each state goes as far as it can, and is told again when there is more.
void Connection::on_ready(std::uint32_t watch, bool ended, TimePoint now) {
    if (watch != watch_) {
        return;  // Of a socket that was closed in this turn.
    }
    hung_up_ = hung_up_ || ended;
    switch (state_) {
        case State::kDialing:
            on_dialled(now);
            break;
        case State::kHandshaking:
            handshake(now);
            break;
        case State::kOpen:
            exchange(now);
            break;
        case State::kIdle:
        case State::kQueued:
            break;
    }
}

// --- Being made -----------------------------------------------------------------------------

void Connection::begin_accepted(Socket socket, TimePoint now) {
    in_flight_ = true;
    if (!adopt(std::move(socket), now)) {
        return;
    }
    limit_ = now + kHandshakeTimeout;
    start_stream(now);
}

void Connection::turn_away(TimePoint now) {
    drop(Error{ErrorCode::kLimitExceeded, "too many clients shake hands at the same time"}, now);
}

void Connection::begin_dial(TimePoint now) {
    in_queue_ = false;
    if (state_ != State::kQueued) {
        return;  // Not wanted any more.
    }
    state_ = State::kDialing;
    in_flight_ = true;
    core_.dialer().started();
    limit_ = now + kConnectTimeout;
    addresses_tried_ = 0;
    if (target_->addresses.empty()) {
        core_.dialer().resolve(*target_, ticket_);
        return;
    }
    dial_next_address(now);
}

void Connection::resolved(TimePoint now) {
    if (state_ == State::kDialing) {
        dial_next_address(now);
    }
}

void Connection::unresolved(const Error& why, TimePoint now) {
    if (state_ == State::kDialing) {
        drop(why, now);
    }
}

// A name may have several addresses, and nobody may listen on the first: `localhost` is ::1, too.
void Connection::dial_next_address(TimePoint now) {
    const auto& addresses = target_->addresses;
    Error why{ErrorCode::kUnreachable, target_->where + ": no address"};
    for (; addresses_tried_ < addresses.size(); ++addresses_tried_) {
        address_at_ = static_cast<std::uint16_t>((target_->first_address + addresses_tried_) %
                                                 addresses.size());
        const asio::ip::tcp::endpoint peer(addresses[address_at_], target_->destination.port);
        auto socket = connect_socket(peer, core_.dialer().next_source(), target_->where);
        if (socket) {
            static_cast<void>(adopt(std::move(*socket), now));
            return;
        }
        why = std::move(socket).error();
    }
    drop(why, now);
}

void Connection::on_dialled(TimePoint now) {
    const int number = pending_error(socket_.get());
    if (number == 0) {
        target_->first_address = address_at_;
        start_stream(now);
        return;
    }
    close_socket();
    if (++addresses_tried_ < target_->addresses.size()) {
        dial_next_address(now);
        return;
    }
    Dialer::forget(*target_);
    drop(system_error(number, target_->where, ErrorCode::kUnreachable), now);
}

bool Connection::adopt(Socket socket, TimePoint now) {
    socket_ = std::move(socket);
    if (const int error = core_.watch(socket_.get(), ticket_, watch_); error != 0) {
        drop(system_error(error, is_server() ? "accept" : target_->where, ErrorCode::kExhausted),
             now);
        return false;
    }
    return true;
}

void Connection::start_stream(TimePoint now) {
    state_ = State::kHandshaking;
    if (auto started = start_layers(socket_.get()); !started) {
        drop(started.error(), now);
        return;
    }
    handshake(now);
}

Result<void> Connection::start_layers(int descriptor) {
    if (is_server() && reception_->tls != nullptr) {
        return stream_.start_tls_server(descriptor, *reception_->tls);
    }
    if (!is_server() && target_->destination.tls) {
        const LoopOptions& options = core_.options();
        // A session belongs to whom it was made for: with a certificate, each has its own.
        const bool resumes = options.resume_tls_sessions && certificate_ == nullptr;
        return stream_.start_tls_client(
            descriptor, *options.client_tls,
            {target_->verified_name(), resumes ? &target_->session : nullptr, certificate_});
    }
    stream_.attach(descriptor);
    return {};
}

void Connection::handshake(TimePoint now) {
    switch (stream_.handshake()) {
        case Step::kDone:
            opened();
            break;
        case Step::kWantRead:
        case Step::kWantWrite:
            break;
        case Step::kClosed:
        case Step::kFailed:
            ++core_.counts().handshakes_failed;
            drop(stream_.explain(where()), now);
            break;
    }
}

void Connection::opened() {
    const TimePoint now = core_.now();  // A handshake takes its time: the turn's is stale.
    limit_ = TimePoint::max();
    leave_queue();
    if (is_server()) {
        if (!admit(now)) {
            return;
        }
    } else if (!conversation_->wants_connection()) {
        drop(Error{ErrorCode::kCancelled, "the connection is no longer wanted"}, now);
        return;
    }
    core_.counts().resumed += !is_server() && stream_.resumed() ? 1 : 0;
    state_ = State::kOpen;
    conversation_->connected(now);
    if (!gone_) {
        exchange(now);  // The peer's first bytes may have come along with its last of TLS.
    }
}

bool Connection::admit(TimePoint now) {
    owned_ = std::exchange(reception_, nullptr)
                 ->service->accept(ticket_.handle, {where(), stream_.peer_chain()}, now);
    conversation_ = owned_.get();
    if (gone_ || owned_ == nullptr) {
        core_.release(ticket_);  // Refused.
        return false;
    }
    return true;
}

void Connection::leave_queue() {
    if (in_flight_) {
        in_flight_ = false;
        is_server() ? core_.admitted() : core_.dialer().finished();
    }
}

// --- In use ---------------------------------------------------------------------------------

void Connection::exchange(TimePoint now) {
    read(now);
    if (gone_ || state_ != State::kOpen) {
        return;
    }
    pump(now);
    if (gone_ || state_ != State::kOpen || ended_) {
        return;
    }
    more_to_read_ = more_to_read_ || hung_up_;  // The end itself, which is not told again.
    if (more_to_read_ && conversation_->accepts_input()) {
        core_.wake(ticket_.handle);  // The others have their turn first.
    }
}

// A conversation that accepts no input leaves it to the kernel and to TLS, and is asked anew after
// each of its turns.
void Connection::read(TimePoint now) {
    more_to_read_ = false;
    for (std::size_t turn = 0; turn < kReadsPerTurn && !ended_; ++turn) {
        if (!conversation_->accepts_input()) {
            break;
        }
        core_.look_at_queue(socket_.get(), now);
        const std::span<std::byte> room = core_.read_buffer();
        const Progress progress = stream_.read(room);
        // Asked for at once: a conversation may use OpenSSL for itself and empty its errors.
        const bool failed = progress.step == Step::kFailed;
        const Error why = failed ? stream_.explain(where()) : Error{};
        if (progress.bytes > 0) {
            conversation_->receive(room.first(progress.bytes), now);
            if (gone_ || !conversation_->wants_connection()) {
                return;
            }
        }
        switch (progress.step) {
            case Step::kDone:
                break;
            case Step::kWantRead:
            case Step::kWantWrite:
                return;
            case Step::kClosed:
                ended(now);
                return;
            case Step::kFailed:
                drop(why, now);
                return;
        }
    }
    more_to_read_ = !ended_;
}

// What is ready still goes out, to a peer that has closed one half only; then it is over.
void Connection::ended(TimePoint now) {
    ended_ = true;
    if (!owes_answer()) {
        limit_ = now + kFlushTimeout;
    }
}

bool Connection::owes_answer() const {
    const auto* const debtor = dynamic_cast<const Debtor*>(conversation_);
    return debtor != nullptr && debtor->owes_answer();
}

void Connection::pump(TimePoint now) {
    for (std::size_t turn = 0; turn < kWritesPerTurn; ++turn) {
        if (unsent_.empty()) {
            conversation_->take_outgoing(unsent_);
            unsent_at_ = 0;
            if (gone_) {
                return;
            }
        }
        if (unsent_.empty()) {
            nothing_to_send(now);
            return;
        }
        if (!write_pending(now)) {
            return;
        }
    }
    core_.wake(ticket_.handle);  // It always has more: the others have their turn first.
}

void Connection::nothing_to_send(TimePoint now) {
    if (!conversation_->wants_connection()) {
        finish(now);
    } else if (ended_ && !owes_answer()) {
        drop(Error{ErrorCode::kClosedByPeer,
                   fmt::format("{}: the peer closed the connection", where())},
             now);
    }
}

// True when the kernel has taken all; else it waits, or the connection is gone.
bool Connection::write_pending(TimePoint now) {
    const Progress progress = stream_.write(std::span(unsent_).subspan(unsent_at_));
    unsent_at_ += progress.bytes;
    if (progress.step == Step::kDone) {
        core_.buffers().give(std::exchange(unsent_, {}));
        conversation_->sent(core_.now());
        return !gone_;
    }
    if (progress.step == Step::kWantWrite || progress.step == Step::kWantRead) {
        if (limit_ == TimePoint::max() && (ended_ || !conversation_->wants_connection())) {
            limit_ = now + kFlushTimeout;
        }
        return false;
    }
    const Error why = stream_.explain(where());
    read(now);  // A peer that will not read on may have said why, before it closed.
    if (!gone_ && state_ == State::kOpen) {
        drop(why, now);
    }
    return false;
}

// --- Being closed ---------------------------------------------------------------------------

void Connection::finish(TimePoint now) {
    stream_.say_goodbye();
    if (!ended_) {
        core_.forget(socket_.get());
        core_.say_farewell(std::move(socket_), now);
    }
    drop(Error{ErrorCode::kCancelled, "the connection was closed by this side"}, now);
}

void Connection::drop(const Error& why, TimePoint now) {
    close();
    state_ = State::kIdle;
    if (conversation_ != nullptr) {
        conversation_->disconnected(why, now);
        if (gone_) {
            return;
        }
    }
    if (is_server()) {
        core_.release(ticket_);
    } else {
        core_.wake(ticket_.handle);  // It is dialled anew only if it wants so, and not at once.
    }
}

void Connection::close_socket() {
    stream_.reset();
    socket_ = Socket();
    watch_ = 0;
    hung_up_ = more_to_read_ = ended_ = false;
}

void Connection::close() {
    close_socket();
    limit_ = TimePoint::max();
    core_.buffers().give(std::exchange(unsent_, {}));
    unsent_at_ = 0;
    leave_queue();
}

}  // namespace twinstorm::asio_net

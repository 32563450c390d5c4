#include "asio_net/core.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "asio_net/limits.h"
#include "asio_net/websocket_client_conversation.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {

namespace asio = boost::asio;

namespace {

std::unique_ptr<net::Conversation> wrapper(net::Conversation& conversation,
                                           const net::Destination& destination) {
    if (destination.websocket_path.empty()) {
        return nullptr;
    }
    return std::make_unique<WebSocketClientConversation>(conversation, destination);
}

}  // namespace

// One thread runs the context; others only post and stop.
Core::Core(const RealClock& clock, LoopOptions options)
    : context_(1),
      clock_(clock),
      options_(std::move(options)),
      read_buffer_(std::make_unique<std::array<std::byte, kReadBytes>>()),
      readiness_(context_),
      dialer_(*this, options_),
      farewell_(*this),
      timer_(context_) {
    // OpenSSL writes to sockets without MSG_NOSIGNAL; a peer that has gone must not end us.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    farewell_handle_ = add(farewell_);
    wait_for_readiness();
    set_recorder(options_.recorder);
}

// Nothing is said to the conversations any more: those that lent them may be gone already.
Core::~Core() {
    for (Slot& slot : slots_) {
        slot.activity = nullptr;
        ++slot.generation;
        if (slot.connection != nullptr) {
            slot.connection->abandon();
            removed_.push_back(std::move(slot.connection));
        }
    }
    free_removed();
}

void Core::set_recorder(stats::Recorder* recorder) {
    options_.recorder = recorder;
    queue_look_due_ = recorder == nullptr ? TimePoint::max() : TimePoint::min();
}

// A buffer that is read in time holds next to nothing, whatever the peer does: what waits there
// waits for us.
void Core::sample_queue(int descriptor, TimePoint now) {
    const auto queue = receive_queue(descriptor);
    if (!queue) {
        return;
    }
    queue_look_due_ = now + kQueueLookInterval;
    options_.recorder->record(stats::Metric::kReceiveLag, now - queue->waited, queue->waited);
    if (queue->share >= kQueueFullShare) {
        options_.recorder->count(stats::Counter::kReceiveBufferFull, now);
    }
}

bool Core::is_current(Ticket ticket) const {
    return ticket.handle < slots_.size() && slots_[ticket.handle].generation == ticket.generation;
}

Connection* Core::find(Ticket ticket) {
    return is_current(ticket) ? slots_[ticket.handle].connection.get() : nullptr;
}

Ticket Core::occupy() {
    if (free_.empty()) {
        free_.push_back(static_cast<net::Handle>(slots_.size()));
        slots_.emplace_back();
    }
    const net::Handle handle = free_.back();
    free_.pop_back();
    return {handle, slots_[handle].generation};
}

net::Handle Core::add(net::Activity& activity) {
    const net::Handle handle = occupy().handle;
    slots_[handle].activity = &activity;
    wake(handle);
    return handle;
}

net::Handle Core::carry(net::Conversation& conversation, const net::Destination& destination) {
    TWINSTORM_CHECK(!destination.tls || options_.client_tls != nullptr);
    const Ticket ticket = occupy();
    slots_[ticket.handle].connection = std::make_unique<Connection>(
        *this, ticket,
        Call{conversation, dialer_.target(destination), destination.certificate,
             wrapper(conversation, destination)});
    wake(ticket.handle);
    return ticket.handle;
}

void Core::accepted(Socket socket, const Reception& reception) {
    ++counts_.accepted;
    make_room();
    const Ticket ticket = occupy();
    slots_[ticket.handle].connection = std::make_unique<Connection>(*this, ticket, reception);
    unadmitted_.push_back(ticket);
    ++unadmitted_count_;
    visit(ticket, [&](Connection& connection, TimePoint now) {
        connection.begin_accepted(std::move(socket), now);
    });
}

// Clients that open connections and do not go on must not keep the others out: the one that has
// taken longest gives way.
void Core::make_room() {
    while (!unadmitted_.empty()) {
        const Ticket oldest = unadmitted_.front();
        Connection* const connection = find(oldest);
        if (connection != nullptr && connection->unadmitted()) {
            if (unadmitted_count_ < options_.unadmitted_max) {
                return;
            }
            ++counts_.turned_away;
            visit(oldest, [](Connection& slow, TimePoint now) { slow.turn_away(now); });
        }
        unadmitted_.pop_front();
    }
}

void Core::remove(net::Handle handle) {
    TWINSTORM_CHECK(handle < slots_.size());
    if (slots_[handle].activity == nullptr && slots_[handle].connection == nullptr) {
        return;  // A server's connection may have ended first.
    }
    auto owned = vacate(handle);
    if (owned == nullptr) {
        return;
    }
    Connection& connection = *owned;
    removed_.push_back(std::move(owned));
    connection.abandon();
    if (depth_ == 0) {
        end_turn();
    }
}

std::unique_ptr<Connection> Core::vacate(net::Handle handle) {
    Slot& slot = slots_[handle];
    ++slot.generation;
    slot.activity = nullptr;
    slot.woken = false;
    deadlines_.clear(handle);
    free_.push_back(handle);
    return std::move(slot.connection);
}

void Core::hand_over(net::Handle handle, Core& to) {
    TWINSTORM_CHECK(handle < slots_.size());
    if (slots_[handle].connection == nullptr) {
        return;  // It has ended first.
    }
    slots_[handle].connection->depart();
    departures_.push_back({vacate(handle), &to});
    if (depth_ == 0) {
        end_turn();
    }
}

void Core::send_departures() {
    for (const Departure& departure : std::exchange(departures_, {})) {
        // A loop that ends before its turn comes destroys the parcel, and all that is in it.
        departure.to->post([to = departure.to, parcel = departure.connection->pack()](TimePoint) {
            to->take_in(*parcel);
        });
    }
}

void Core::take_in(Parcel& parcel) {
    const Ticket ticket = occupy();
    slots_[ticket.handle].connection = std::make_unique<Connection>(*this, ticket, parcel);
    visit(ticket, [&](Connection& connection, TimePoint now) {
        connection.arrive(std::move(parcel.socket), now);
    });
}

void Core::release(Ticket ticket) {
    if (is_current(ticket)) {
        remove(ticket.handle);
    }
}

void Core::retire(std::unique_ptr<net::Conversation> conversation) {
    retired_.push_back(std::move(conversation));
}

void Core::say_farewell(Socket socket, TimePoint now) {
    farewell_.add(std::move(socket), now);
    wake(farewell_handle_);
}

void Core::wake(net::Handle handle) {
    TWINSTORM_CHECK(handle < slots_.size());
    Slot& slot = slots_[handle];
    if (slot.woken || (slot.activity == nullptr && slot.connection == nullptr)) {
        return;
    }
    slot.woken = true;
    woken_.push_back(handle);
    if (!wake_posted_) {
        wake_posted_ = true;
        post([this](TimePoint now) { serve_woken(now); });
    }
}

int Core::watch(int socket, Ticket ticket, std::uint32_t& watch) {
    if (++last_watch_ == 0) {
        ++last_watch_;  // 0: no socket.
    }
    watch = last_watch_;
    return readiness_.watch(socket, std::uint64_t{ticket.handle} << 32 | watch);
}

void Core::wait_for_readiness() {
    readiness_.async_wait([this] {
        serve_ready();
        wait_for_readiness();
    });
}

// One turn, since its end costs more than most messages; each reads the clock anew all the same.
void Core::serve_ready() {
    turn([this](TimePoint) {
        readiness_.each([this](std::uint64_t token, bool ended) {
            const auto handle = static_cast<net::Handle>(token >> 32);
            visit({handle, slots_[handle].generation}, [&](Connection& connection, TimePoint now) {
                connection.on_ready(static_cast<std::uint32_t>(token), ended, now);
            });
        });
    });
}

void Core::serve_woken(TimePoint now) {
    wake_posted_ = false;
    for (const net::Handle handle : std::exchange(woken_, {})) {
        if (!std::exchange(slots_[handle].woken, false)) {
            continue;  // Removed meanwhile; whoever has the handle now was woken anew.
        }
        const Ticket ticket{handle, slots_[handle].generation};
        serve_activity(ticket, false, now);
        visit(ticket, [](Connection& connection, TimePoint at) { connection.look(at); });
    }
}

void Core::serve_activity(Ticket ticket, bool due, TimePoint now) {
    net::Activity* const activity = slots_[ticket.handle].activity;
    if (activity == nullptr) {
        return;
    }
    if (due) {
        activity->advance(now);
    }
    if (is_current(ticket)) {
        deadlines_.set(ticket.handle, activity->next_deadline());
    }
}

// All that is due is taken out first: who wishes to be called at once gets the next turn, so that
// nobody keeps the loop for himself.
void Core::serve_due(TimePoint now) {
    std::vector<Due> due = std::exchange(due_, {});
    while (due.size() < kDuePerTurn) {
        const auto deadline = deadlines_.earliest();
        const auto handle = deadlines_.pop_due(now);
        if (!handle) {
            break;
        }
        due.push_back({{*handle, slots_[*handle].generation}, *deadline});
    }
    for (const auto& [ticket, deadline] : due) {
        if (!is_current(ticket)) {
            continue;  // Removed by one that was served before.
        }
        if (options_.recorder != nullptr) {
            options_.recorder->record(stats::Metric::kLoopLag, deadline, now);
        }
        serve_activity(ticket, true, now);
        visit(ticket, [](Connection& connection, TimePoint at) { connection.on_deadline(at); });
    }
    due.clear();
    due_ = std::move(due);  // Its memory serves the next turn.
}

void Core::end_turn() {
    send_departures();
    free_removed();
    arm_timer();
}

void Core::free_removed() {
    // What is destroyed may remove more, on its way out.
    while (!removed_.empty() || !retired_.empty()) {
        const auto removed = std::exchange(removed_, {});
        const auto retired = std::exchange(retired_, {});
    }
}

// A timer that fires early costs less than one that is moved with every deadline.
void Core::arm_timer() {
    if (options_.tick > Duration::zero()) {
        return;
    }
    const auto earliest = deadlines_.earliest();
    if (!earliest || *earliest >= armed_for_) {
        return;
    }
    const TimePoint at = now();
    if (*earliest <= at) {  // The next turn serves it, without a timer's system calls.
        if (!due_posted_) {
            due_posted_ = true;
            post([this](TimePoint now) {
                due_posted_ = false;
                serve_due(now);
            });
        }
        return;
    }
    armed_for_ = *earliest;
    timer_.expires_after(*earliest - at);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error != asio::error::operation_aborted) {
            armed_for_ = TimePoint::max();
            turn([this](TimePoint now) { serve_due(now); });
        }
    });
}

// Ticks that pass while it is busy are not made up for: their work is served with the next.
void Core::run_on_ticks() {
    const Duration tick = options_.tick;
    TimePoint next = now();
    while (!context_.stopped()) {
        context_.poll();
        turn([this](TimePoint now) { serve_due(now); });
        const TimePoint served = now();
        if (deadlines_.earliest().value_or(TimePoint::max()) <= served - tick) {
            continue;  // More was due than one turn takes.
        }
        next += tick * std::max<Duration::rep>(1, (served - next) / tick + 1);
        clock_.wait_until(next);
    }
}

void Core::run() {
    const auto guard = asio::make_work_guard(context_);
    if (options_.tick > Duration::zero()) {
        run_on_ticks();
    } else {
        context_.run();
    }
    context_.restart();  // After, not before: a stop() that came first still counts.
}

void Core::on_signal(std::function<void(int signal)> callback) {
    signals_.emplace(context_, SIGINT, SIGTERM);
    signals_->async_wait(
        [this, callback = std::move(callback)](const boost::system::error_code& error, int signal) {
            if (!error) {
                turn([&](TimePoint) { callback(signal); });
            }
        });
}

}  // namespace twinstorm::asio_net

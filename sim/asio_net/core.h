// The heart of a live loop: who is carried, their deadlines and wakes, and the end of each turn.
//
// Use:    every handler of Asio enters through visit() or turn(); what a conversation removes from
//         inside a call is kept until the outermost turn has ended.
// Owner:  AsioLoop, one worker. post() and stop() from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "asio_net/connection.h"
#include "asio_net/dialer.h"
#include "asio_net/farewell.h"
#include "asio_net/readiness.h"
#include "asio_net/ticket.h"
#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/net/deadline_queue.h"

namespace twinstorm::asio_net {

class Core {
public:
    Core(const RealClock& clock, LoopOptions options);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // For AsioLoop.
    [[nodiscard]] net::Handle add(net::Activity& activity);
    [[nodiscard]] net::Handle carry(net::Conversation& conversation,
                                    const net::Destination& destination);
    void wake(net::Handle handle);
    void remove(net::Handle handle);
    void hand_over(net::Handle handle, Core& to);
    void run();
    void stop() { context_.stop(); }
    void set_recorder(stats::Recorder* recorder);
    void on_signal(std::function<void(int signal)> callback);

    template <class Work>
    void post(Work work) {
        boost::asio::post(context_, [this, work = std::move(work)] { turn(work); });
    }

    // For connections, the dialer and listeners.
    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] TimePoint now() const { return clock_.now(); }
    [[nodiscard]] BufferPool& buffers() { return buffers_; }
    [[nodiscard]] std::span<std::byte> read_buffer() { return *read_buffer_; }
    [[nodiscard]] Dialer& dialer() { return dialer_; }
    [[nodiscard]] const LoopOptions& options() const { return options_; }
    [[nodiscard]] LoopCounts& counts() { return counts_; }
    // From now on the connection is told when this socket is ready, with `watch` as its number.
    // 0, or the system's number of an error.
    [[nodiscard]] int watch(int socket, Ticket ticket, std::uint32_t& watch);
    void forget(int socket) { readiness_.forget(socket); }
    void accepted(Socket socket, const Reception& reception);
    void admitted() { --unadmitted_count_; }
    void say_farewell(Socket socket, TimePoint now);
    // Before a connection is read: now and then, how long its bytes have waited for that.
    void look_at_queue(int descriptor, TimePoint now) {
        if (now >= queue_look_due_) [[unlikely]] {
            sample_queue(descriptor, now);
        }
    }
    void release(Ticket ticket);  // A server's connection is over.
    void retire(std::unique_ptr<net::Conversation> conversation);

    // Everyone in a turn sees the same `now`.
    template <class Work>
    void turn(const Work& work) {
        ++depth_;
        work(now());
        if (--depth_ == 0) {
            end_turn();
        }
    }

    // A turn of one connection; none when it is gone. Its deadline is asked for at the end.
    template <class Work>
    void visit(Ticket ticket, const Work& work) {
        Connection* const connection = find(ticket);
        if (connection == nullptr) {
            return;
        }
        turn([&](TimePoint now) {
            work(*connection, now);
            if (!connection->gone()) {
                deadlines_.set(ticket.handle, connection->deadline());
            }
        });
    }

private:
    struct Slot {
        net::Activity* activity = nullptr;  // One of the two; neither: free.
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;
        bool woken = false;
    };
    struct Due {
        Ticket ticket;
        TimePoint deadline;
    };
    struct Departure {
        std::unique_ptr<Connection> connection;
        Core* to;
    };

    [[nodiscard]] Connection* find(Ticket ticket);
    [[nodiscard]] bool is_current(Ticket ticket) const;
    [[nodiscard]] Ticket occupy();
    void wait_for_readiness();
    void serve_ready();
    void sample_queue(int descriptor, TimePoint now);
    void serve_woken(TimePoint now);
    void serve_due(TimePoint now);
    void run_on_ticks();
    void serve_activity(Ticket ticket, bool due, TimePoint now);
    void make_room();
    [[nodiscard]] std::unique_ptr<Connection> vacate(net::Handle handle);
    void take_in(Parcel& parcel);
    void end_turn();
    void send_departures();
    void free_removed();
    void arm_timer();

    // The context goes last: sockets, timers and the resolver refer to it.
    boost::asio::io_context context_;
    const RealClock& clock_;
    LoopOptions options_;
    LoopCounts counts_;
    BufferPool buffers_;
    std::unique_ptr<std::array<std::byte, kReadBytes>> read_buffer_;
    Readiness readiness_;
    std::uint32_t last_watch_ = 0;
    Dialer dialer_;
    Farewell farewell_;
    net::Handle farewell_handle_ = 0;

    net::DeadlineQueue deadlines_;
    boost::asio::steady_timer timer_;
    TimePoint armed_for_ = TimePoint::max();
    TimePoint queue_look_due_ = TimePoint::max();  // Only where somebody records it.

    std::vector<net::Handle> woken_;
    std::vector<Due> due_;
    bool wake_posted_ = false;
    bool due_posted_ = false;

    std::deque<Ticket> unadmitted_;  // The oldest first; those that were admitted leave late.
    std::size_t unadmitted_count_ = 0;

    std::vector<Departure> departures_;
    std::vector<std::unique_ptr<Connection>> removed_;
    std::vector<std::unique_ptr<net::Conversation>> retired_;
    std::vector<net::Handle> free_;
    std::vector<Slot> slots_;
    unsigned depth_ = 0;

    std::optional<boost::asio::signal_set> signals_;
};

}  // namespace twinstorm::asio_net

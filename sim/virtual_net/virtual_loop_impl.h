// The state of a virtual loop: who is carried, who is joined to whom, and what will happen.
//
// Use:    virtual_loop.cpp turns the loop, virtual_connections.cpp carries bytes between the ends.
// Owner:  VirtualLoop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "twinstorm/net/deadline_queue.h"
#include "twinstorm/virtual_net/virtual_loop.h"
#include "virtual_net/connection_table.h"
#include "virtual_net/event_queue.h"

namespace twinstorm::virtual_net {

using Address = std::pair<std::string, std::uint16_t>;

// A line of the cache: each event looks at one or two, of a hundred thousand.
struct alignas(64) Slot {
    net::Activity* activity = nullptr;               // None: a free slot.
    net::Conversation* conversation = nullptr;       // The same object, when it is one.
    std::unique_ptr<net::ServerConversation> owned;  // A server's conversation belongs to the loop.
    std::unique_ptr<net::Destination> destination;   // Of a client.
    std::uint64_t connection = 0;                    // 0: none.
    std::uint32_t generation = 0;                    // Tells a reused handle from the one before.
    bool dialing = false;
    bool woken = false;
    bool moving = false;  // Nothing is said until moved() was.
};

class VirtualLoop::Impl {
public:
    Impl(std::uint64_t seed, Latency latency)
        : random_(derive(seed, "virtual-net")), latency_(latency) {}

    net::Handle occupy(Slot slot);
    void release(net::Handle handle);
    void wake(net::Handle handle);
    void pump(net::Handle handle);
    void settle();
    void run();
    void fetch_near();
    void serve_deadline(net::Handle handle, std::uint32_t generation, TimePoint due, TimePoint now);

    void dial(net::Handle handle);
    void join(net::Handle client, std::uint32_t generation, TimePoint now);
    void send(net::Handle from, Buffer bytes);
    void deliver(Delivery delivery);
    void resume(std::uint64_t number, bool to_server);
    void resume_later(net::Handle handle);
    void learn_of_end(std::uint64_t number, bool at_server, const Error& why);
    void depart(net::Handle handle);
    void move(net::Handle from);
    void hang_up(net::Handle handle, const Error& why_here, const Error& why_there);
    void end(net::Handle handle, const Error& why);
    void serve(const Address& address, const net::HttpRequest& request, const net::HttpReply& reply,
               TimePoint now);

    // Of one that is known to be there.
    [[nodiscard]] Connection& connection(std::uint64_t number);
    [[nodiscard]] Duration delay();
    [[nodiscard]] bool is_server(const Slot& slot) const { return slot.owned != nullptr; }
    // Puts off what a stalled server would do now; true when it was put off.
    template <class Work>
    bool stalled(Work&& work);

    BufferPool buffers_;
    EventQueue events_;
    net::DeadlineQueue deadlines_;
    Random random_;
    Latency latency_;
    std::vector<Slot> slots_;
    std::vector<net::Handle> free_;
    std::vector<net::Handle> woken_;
    std::vector<net::Handle> departures_;
    std::vector<std::unique_ptr<net::ServerConversation>> ended_;  // Destroyed after the turn.
    ConnectionTable connections_;
    std::map<Address, net::Service*> services_;
    std::map<Address, net::HttpHandler*> handlers_;
    struct Near {
        net::Handle handle;
        net::Handle peer;  // While it has a connection.
    };
    std::uint64_t fetched_ = 0;  // Buckets of deadlines.
    std::vector<Near> near_;     // Scratch.
    TimePoint now_ = kRunStart;
    TimePoint stalled_until_ = kRunStart;
    bool stopped_ = false;
    stats::Recorder* recorder_ = nullptr;
};

template <class Work>
bool VirtualLoop::Impl::stalled(Work&& work) {
    if (now_ >= stalled_until_) {
        return false;
    }
    events_.at(stalled_until_, std::forward<Work>(work));
    return true;
}

}  // namespace twinstorm::virtual_net

#include "twinstorm/virtual_net/virtual_loop.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "twinstorm/base/check.h"
#include "twinstorm/net/deadline_queue.h"
#include "virtual_net/event_queue.h"

namespace twinstorm::virtual_net {
namespace {

using Address = std::pair<std::string, std::uint16_t>;

// One joined pair of conversations. Bytes keep their order in each direction.
struct Connection {
    net::Handle client = 0;
    net::Handle server = 0;
    TimePoint last_to_client = kRunStart;
    TimePoint last_to_server = kRunStart;
    bool client_left = false;  // Nothing reaches a side that has hung up.
    bool server_left = false;
};

struct Slot {
    net::Activity* activity = nullptr;          // None: a free slot.
    net::Conversation* conversation = nullptr;  // The same object, when it is one.
    std::unique_ptr<net::Conversation> owned;   // A server's conversation belongs to the loop.
    net::Destination destination;               // Of a client.
    std::uint64_t connection = 0;               // 0: none.
    std::uint32_t generation = 0;               // Tells a reused handle from the one before.
    bool dialing = false;
    bool woken = false;
};

}  // namespace

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

    void dial(net::Handle handle);
    void join(net::Handle client, std::uint32_t generation, TimePoint now);
    void send(net::Handle from, Buffer bytes);
    void deliver(std::uint64_t number, bool to_server, Buffer bytes);
    void hang_up(net::Handle handle, const Error& why_here, const Error& why_there);
    void end(net::Handle handle, const Error& why);
    void serve(const Address& address, const net::HttpRequest& request, const net::HttpReply& reply,
               TimePoint now);

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
    std::vector<std::unique_ptr<net::Conversation>> ended_;  // Destroyed after the turn.
    std::unordered_map<std::uint64_t, Connection> connections_;
    std::uint64_t connections_made_ = 0;
    std::map<Address, net::Service*> services_;
    std::map<Address, net::HttpHandler*> handlers_;
    TimePoint now_ = kRunStart;
    TimePoint stalled_until_ = kRunStart;
    bool stopped_ = false;
    stats::Recorder* recorder_ = nullptr;
};

namespace {

class VirtualHttpClient final : public net::HttpClient {
public:
    using Carry = std::function<void(net::HttpRequest, net::HttpDone)>;
    explicit VirtualHttpClient(Carry carry) : carry_(std::move(carry)) {}

    void send(net::HttpRequest request, net::HttpDone done, TimePoint) override {
        carry_(std::move(request), std::move(done));
    }

private:
    Carry carry_;
};

}  // namespace

Duration VirtualLoop::Impl::delay() {
    const double extra = static_cast<double>(latency_.mean.count()) * random_.exponential();
    return latency_.base + Duration(static_cast<std::int64_t>(extra));
}

template <class Work>
bool VirtualLoop::Impl::stalled(Work&& work) {
    if (now_ >= stalled_until_) {
        return false;
    }
    events_.at(stalled_until_, std::forward<Work>(work));
    return true;
}

net::Handle VirtualLoop::Impl::occupy(Slot slot) {
    net::Handle handle = static_cast<net::Handle>(slots_.size());
    if (free_.empty()) {
        slots_.push_back(std::move(slot));
        return handle;
    }
    handle = free_.back();
    free_.pop_back();
    slot.generation = slots_[handle].generation;
    slots_[handle] = std::move(slot);
    return handle;
}

void VirtualLoop::Impl::release(net::Handle handle) {
    Slot& slot = slots_.at(handle);
    if (slot.owned) {
        ended_.push_back(std::move(slot.owned));
    }
    const std::uint32_t generation = slot.generation + 1;
    slot = Slot{};
    slot.generation = generation;
    deadlines_.clear(handle);
    free_.push_back(handle);
}

void VirtualLoop::Impl::wake(net::Handle handle) {
    Slot& slot = slots_.at(handle);
    if (slot.activity != nullptr && !slot.woken) {
        slot.woken = true;
        woken_.push_back(handle);
    }
}

// Looks at what the activity wishes now: bytes to send, a connection or none, its next deadline.
void VirtualLoop::Impl::pump(net::Handle handle) {
    Slot& slot = slots_.at(handle);
    if (slot.activity == nullptr) {
        return;
    }
    net::Conversation* const conversation = slot.conversation;
    if (conversation != nullptr && slot.connection != 0) {
        Buffer bytes = buffers_.take();
        conversation->take_outgoing(bytes);
        if (bytes.empty()) {
            buffers_.give(std::move(bytes));
        } else {
            send(handle, std::move(bytes));
            conversation->sent(now_);
        }
        if (!conversation->wants_connection()) {
            hang_up(handle, Error{ErrorCode::kCancelled, "closed by this side"},
                    Error{ErrorCode::kClosedByPeer, "the peer closed the connection"});
        }
    }
    Slot& after = slots_.at(handle);  // A callback may have grown the list.
    if (after.activity == nullptr) {
        return;
    }
    if (after.conversation != nullptr && after.connection == 0 && !after.dialing &&
        !is_server(after) && after.conversation->wants_connection()) {
        dial(handle);
    }
    deadlines_.set(handle, after.activity->next_deadline());
}

void VirtualLoop::Impl::settle() {
    while (!woken_.empty()) {
        std::vector<net::Handle> woken;
        woken.swap(woken_);
        for (const net::Handle handle : woken) {
            slots_.at(handle).woken = false;
            pump(handle);
        }
    }
    ended_.clear();
}

void VirtualLoop::Impl::run() {
    stopped_ = false;
    settle();
    while (!stopped_) {
        const auto event = events_.earliest();
        const auto deadline = deadlines_.earliest();
        if (!event && !deadline) {
            return;  // Nothing will ever happen again.
        }
        if (event && (!deadline || *event <= *deadline)) {
            now_ = std::max(now_, *event);
            events_.pop()(now_);
        } else {
            now_ = std::max(now_, *deadline);
            const net::Handle handle = *deadlines_.pop_due(now_);
            const std::uint32_t generation = slots_.at(handle).generation;
            const auto serve = [this, handle, generation, due = *deadline](TimePoint now) {
                if (slots_.at(handle).generation != generation) {
                    return;
                }
                if (recorder_ != nullptr) {
                    recorder_->record(stats::Metric::kLoopLag, due, now);
                }
                slots_.at(handle).activity->advance(now);
                pump(handle);
            };
            if (!is_server(slots_.at(handle)) || !stalled(serve)) {
                serve(now_);
            }
        }
        settle();
    }
}

void VirtualLoop::Impl::dial(net::Handle handle) {
    Slot& slot = slots_.at(handle);
    slot.dialing = true;
    const std::uint32_t generation = slot.generation;
    // TCP and TLS 1.3: two round trips before the first byte of MQTT.
    const TimePoint joined = now_ + delay() + delay() + delay() + delay();
    events_.at(joined,
               [this, handle, generation](TimePoint now) { join(handle, generation, now); });
}

void VirtualLoop::Impl::join(net::Handle client, std::uint32_t generation, TimePoint now) {
    if (slots_.at(client).generation != generation) {
        return;
    }
    if (stalled([this, client, generation](TimePoint later) { join(client, generation, later); })) {
        return;
    }
    slots_.at(client).dialing = false;
    net::Conversation& conversation = *slots_.at(client).conversation;
    if (!conversation.wants_connection()) {
        conversation.disconnected(Error{ErrorCode::kCancelled, "no longer wanted"}, now);
        pump(client);
        return;
    }
    const net::Destination& destination = slots_.at(client).destination;
    const auto service = services_.find({destination.host, destination.port});
    const net::Handle server = occupy({});
    std::unique_ptr<net::Conversation> accepted;
    if (service != services_.end()) {
        accepted = service->second->accept(server, "virtual", now);
    }
    if (accepted == nullptr) {
        release(server);
        conversation.disconnected(Error{ErrorCode::kUnreachable, "connection refused"}, now);
        pump(client);
        return;
    }
    const std::uint64_t number = ++connections_made_;
    connections_[number] = {client, server, now, now};
    Slot& slot = slots_.at(server);
    slot.activity = slot.conversation = accepted.get();
    slot.owned = std::move(accepted);
    slot.connection = number;
    slots_.at(client).connection = number;
    slot.conversation->connected(now);
    pump(server);
    conversation.connected(now);
    pump(client);
}

void VirtualLoop::Impl::send(net::Handle from, Buffer bytes) {
    const std::uint64_t number = slots_.at(from).connection;
    Connection& connection = connections_.at(number);
    const bool to_server = connection.client == from;
    TimePoint& last = to_server ? connection.last_to_server : connection.last_to_client;
    last = std::max(last, now_ + delay());
    events_.at(last, [this, number, to_server, bytes = std::move(bytes)](TimePoint) mutable {
        deliver(number, to_server, std::move(bytes));
    });
}

void VirtualLoop::Impl::deliver(std::uint64_t number, bool to_server, Buffer bytes) {
    const auto connection = connections_.find(number);
    if (connection == connections_.end()) {
        buffers_.give(std::move(bytes));  // Lost with its connection.
        return;
    }
    if (to_server && now_ < stalled_until_) {
        events_.at(stalled_until_, [this, number, bytes = std::move(bytes)](TimePoint) mutable {
            deliver(number, true, std::move(bytes));
        });
        return;
    }
    if (to_server ? connection->second.server_left : connection->second.client_left) {
        buffers_.give(std::move(bytes));
        return;
    }
    const net::Handle handle = to_server ? connection->second.server : connection->second.client;
    slots_.at(handle).conversation->receive(bytes, now_);
    buffers_.give(std::move(bytes));
    pump(handle);
}

// Ends a connection from one side; the other learns of it after all bytes that were on their way.
void VirtualLoop::Impl::hang_up(net::Handle handle, const Error& why_here, const Error& why_there) {
    const std::uint64_t number = slots_.at(handle).connection;
    Connection& connection = connections_.at(number);
    const bool by_client = connection.client == handle;
    const net::Handle other = by_client ? connection.server : connection.client;
    const TimePoint learned =
        std::max(by_client ? connection.last_to_server : connection.last_to_client, now_ + delay());
    slots_.at(handle).connection = 0;
    (by_client ? connection.client_left : connection.server_left) = true;
    events_.at(learned, [this, number, other, by_client, why_there](TimePoint) {
        const auto node = connections_.extract(number);
        const bool other_left =
            node.empty() || (by_client ? node.mapped().server_left : node.mapped().client_left);
        if (!other_left) {
            end(other, why_there);
        }
    });
    const std::uint32_t generation = slots_.at(handle).generation;
    slots_.at(handle).conversation->disconnected(why_here, now_);
    if (slots_.at(handle).generation == generation && is_server(slots_.at(handle))) {
        release(handle);
    }
}

void VirtualLoop::Impl::end(net::Handle handle, const Error& why) {
    Slot& slot = slots_.at(handle);
    slot.connection = 0;
    slot.conversation->disconnected(why, now_);
    if (is_server(slots_.at(handle))) {
        release(handle);
    } else {
        pump(handle);
    }
}

void VirtualLoop::Impl::serve(const Address& address, const net::HttpRequest& request,
                              const net::HttpReply& reply, TimePoint now) {
    if (stalled([this, address, request, reply](TimePoint later) {
            serve(address, request, reply, later);
        })) {
        return;
    }
    const auto handler = handlers_.find(address);
    if (handler == handlers_.end()) {
        reply({503, {}, "nothing listens at this address"});
        return;
    }
    handler->second->handle(request, reply, now);
}

VirtualLoop::VirtualLoop(std::uint64_t seed, Latency latency)
    : impl_(std::make_unique<Impl>(seed, latency)) {}
VirtualLoop::~VirtualLoop() = default;

TimePoint VirtualLoop::now() const {
    return impl_->now_;
}

BufferPool& VirtualLoop::buffers() {
    return impl_->buffers_;
}

net::Handle VirtualLoop::add(net::Activity& activity) {
    Slot slot;
    slot.activity = &activity;
    const net::Handle handle = impl_->occupy(std::move(slot));
    impl_->wake(handle);
    return handle;
}

net::Handle VirtualLoop::carry(net::Conversation& conversation,
                               const net::Destination& destination) {
    Slot slot;
    slot.activity = slot.conversation = &conversation;
    slot.destination = destination;
    const net::Handle handle = impl_->occupy(std::move(slot));
    impl_->wake(handle);
    return handle;
}

void VirtualLoop::wake(net::Handle handle) {
    impl_->wake(handle);
}

void VirtualLoop::remove(net::Handle handle) {
    if (impl_->slots_.at(handle).connection != 0) {
        impl_->hang_up(handle, Error{ErrorCode::kCancelled, "removed from the loop"},
                       Error{ErrorCode::kClosedByPeer, "the peer closed the connection"});
    }
    impl_->release(handle);
}

std::unique_ptr<net::HttpClient> VirtualLoop::http_client(const net::Destination& destination,
                                                          std::size_t) {
    Impl* const impl = impl_.get();
    const Address address{destination.host, destination.port};
    return std::make_unique<VirtualHttpClient>(
        [impl, address](net::HttpRequest request, net::HttpDone done) {
            auto answer = [impl, done = std::move(done)](net::HttpResponse response) {
                impl->events_.at(impl->now_ + impl->delay(),
                                 [done, response](TimePoint now) { done(response, now); });
            };
            impl->events_.at(impl->now_ + impl->delay(),
                             [impl, address, request, answer = std::move(answer)](TimePoint now) {
                                 impl->serve(address, request, answer, now);
                             });
        });
}

void VirtualLoop::post(std::function<void(TimePoint now)> work) {
    impl_->events_.at(impl_->now_, std::move(work));
}

void VirtualLoop::run() {
    impl_->run();
}

void VirtualLoop::stop() {
    impl_->stopped_ = true;
}

void VirtualLoop::set_recorder(stats::Recorder* recorder) {
    impl_->recorder_ = recorder;
}

void VirtualLoop::serve(std::string host, std::uint16_t port, net::Service& service) {
    impl_->services_[{std::move(host), port}] = &service;
}

void VirtualLoop::serve_http(std::string host, std::uint16_t port, net::HttpHandler& handler) {
    impl_->handlers_[{std::move(host), port}] = &handler;
}

void VirtualLoop::cut_all(const Error& why) {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, connection] : impl_->connections_) {
        numbers.push_back(number);
    }
    std::ranges::sort(numbers);  // The map's own order is not ours to rely on.
    for (const std::uint64_t number : numbers) {
        const auto node = impl_->connections_.extract(number);
        if (!node.mapped().server_left) {
            impl_->end(node.mapped().server, why);
        }
        if (!node.mapped().client_left) {
            impl_->end(node.mapped().client, why);
        }
    }
}

void VirtualLoop::stall_servers_until(TimePoint instant) {
    impl_->stalled_until_ = instant;
}

}  // namespace twinstorm::virtual_net

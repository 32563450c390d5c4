#include "twinstorm/virtual_net/virtual_loop.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "twinstorm/base/check.h"
#include "twinstorm/base/prefetch.h"
#include "virtual_net/virtual_loop_impl.h"

namespace twinstorm::virtual_net {

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
    if (slot.activity == nullptr || slot.moving) {
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
    if (after.activity == nullptr || after.moving) {
        return;
    }
    if (after.connection != 0) {
        resume_later(handle);
    }
    if (after.conversation != nullptr && after.connection == 0 && !after.dialing &&
        !is_server(after) && after.conversation->wants_connection()) {
        dial(handle);
    }
    deadlines_.set(handle, after.activity->next_deadline());
}

void VirtualLoop::Impl::settle() {
    while (!woken_.empty() || !departures_.empty()) {
        for (const net::Handle handle : std::exchange(departures_, {})) {
            move(handle);
        }
        std::vector<net::Handle> woken;
        woken.swap(woken_);
        for (const net::Handle handle : woken) {
            Slot& slot = slots_.at(handle);
            slot.woken = false;
            if (slot.conversation != nullptr) {
                slot.conversation->woken();
            }
            pump(handle);
        }
    }
    ended_.clear();
}

// Of a hundred thousand devices none is in the cache when its turn comes, and each look waits for
// the one before: where its slot is, its connection, its peer. All whose turn is near are fetched
// together, step by step, so that the memory answers many at a time.
void VirtualLoop::Impl::fetch_near() {
    // Where conversations keep what each turn looks at.
    constexpr std::size_t kClientBytes = 256;
    constexpr std::size_t kServerBytes = 320;
    const TimePoint until = now_ + std::chrono::seconds(1);
    fetched_ = deadlines_.buckets_opened();
    near_.clear();
    deadlines_.each_near([this](net::Handle handle) {
        near_.push_back({handle, 0});
        prefetch(&slots_[handle], sizeof(Slot));
    });
    for (const Near& near : near_) {
        const Slot& slot = slots_[near.handle];
        prefetch(slot.activity, kClientBytes);
        if (slot.connection != 0) {
            connections_.prefetch(slot.connection);
        }
    }
    for (Near& near : near_) {
        const Slot& slot = slots_[near.handle];
        if (slot.connection != 0) {
            const Connection& joined = connection(slot.connection);
            near.peer = joined.end_of(joined.client == near.handle);
            prefetch(&slots_[near.peer], sizeof(Slot));
            deadlines_.prefetch(near.peer);
        }
    }
    for (unsigned depth = 0; depth < net::Activity::kDepths; ++depth) {
        for (const Near& near : near_) {
            slots_[near.handle].activity->foresee(depth, until);
            if (depth == 0 && slots_[near.handle].connection != 0) {
                prefetch(slots_[near.peer].conversation, kServerBytes);
            }
        }
    }
}

void VirtualLoop::Impl::run() {
    stopped_ = false;
    settle();
    while (!stopped_) {
        const auto event = events_.earliest();
        const auto deadline = deadlines_.earliest();
        if (deadlines_.buckets_opened() != fetched_) {
            fetch_near();
        }
        if (!event && !deadline) {
            return;  // Nothing will ever happen again.
        }
        if (event && (!deadline || *event <= *deadline)) {
            now_ = std::max(now_, *event);
            EventQueue::Event next = events_.pop();
            if (next.work) {
                next.work(now_);
            } else {
                deliver(std::move(next.delivery));
            }
        } else {
            now_ = std::max(now_, *deadline);
            const net::Handle handle = *deadlines_.pop_due(now_);
            const std::uint32_t generation = slots_.at(handle).generation;
            const auto serve = [this, handle, generation, due = *deadline](TimePoint now) {
                serve_deadline(handle, generation, due, now);
            };
            if (!is_server(slots_.at(handle)) || !stalled(serve)) {
                serve(now_);
            }
        }
        settle();
    }
}

void VirtualLoop::Impl::serve_deadline(net::Handle handle, std::uint32_t generation, TimePoint due,
                                       TimePoint now) {
    const Slot& slot = slots_.at(handle);
    if (slot.generation != generation) {
        return;  // Removed, or moved: its new slot has the deadline, too.
    }
    // A stalled server is late by order, not because the harness was.
    if (recorder_ != nullptr && !is_server(slot)) {
        recorder_->record(stats::Metric::kLoopLag, due, now);
    }
    slot.activity->advance(now);
    pump(handle);
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
    slot.destination = std::make_unique<net::Destination>(destination);
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

void VirtualLoop::hand_over(net::Handle handle, net::Loop& to) {
    TWINSTORM_CHECK(&to == this);
    impl_->depart(handle);
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
    std::vector<std::uint64_t> numbers = impl_->connections_.numbers();
    std::ranges::sort(numbers);  // In the order in which they were made.
    for (const std::uint64_t number : numbers) {
        const std::optional<Connection> lost = impl_->connections_.take(number);
        if (!lost->server_left) {
            impl_->end(lost->server, why);
        }
        if (!lost->client_left) {
            impl_->end(lost->client, why);
        }
    }
}

void VirtualLoop::stall_servers_until(TimePoint instant) {
    // Never shorter: what waits for the old end would come after what came later.
    impl_->stalled_until_ = std::max(impl_->stalled_until_, instant);
}

}  // namespace twinstorm::virtual_net

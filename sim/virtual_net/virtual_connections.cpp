// How two ends are joined, how bytes get from one to the other, and how it ends.
#include <algorithm>
#include <optional>
#include <utility>

#include "twinstorm/base/check.h"
#include "virtual_net/certificate_chain.h"
#include "virtual_net/virtual_loop_impl.h"

namespace twinstorm::virtual_net {

Connection& VirtualLoop::Impl::connection(std::uint64_t number) {
    Connection* const found = connections_.find(number);
    TWINSTORM_CHECK(found != nullptr);
    return *found;
}

Duration VirtualLoop::Impl::delay() {
    const double extra = static_cast<double>(latency_.mean.count()) * random_.exponential();
    return latency_.base + Duration(static_cast<std::int64_t>(extra));
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
    const net::Destination& destination = *slots_.at(client).destination;
    const auto service = services_.find({destination.host, destination.port});
    const net::ClientCertificate* const certificate = destination.certificate;
    const net::Handle server = occupy({});
    std::unique_ptr<net::ServerConversation> accepted;
    if (service != services_.end()) {
        const net::Peer peer{"virtual", certificate != nullptr ? certificates_in(certificate->chain)
                                                               : std::vector<std::string>()};
        accepted = service->second->accept(server, peer, now);
    }
    if (accepted == nullptr) {
        release(server);
        conversation.disconnected(Error{ErrorCode::kUnreachable, "connection refused"}, now);
        pump(client);
        return;
    }
    const std::uint64_t number = connections_.add({client, server, now, now});
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
    Connection& joined = connection(number);
    const bool to_server = joined.client == from;
    TimePoint& last = to_server ? joined.last_to_server : joined.last_to_client;
    last = std::max(last, now_ + delay());
    events_.deliver_at(last, {number, to_server, std::move(bytes)});
}

void VirtualLoop::Impl::deliver(Delivery delivery) {
    const bool to_server = delivery.to_server;
    Connection* const joined = connections_.find(delivery.connection);
    if (joined == nullptr) {
        buffers_.give(std::move(delivery.bytes));  // Lost with its connection.
        return;
    }
    if (to_server && now_ < stalled_until_) {
        events_.deliver_at(stalled_until_, std::move(delivery));
        return;
    }
    if (joined->left(to_server)) {
        buffers_.give(std::move(delivery.bytes));
        return;
    }
    const net::Handle handle = joined->end_of(to_server);
    net::Conversation& conversation = *slots_.at(handle).conversation;
    if (joined->holds(to_server) || !conversation.accepts_input()) {
        joined->held_bytes(to_server).push_back(std::move(delivery.bytes));
        return;
    }
    conversation.receive(delivery.bytes, now_);
    buffers_.give(std::move(delivery.bytes));
    pump(handle);
}

// Each burst that was held is a turn of its own, after which the conversation is asked anew.
void VirtualLoop::Impl::resume_later(net::Handle handle) {
    const std::uint64_t number = slots_.at(handle).connection;
    Connection& joined = connection(number);
    const bool to_server = joined.server == handle;
    if (joined.holds(to_server) && slots_.at(handle).conversation->accepts_input()) {
        events_.at(now_, [this, number, to_server](TimePoint) { resume(number, to_server); });
    }
}

void VirtualLoop::Impl::resume(std::uint64_t number, bool to_server) {
    Connection* const joined = connections_.find(number);
    if (joined == nullptr || joined->left(to_server)) {
        return;
    }
    const net::Handle handle = joined->end_of(to_server);
    if (!joined->holds(to_server) || !slots_.at(handle).conversation->accepts_input()) {
        return;
    }
    std::vector<Buffer>& held = joined->held_bytes(to_server);
    Buffer bytes = std::move(held.front());
    held.erase(held.begin());
    if (held.empty() && joined->held->end) {
        events_.at(now_, [this, number, to_server, why = *joined->held->end](TimePoint) {
            learn_of_end(number, to_server, why);
        });
    }
    slots_.at(handle).conversation->receive(bytes, now_);
    buffers_.give(std::move(bytes));
    pump(handle);
}

// Ends a connection from one side; the other learns of it after all bytes that were on their way.
void VirtualLoop::Impl::hang_up(net::Handle handle, const Error& why_here, const Error& why_there) {
    const std::uint64_t number = slots_.at(handle).connection;
    Connection& joined = connection(number);
    const bool by_client = joined.client == handle;
    const TimePoint learned =
        std::max(by_client ? joined.last_to_server : joined.last_to_client, now_ + delay());
    slots_.at(handle).connection = 0;
    (by_client ? joined.client_left : joined.server_left) = true;
    events_.at(learned, [this, number, by_client, why_there](TimePoint) {
        learn_of_end(number, by_client, why_there);
    });
    const std::uint32_t generation = slots_.at(handle).generation;
    slots_.at(handle).conversation->disconnected(why_here, now_);
    if (slots_.at(handle).generation == generation && is_server(slots_.at(handle))) {
        release(handle);
    }
}

void VirtualLoop::Impl::learn_of_end(std::uint64_t number, bool at_server, const Error& why) {
    Connection* const joined = connections_.find(number);
    if (joined == nullptr) {
        return;
    }
    if (!joined->left(at_server) && joined->holds(at_server)) {
        joined->held->end = why;  // Once it has been told all that came before.
        return;
    }
    const std::optional<Connection> last = connections_.take(number);
    if (!last->left(at_server)) {
        end(last->end_of(at_server), why);
    }
}

void VirtualLoop::Impl::depart(net::Handle handle) {
    Slot& slot = slots_.at(handle);
    if (slot.owned == nullptr || slot.connection == 0) {
        return;  // It has ended first.
    }
    slot.moving = true;
    departures_.push_back(handle);
}

void VirtualLoop::Impl::move(net::Handle from) {
    if (!std::exchange(slots_.at(from).moving, false)) {
        return;  // Removed, or its connection was cut, in the same turn.
    }
    const net::Handle to = occupy({});
    const std::uint32_t generation = slots_.at(to).generation;
    slots_.at(to) = std::move(slots_.at(from));
    slots_.at(to).generation = generation;
    slots_.at(to).woken = false;
    slots_.at(from).owned = nullptr;
    release(from);
    connection(slots_.at(to).connection).server = to;
    slots_.at(to).owned->moved(to, now_);
    pump(to);
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

}  // namespace twinstorm::virtual_net

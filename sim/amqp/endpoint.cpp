#include "twinstorm/amqp/endpoint.h"

#include <utility>

#include "amqp/limits.h"
#include "amqp/service_conversation.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

Service::Service(Options options, Ports ports, WallAnchor anchor, net::Loop& loop)
    : shared_(std::make_unique<Shared>(std::move(options), ports, anchor, loop)) {}

Service::~Service() {
    for (ServiceConversation* const conversation : shared_->conversations) {
        conversation->forget_service();
    }
}

std::unique_ptr<net::ServerConversation> Service::accept(net::Handle handle, const net::Peer& peer,
                                                         TimePoint now) {
    const bool down = shared_->options.down && shared_->options.down();
    if (down || shared_->counts.connections_now >= kConnectionsMax) {
        ++shared_->counts.refused_connections;
        return nullptr;
    }
    ++shared_->counts.connections;
    return std::make_unique<ServiceConversation>(*shared_, handle, peer.address, now);
}

void Service::drop_connections() {
    for (ServiceConversation* const conversation : shared_->conversations) {
        conversation->drop();
    }
}

void Service::announce(std::string events_host) {
    shared_->options.events_host = std::move(events_host);
}

Counts Service::counts() const {
    Counts counts = shared_->counts;
    counts.readers_now = shared_->readers.count();
    return counts;
}

}  // namespace twinstorm::amqp

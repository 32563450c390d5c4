#include "hub/mqtt_service.h"

#include "hub/hub_conversation.h"
#include "hub/limits.h"

namespace twinstorm::hub {

std::unique_ptr<net::ServerConversation> MqttService::accept(net::Handle handle,
                                                             const net::Peer& peer, TimePoint now) {
    if (shard_.faults.down()) {
        return nullptr;
    }
    const std::size_t open = shard_.common.connections;
    if (open >= kConnectionsMax) {
        ++shard_.connections.over_limit;
        shard_.log.line(now, "mqtt: turned {} away: {} connections are open",
                        printable(peer.address), open);
        return nullptr;
    }
    return std::make_unique<HubConversation>(shard_, handle, peer, now);
}

}  // namespace twinstorm::hub

#include "hub/mqtt_service.h"

#include "hub/hub_conversation.h"
#include "hub/limits.h"

namespace twinstorm::hub {

std::unique_ptr<net::Conversation> MqttService::accept(net::Handle handle, std::string_view peer,
                                                       TimePoint now) {
    if (core_.conversations.size() >= kConnectionsMax) {
        ++core_.connections.over_limit;
        core_.log.line(now, "mqtt: turned {} away: {} connections are open", printable(peer),
                       core_.conversations.size());
        return nullptr;
    }
    return std::make_unique<HubConversation>(core_, handle, now);
}

}  // namespace twinstorm::hub

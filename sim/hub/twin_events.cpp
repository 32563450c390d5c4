#include "hub/twin_events.h"

#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {

void tell_twin_change(Shard& shard, const Identity& identity, const TwinStore::Change& change,
                      Instant now) {
    if (!shard.events.routes().twin_changes) {
        return;
    }
    iothub::TwinParts parts;
    parts.header = false;
    parts.tags = change.tags;
    parts.desired = change.desired;
    parts.reported = change.reported;
    boost::json::object document{{"version", identity.twin.version()}};
    for (auto& [key, value] : shard.twins.service_view(identity, parts)) {
        document.emplace(key, std::move(value));
    }
    if (change.tags) {
        document.emplace("tags", boost::json::object());  // Only when there are none left.
    }
    shard.events.append_twin_change(identity, change.replaced ? "replaceTwin" : "updateTwin",
                                    document, now.wall);
}

void tell_lifecycle(Shard& shard, const Identity& identity, Registry::Event event, Instant now) {
    if (!shard.events.routes().lifecycle) {
        return;
    }
    const bool created = event == Registry::Event::kCreated;
    const std::string_view operation =
        identity.record.name.is_module()
            ? (created ? "createModuleIdentity" : "deleteModuleIdentity")
            : (created ? "createDeviceIdentity" : "deleteDeviceIdentity");
    shard.events.append_lifecycle(identity, operation, shard.twins.service_view(identity),
                                  now.wall);
}

}  // namespace twinstorm::hub

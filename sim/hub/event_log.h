// The built-in endpoint's partitions that one shard holds, and who waits at them.
//
// Use:    append_*() as things happen to an identity of this shard; an event whose source is not
//         routed to the endpoint is not made. Readers work on partition(i) and watchers(i).
// Owner:  a shard, on its loop. A partition belongs to the shard that owns its devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/common.h"
#include "hub/identity.h"
#include "hub/instant.h"
#include "twinstorm/events/event.h"
#include "twinstorm/events/partition.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::hub {

class EventLog {
public:
    EventLog(const Common& common, std::size_t shard_index);

    void append_telemetry(const Identity& identity, std::string_view bag,
                          std::span<const std::byte> body, WallTime now);
    // `operation` is `updateTwin` or `replaceTwin`; `change` the changed sections, as a consumer
    // sees them. Ask routes() first: the document costs time.
    void append_twin_change(const Identity& identity, std::string_view operation,
                            const boost::json::object& change, WallTime now);
    // `createDeviceIdentity` ... with the identity's twin.
    void append_lifecycle(const Identity& identity, std::string_view operation,
                          const boost::json::object& twin, WallTime now);
    void append_connection(const Identity& identity, bool connected, WallTime now);

    [[nodiscard]] const Routes& routes() const { return common_.options.routes; }
    [[nodiscard]] const events::Partition& partition(std::size_t index) const {
        return logs_[index]->partition;
    }
    [[nodiscard]] events::WatchList& watchers(std::size_t index) { return logs_[index]->watchers; }

private:
    struct Log {
        explicit Log(events::Partition::Options options) : partition(std::move(options)) {}
        events::Partition partition;
        events::WatchList watchers;
    };

    void append(const events::Arrival& arrival, WallTime now);

    const Common& common_;
    std::vector<std::unique_ptr<Log>> logs_;  // By partition; none where another shard holds it.
    std::uint64_t connection_changes_ = 0;
};

[[nodiscard]] events::Origin origin_of(const Identity& identity);

}  // namespace twinstorm::hub

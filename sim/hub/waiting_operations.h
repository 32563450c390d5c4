// Operations of one connection that are carried out later: a throttle or a fault delays them.
//
// Use:    add() copies what came; take_due() in the order of their instants. Telemetry keeps its
//         order among itself, so that its acknowledgements do, [MQTT-4.6.0-2].
// Owner:  one connection. Limits: full() tells that the connection is to read no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "hub/passage.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/time.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::hub {

class WaitingOperations {
public:
    struct Operation {
        std::string topic;
        Buffer payload;
        std::uint8_t qos = 0;
        std::uint16_t packet_id = 0;
        bool retain = false;
        Passage passage;

        [[nodiscard]] mqtt::Publish packet() const;
    };

    void add(const mqtt::Publish& packet, const Passage& passage, bool in_order, TimePoint now);
    // None: nothing is due yet. `everything`: all that waits, however long it was to wait.
    [[nodiscard]] std::optional<Operation> take_due(TimePoint now, bool everything);

    [[nodiscard]] std::optional<TimePoint> next_due() const;
    [[nodiscard]] bool empty() const { return operations_.empty(); }
    [[nodiscard]] bool full() const;

private:
    std::multimap<TimePoint, Operation> operations_;
    std::size_t bytes_ = 0;
    TimePoint last_in_order_{};
};

}  // namespace twinstorm::hub

#include "hub/waiting_operations.h"

#include <algorithm>
#include <utility>

#include "hub/limits.h"

namespace twinstorm::hub {

mqtt::Publish WaitingOperations::Operation::packet() const {
    mqtt::Publish publish;
    publish.topic = topic;
    publish.payload = payload;
    publish.qos = qos;
    publish.packet_id = packet_id;
    publish.retain = retain;
    return publish;
}

void WaitingOperations::add(const mqtt::Publish& packet, const Passage& passage, bool in_order,
                            TimePoint now) {
    TimePoint due = now + passage.delay;
    if (in_order) {
        due = last_in_order_ = std::max(due, last_in_order_);
    }
    bytes_ += packet.topic.size() + packet.payload.size();
    operations_.emplace(due, Operation{std::string(packet.topic),
                                       Buffer(packet.payload.begin(), packet.payload.end()),
                                       packet.qos, packet.packet_id, packet.retain, passage});
}

std::optional<WaitingOperations::Operation> WaitingOperations::take_due(TimePoint now,
                                                                        bool everything) {
    if (operations_.empty() || (!everything && operations_.begin()->first > now)) {
        return std::nullopt;
    }
    Operation operation = std::move(operations_.begin()->second);
    operations_.erase(operations_.begin());
    bytes_ -= operation.topic.size() + operation.payload.size();
    return operation;
}

std::optional<TimePoint> WaitingOperations::next_due() const {
    return operations_.empty() ? std::nullopt : std::optional(operations_.begin()->first);
}

bool WaitingOperations::full() const {
    return operations_.size() >= kWaitingOperationsMax || bytes_ >= kWaitingBytesMax;
}

}  // namespace twinstorm::hub

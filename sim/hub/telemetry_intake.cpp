#include "hub/telemetry_intake.h"

#include <string>

#include "hub/limits.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What the service adds to the sender's own properties.
std::string with_service_properties(const Telemetry& message) {
    std::string_view bag = message.topic.bag;
    if (bag.ends_with('/')) {
        bag.remove_suffix(1);
    }
    std::string result(bag);
    const auto add = [&result](std::string_view property) {
        result += result.empty() || result == "?" ? "" : "&";
        result += property;
    };
    if (message.retain) {
        add("mqtt-retain=true");
    }
    if (message.will) {
        add("iothub-MessageType=Will");
    }
    return result;
}

void keep(Shard& shard, const Identity& identity, const Telemetry& message, WallTime now) {
    if (!message.retain && !message.will) {
        shard.events.append_telemetry(identity, message.topic.bag, message.payload, now);
        return;
    }
    const std::string bag = with_service_properties(message);
    shard.events.append_telemetry(identity, bag, message.payload, now);
}

}  // namespace

std::optional<Drop> take_telemetry(Shard& shard, Identity& identity, const Telemetry& message,
                                   TimePoint now) {
    const iothub::IdentityName& name = identity.record.name;
    if (message.topic.device_id != name.device_id || message.topic.module_id != name.module_id) {
        return Drop::kForeignTopic;
    }
    const iothub::BagGlance glance = iothub::glance(message.topic.bag);
    if (!glance.valid) {
        return Drop::kPropertyBag;
    }
    const std::size_t message_bytes = message.payload.size() + glance.metered_bytes;
    if (message_bytes > kMessageBytesMax) {
        return Drop::kMessageTooLarge;
    }
    Ledger::Arrival arrival;
    arrival.bytes = message.payload.size();
    arrival.billed = iothub::metered_messages(message_bytes, shard.common.metering_block_bytes);
    arrival.security = glance.security_message;
    arrival.message_id = glance.message_id;
    shard.ledger.record(identity.ledger_slot, name, arrival);
    identity.last_activity = shard.instant(now).wall;
    if (glance.security_message) {
        const std::string_view body = text_of(message.payload);
        const defender::Verdict& verdict =
            shard.security.record(name, message.topic.bag, body, identity.last_activity);
        shard.watch.record(name, message.topic.bag, body, verdict.reason, identity.last_activity);
    } else {
        keep(shard, identity, message, identity.last_activity);
    }
    return std::nullopt;
}

}  // namespace twinstorm::hub

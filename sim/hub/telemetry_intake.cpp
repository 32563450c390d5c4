#include "hub/telemetry_intake.h"

#include "hub/limits.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {

std::optional<Drop> take_telemetry(Core& core, Identity& identity,
                                   const iothub::TelemetryTopic& topic, std::size_t payload_bytes,
                                   TimePoint now) {
    const iothub::IdentityName& name = identity.record.name;
    if (topic.device_id != name.device_id || topic.module_id != name.module_id) {
        return Drop::kForeignTopic;
    }
    const iothub::BagGlance glance = iothub::glance(topic.bag);
    if (!glance.valid) {
        return Drop::kPropertyBag;
    }
    const std::size_t message_bytes = payload_bytes + glance.metered_bytes;
    if (message_bytes > kMessageBytesMax) {
        return Drop::kMessageTooLarge;
    }
    Ledger::Arrival arrival;
    arrival.bytes = payload_bytes;
    arrival.billed = iothub::metered_messages(message_bytes, core.metering_block_bytes);
    arrival.security = glance.security_message;
    arrival.message_id = glance.message_id;
    core.ledger.record(identity.ledger_slot, name, arrival);
    identity.last_activity = core.anchor.at(now);
    return std::nullopt;
}

}  // namespace twinstorm::hub

// Messages that clients send here [AMQP-3.2]: requests to `$cbs` and `$management`, and
// cloud-to-device messages.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "amqp/value.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/error.h"

namespace twinstorm::amqp {

struct Message {
    Value properties{};   // A list, or null.
    Value annotations{};  // A map, or null; so is application.
    Value application{};
    std::string body{};  // All data sections, or the text of an AMQP value.

    [[nodiscard]] const Value& message_id() const { return properties.field(0); }
    [[nodiscard]] std::string reply_to() const { return properties.field(4).to_text(); }
};

// Errors: kMalformedPacket.
[[nodiscard]] Result<Message> decode_message(std::span<const std::byte> bytes);

// Errors: kInvalidArgument when `to` names no device, or when a value is none a device can get.
[[nodiscard]] Result<CloudMessage> to_cloud_message(const Message& message);

}  // namespace twinstorm::amqp

// The property bag of a cloud-to-device message, as its topic says it, and the names of its acks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

struct CloudBag {
    std::string text;               // Encoded.
    std::size_t metered_bytes = 0;  // What it adds to the body's size.
};

// `expiry` is said when the sender said one.
[[nodiscard]] CloudBag cloud_bag(const amqp::CloudMessage& message, WallTime expiry);

// `positive`, as in `iothub-ack`.
[[nodiscard]] std::string_view name(amqp::AckMode ack);
[[nodiscard]] std::optional<amqp::AckMode> ack_named(std::string_view text);

}  // namespace twinstorm::hub

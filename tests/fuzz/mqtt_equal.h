// Packets compared field by field; the packets themselves are views and have no equality.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

[[nodiscard]] bool equal(const Packet& a, const Packet& b);

// The packet's bytes, whatever its type.
[[nodiscard]] std::vector<std::byte> encode(const Packet& packet);

}  // namespace twinstorm::mqtt

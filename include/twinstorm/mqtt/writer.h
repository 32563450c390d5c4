// Appends encoded packets to a buffer. What is passed must be a valid packet: lengths within
// their fields, QoS 0..2, packet identifiers where they belong. That is checked by assertion.
//
// Cost: one growth check and copies; no allocation once the buffer is warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

void write(std::vector<std::byte>& out, const Connect& packet);
void write(std::vector<std::byte>& out, const ConnAck& packet);
void write(std::vector<std::byte>& out, const Publish& packet);
void write(std::vector<std::byte>& out, const PubAck& packet);
void write(std::vector<std::byte>& out, const PubRec& packet);
void write(std::vector<std::byte>& out, const PubRel& packet);
void write(std::vector<std::byte>& out, const PubComp& packet);
void write(std::vector<std::byte>& out, const SubAck& packet);
void write(std::vector<std::byte>& out, const UnsubAck& packet);
void write(std::vector<std::byte>& out, const PingReq& packet);
void write(std::vector<std::byte>& out, const PingResp& packet);
void write(std::vector<std::byte>& out, const Disconnect& packet);
void write_subscribe(std::vector<std::byte>& out, std::uint16_t packet_id,
                     std::span<const Subscription> subscriptions);
void write_unsubscribe(std::vector<std::byte>& out, std::uint16_t packet_id,
                       std::span<const std::string_view> filters);

// The bytes that write() will append for this packet.
[[nodiscard]] std::size_t encoded_size(const Publish& packet);

}  // namespace twinstorm::mqtt

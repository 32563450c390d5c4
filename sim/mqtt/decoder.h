// Decodes the part of a packet that follows its fixed header.
//
// The packet is made where the reader's caller wants it, by returning the same type all the way:
// a Packet is as large as CONNECT, and copying it costs more than decoding a PUBACK.
#pragma once

#include "mqtt/fixed_header.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"

namespace twinstorm::mqtt {

// Never none. The body is exactly header.remaining_bytes long.
[[nodiscard]] Reader::Next decode_body(const FixedHeader& header, Bytes body);

}  // namespace twinstorm::mqtt

// Finds and decodes packets in a stream that arrives in pieces of any size.
//
// Use:    feed() what was read; then next() until it gives none. Packets view the bytes fed, or
//         the reader's own store for a packet that came in pieces; both hold until the next feed().
// Owner:  one conversation. Holds no memory while no packet is incomplete.
// Limits: a packet over packet_bytes_max is refused as soon as its length is known.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <tl/expected.hpp>

#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

// One whole packet, fixed header included, as cut out by a reader.
[[nodiscard]] tl::expected<Packet, Malformation> decode(Bytes packet);

class Reader {
public:
    explicit Reader(std::size_t packet_bytes_max) : packet_bytes_max_(packet_bytes_max) {}

    void feed(Bytes bytes);

    // The next whole packet; none when more bytes are needed. After a malformation the stream is
    // lost ([MQTT-4.8.0-1]: close the connection) and next() repeats the malformation.
    [[nodiscard]] tl::expected<std::optional<Packet>, Malformation> next();

    void reset();  // For a new connection.

private:
    std::size_t packet_bytes_max_;
    Bytes fed_;
    std::vector<std::byte> partial_;
    std::optional<Malformation> malformation_;
};

}  // namespace twinstorm::mqtt

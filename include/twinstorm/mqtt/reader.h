// Finds and decodes packets in a stream that arrives in pieces of any size.
//
// Use:    feed() what was read; then next() until it gives none (or a malformation). Packets view
//         the bytes fed, or the reader's own store for a packet that came in pieces; both hold
//         until next() gives none. Feeding before that is a bug: the rest would be lost.
// Owner:  one conversation. Holds no memory while no packet is incomplete.
// Limits: a packet over packet_bytes_max, fixed header included, is refused as soon as its length
//         is known.
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
    using Next = tl::expected<std::optional<Packet>, Malformation>;

    explicit Reader(std::size_t packet_bytes_max) : packet_bytes_max_(packet_bytes_max) {}

    void feed(Bytes bytes);

    // The next whole packet; none when more bytes are needed. After a malformation the stream is
    // lost ([MQTT-4.8.0-1]: close the connection) and next() repeats the malformation.
    [[nodiscard]] Next next();

    void reset();  // For a new connection.

    // What the store for a packet in pieces takes now: nothing while none is incomplete.
    [[nodiscard]] std::size_t stored_bytes() const { return partial_.capacity(); }

private:
    [[nodiscard]] Next read_next();
    [[nodiscard]] Next next_from_fed();
    [[nodiscard]] Next next_from_partial();
    [[nodiscard]] Next keep_rest();
    void take_fed(std::size_t size);
    void release();

    std::size_t packet_bytes_max_;
    Bytes fed_;
    std::vector<std::byte> partial_;
    bool partial_decoded_ = false;  // Its packet is whole, given out, and may still be looked at.
    std::optional<Malformation> malformation_;
};

}  // namespace twinstorm::mqtt

#include "fuzz/mqtt_properties.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/mqtt_equal.h"
#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::fuzz {
namespace {

using mqtt::Bytes;
using mqtt::Malformation;
using mqtt::Packet;
using Store = std::vector<std::byte>;

constexpr std::size_t kPacketBytesMax = 65'536;
constexpr std::size_t kLowPacketBytesMax = 24;

// What a stream says: its packets, written again one by one, and how it ends.
struct Reading {
    std::vector<Store> packets;
    std::optional<Malformation> malformation;
    std::size_t stored_bytes = 0;
    Verdict verdict;

    bool operator==(const Reading& other) const {
        return packets == other.packets && malformation == other.malformation;
    }
};

Verdict check_packet(const Packet& packet) {
    const Store bytes = mqtt::encode(packet);
    const auto again = mqtt::decode(bytes);
    if (!again) {
        return "what was written is refused: " + std::string(mqtt::describe(again.error()));
    }
    if (!mqtt::equal(packet, *again)) {
        return "a packet changes when it is written and decoded";
    }
    if (const auto* publish = std::get_if<mqtt::Publish>(&packet)) {
        if (mqtt::encoded_size(*publish) != bytes.size()) {
            return "encoded_size() foretells another size than write() takes";
        }
    }
    return std::nullopt;
}

// Takes all packets that are whole by now.
void drain(mqtt::Reader& reader, Reading& reading) {
    for (;;) {
        const auto next = reader.next();
        if (!next) {
            reading.malformation = next.error();
            return;
        }
        if (!*next) {
            return;
        }
        if (const Verdict verdict = check_packet(**next)) {
            reading.verdict = verdict;
        }
        reading.packets.push_back(mqtt::encode(**next));
    }
}

// Each piece is fed from memory of its own, gone afterwards, so that a sanitizer sees a view that
// outlives it.
Reading read_in_pieces(Bytes input, std::size_t piece_bytes, std::size_t packet_bytes_max) {
    mqtt::Reader reader(packet_bytes_max);
    Reading reading;
    while (!input.empty() && !reading.malformation) {
        const Bytes piece = input.first(std::min(piece_bytes, input.size()));
        const Store memory(piece.begin(), piece.end());
        reader.feed(memory);
        drain(reader, reading);
        input = input.subspan(piece.size());
    }
    reading.stored_bytes = reader.stored_bytes();
    return reading;
}

Verdict check_low_limit(Bytes input, const Reading& whole) {
    const Reading limited = read_in_pieces(input, input.size(), kLowPacketBytesMax);
    if (limited.packets.size() > whole.packets.size() ||
        !std::equal(limited.packets.begin(), limited.packets.end(), whole.packets.begin())) {
        return "a lower limit changes the packets before it";
    }
    if (limited.malformation != Malformation::kPacketTooLarge && !(limited == whole)) {
        return "a lower limit ends the stream with something else";
    }
    return std::nullopt;
}

// decode() takes the whole input as one packet, and must then agree with the reader.
Verdict check_decode(Bytes input, const Reading& whole) {
    const auto packet = mqtt::decode(input);
    if (!packet) {
        return std::nullopt;
    }
    if (whole.malformation || whole.packets.size() != 1 ||
        whole.packets.front() != mqtt::encode(*packet)) {
        return "decode() takes for a packet what the reader does not";
    }
    return std::nullopt;
}

}  // namespace

Verdict check_mqtt(std::span<const std::byte> input) {
    if (input.empty() || input.size() > kPacketBytesMax) {
        return std::nullopt;
    }
    const Reading whole = read_in_pieces(input, input.size(), kPacketBytesMax);
    if (whole.verdict) {
        return whole.verdict;
    }
    if (whole.malformation && whole.stored_bytes > 0) {
        return "a reader holds memory after a malformation";
    }
    const std::size_t odd_bytes = 2 + std::to_integer<std::size_t>(input.back()) % 30;
    for (const std::size_t piece_bytes : {std::size_t{1}, odd_bytes}) {
        const Reading pieces = read_in_pieces(input, piece_bytes, kPacketBytesMax);
        if (!(pieces == whole)) {
            return "pieces of " + std::to_string(piece_bytes) + " bytes read differently";
        }
    }
    if (const Verdict verdict = check_low_limit(input, whole)) {
        return verdict;
    }
    return check_decode(input, whole);
}

}  // namespace twinstorm::fuzz

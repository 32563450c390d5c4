// What a packet costs: time, and allocations, which must be none once buffers are warm.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "support/allocations.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::bench {
namespace {

using Buffer = std::vector<std::byte>;

constexpr std::size_t kPacketBytesMax = 262'144;
constexpr std::uint16_t kPubAcks = 1'000;

// A security message's topic: 129 bytes, as a micro agent sends it.
constexpr std::string_view kTopic =
    "devices/gw-00001/modules/DefenderIotMicroAgent/messages/events/"
    "%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&%24.ce=utf-8";

mqtt::Bytes bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

// Reports what the packets of one benchmark took from the heap, after its first turn.
class AllocationMeter {
public:
    explicit AllocationMeter(benchmark::State& state, std::int64_t packets_per_turn = 1)
        : state_(state), packets_per_turn_(packets_per_turn), start_(support::allocations()) {}

    ~AllocationMeter() {
        const auto taken = static_cast<double>(support::allocations() - start_);
        const auto packets = state_.iterations() * packets_per_turn_;
        state_.SetItemsProcessed(packets);
        state_.counters["allocations_per_packet"] = taken / static_cast<double>(packets);
    }
    AllocationMeter(const AllocationMeter&) = delete;
    AllocationMeter& operator=(const AllocationMeter&) = delete;

private:
    benchmark::State& state_;
    std::int64_t packets_per_turn_;
    std::uint64_t start_;
};

mqtt::Publish publish_of(mqtt::Bytes payload) {
    return {.topic = kTopic, .payload = payload, .packet_id = 1, .qos = 1};
}

mqtt::Connect connect_packet() {
    return {.client_id = "gw-00001/DefenderIotMicroAgent",
            .keep_alive = 240,
            .user_name =
                "hub.azure-devices.net/gw-00001/DefenderIotMicroAgent/"
                "?api-version=2021-04-12&DeviceClientType=twinstorm",
            .password = bytes("SharedAccessSignature sr=hub.azure-devices.net%2Fdevices%2Fgw-00001"
                              "%2Fmodules%2FDefenderIotMicroAgent&sig=f0YEg4l5HWzskxGmlbtbEGU%2B"
                              "CI85GOW%2BFGAQOs4pKaE%3D&se=1893456000")};
}

// Reads the stream once; a malformation would make the figures worthless.
std::int64_t read_all(mqtt::Reader& reader, const Buffer& stream) {
    std::int64_t packets = 0;
    reader.feed(stream);
    for (;;) {
        const auto next = reader.next();
        if (!next) {
            std::abort();
        }
        if (!*next) {
            return packets;
        }
        benchmark::DoNotOptimize(**next);
        ++packets;
    }
}

template <class Packet>
void encode_one(benchmark::State& state, const Packet& packet) {
    Buffer out;
    mqtt::write(out, packet);
    const AllocationMeter meter(state);
    for ([[maybe_unused]] auto turn : state) {
        out.clear();
        mqtt::write(out, packet);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}

template <class Packet>
void decode_one(benchmark::State& state, const Packet& packet) {
    Buffer stream;
    mqtt::write(stream, packet);
    mqtt::Reader reader(kPacketBytesMax);
    const AllocationMeter meter(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(read_all(reader, stream));
    }
}

void encode_publish(benchmark::State& state) {
    const Buffer payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
    encode_one(state, publish_of(payload));
}

void decode_publish(benchmark::State& state) {
    const Buffer payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
    decode_one(state, publish_of(payload));
}

// A stream of publishes read through buffers that end in the middle of a packet.
void decode_publish_cut(benchmark::State& state) {
    const Buffer payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
    Buffer stream;
    constexpr std::int64_t kPackets = 16;
    for (std::int64_t count = 0; count < kPackets; ++count) {
        mqtt::write(stream, publish_of(payload));
    }
    const std::size_t cut = mqtt::encoded_size(publish_of(payload)) / 2;
    Buffer turned(stream.begin() + static_cast<std::ptrdiff_t>(cut), stream.end());
    turned.insert(turned.end(), stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(cut));
    mqtt::Reader reader(kPacketBytesMax);
    read_all(reader, Buffer(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(cut)));
    read_all(reader, turned);
    const AllocationMeter meter(state, kPackets);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(read_all(reader, turned));
    }
}

void encode_connect(benchmark::State& state) {
    encode_one(state, connect_packet());
}

void decode_connect(benchmark::State& state) {
    decode_one(state, connect_packet());
}

void encode_puback_stream(benchmark::State& state) {
    Buffer out(std::size_t{4} * kPubAcks);
    const AllocationMeter meter(state, kPubAcks);
    for ([[maybe_unused]] auto turn : state) {
        out.clear();
        for (std::uint16_t id = 1; id <= kPubAcks; ++id) {
            mqtt::write(out, mqtt::PubAck{id});
        }
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}

void decode_puback_stream(benchmark::State& state) {
    Buffer stream;
    for (std::uint16_t id = 1; id <= kPubAcks; ++id) {
        mqtt::write(stream, mqtt::PubAck{id});
    }
    mqtt::Reader reader(kPacketBytesMax);
    const AllocationMeter meter(state, kPubAcks);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(read_all(reader, stream));
    }
}

BENCHMARK(encode_publish)->Arg(256)->Arg(4'096);
BENCHMARK(decode_publish)->Arg(256)->Arg(4'096);
BENCHMARK(decode_publish_cut)->Arg(256)->Arg(4'096);
BENCHMARK(encode_connect);
BENCHMARK(decode_connect);
BENCHMARK(encode_puback_stream);
BENCHMARK(decode_puback_stream);

}  // namespace
}  // namespace twinstorm::bench

// What the encoders cost: entries a second, bytes and allocations for each, by encoding and kind of
// entry. Entries are of all programs and connections, a minute's worth of seconds apart.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "agent/message_writer.h"
#include "support/allocations.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kEntries = 256;  // As many as a collector's cache holds.

template <class Event>
Kept<Event> entry(std::uint64_t number) {
    Kept<Event> made;
    made.event.at = kRunStart + 28s * number;
    made.event.id = 2 * number;
    made.event.process_id = 4'000 + 3 * static_cast<std::uint32_t>(number);
    made.last = made.event.at + 700s;
    made.hit_count = static_cast<std::uint32_t>(1 + number % 40);
    return made;
}

std::vector<Kept<host::ProcessEvent>> processes() {
    std::vector<Kept<host::ProcessEvent>> made;
    for (std::uint64_t i = 0; i < kEntries; ++i) {
        made.push_back(entry<host::ProcessEvent>(i));
        made.back().event.parent_process_id = 812;
        made.back().event.program =
            static_cast<std::uint16_t>(i % host::catalogue().programs.size());
        made.back().event.user = static_cast<std::uint16_t>(i % host::catalogue().users.size());
    }
    return made;
}

std::vector<Kept<host::FlowEvent>> flows() {
    std::vector<Kept<host::FlowEvent>> made;
    for (std::uint64_t i = 0; i < kEntries; ++i) {
        made.push_back(entry<host::FlowEvent>(i));
        host::FlowEvent& flow = made.back().event;
        flow.bytes_in = 1'000 * i;
        flow.bytes_out = 70 * i;
        flow.local_address = 0xc0a80142;
        flow.remote_address = 0xcb007100 + static_cast<std::uint32_t>(i);
        flow.local_port = static_cast<std::uint16_t>(32'768 + i);
        flow.remote_port = 443;
        flow.connection = static_cast<std::uint16_t>(i % host::catalogue().connections.size());
    }
    return made;
}

std::vector<Kept<host::LoginEvent>> logins() {
    std::vector<Kept<host::LoginEvent>> made;
    for (std::uint64_t i = 0; i < kEntries; ++i) {
        made.push_back(entry<host::LoginEvent>(i));
        made.back().event.remote_address = 0xcb007107;
        made.back().event.remote_port = 51'514;
        made.back().aggregated = false;
    }
    return made;
}

template <class Event>
void encode(benchmark::State& state, Encoding encoding, Family family,
            const std::vector<Kept<Event>>& entries) {
    const WallAnchor anchor{kVirtualEpoch};
    const host::Host device("gw-00001", 1, host::Kind::kGateway, anchor);
    const Sender sender{.host = device, .anchor = anchor, .family = family, .encoding = encoding};
    Batch batch;
    std::uint64_t bytes = 0;
    const auto write = [&] {
        batch.clear();
        MessageWriter writer(batch, sender, SendPriority::kLow);
        writer.begin_flows(kRunStart);
        for (const Kept<Event>& one : entries) {
            benchmark::DoNotOptimize(writer.add(one));
        }
        writer.end_flows();
        writer.finish();
        bytes += batch.bytes.size();
    };
    write();  // Warm.
    bytes = 0;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        write();
    }
    const auto made = static_cast<double>(support::allocations() - before);
    const auto written = static_cast<double>(state.iterations()) * kEntries;
    state.counters["bytes_per_event"] = static_cast<double>(bytes) / written;
    state.counters["allocations"] = made;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEntries));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(encode, process_json, Encoding::kJson, Family::kMicroLinux, processes());
BENCHMARK_CAPTURE(encode, process_shipped_c, Encoding::kJsonAsShipped, Family::kLegacyC,
                  processes());
BENCHMARK_CAPTURE(encode, process_extended, Encoding::kJsonExtended, Family::kMicroLinux,
                  processes());
BENCHMARK_CAPTURE(encode, process_flat, Encoding::kFlatBuffers, Family::kMicroLinux, processes());
BENCHMARK_CAPTURE(encode, flow_json, Encoding::kJson, Family::kMicroLinux, flows());
BENCHMARK_CAPTURE(encode, flow_shipped_cs, Encoding::kJsonAsShipped, Family::kLegacyCs, flows());
BENCHMARK_CAPTURE(encode, flow_extended, Encoding::kJsonExtended, Family::kMicroLinux, flows());
BENCHMARK_CAPTURE(encode, flow_flat, Encoding::kFlatBuffers, Family::kMicroLinux, flows());
BENCHMARK_CAPTURE(encode, flow_flat_rtos, Encoding::kFlatBuffers, Family::kMicroRtos, flows());
BENCHMARK_CAPTURE(encode, login_json, Encoding::kJson, Family::kMicroLinux, logins());

// A message of one event, as an open load sends them: with all that a writer costs by itself.
void one_event(benchmark::State& state, Encoding encoding) {
    const WallAnchor anchor{kVirtualEpoch};
    const host::Host device("gw-00001", 1, host::Kind::kGateway, anchor);
    const Sender sender{.host = device, .anchor = anchor, .encoding = encoding};
    const auto entries = processes();
    Batch batch;
    std::size_t next = 0;
    for (auto _ : state) {
        batch.clear();
        MessageWriter writer(batch, sender, SendPriority::kLow);
        benchmark::DoNotOptimize(writer.add(entries[next++ % entries.size()]));
        writer.finish();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(one_event, json, Encoding::kJson);
BENCHMARK_CAPTURE(one_event, flat, Encoding::kFlatBuffers);

}  // namespace
}  // namespace twinstorm::agent

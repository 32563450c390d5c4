#include "twinstorm/agent/open_load.h"

#include <array>

#include "agent/aggregation.h"
#include "agent/caches.h"
#include "agent/message_writer.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

using host::Stream;

// More than any event of a stream takes, in any encoding.
constexpr std::size_t kEntryBytesMax = 2'048;

class Emission {
public:
    Emission(const Sender& sender, Workbench& bench)
        : bytes_max_(sender.bytes_max),
          family_(sender.family),
          bench_(bench),
          writer_(bench.batch, sender, SendPriority::kHigh) {}

    void write_all(TimePoint at) {
        for (const host::LoginEvent& login : bench_.seen.logins) {
            write(alone(login), 1);
        }
        aggregate(family_, {}, bench_.seen.processes, bench_.caches->processes);
        write_cache(bench_.caches->processes);
        aggregate(family_, {}, bench_.seen.flows, bench_.caches->flows);
        if (bench_.caches->flows.size() > 0) {
            writer_.begin_flows(at);
            write_cache(bench_.caches->flows);
            writer_.end_flows();
        }
    }

    void finish() { writer_.finish(); }
    [[nodiscard]] bool wrote() const { return written_ > 0; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    template <class Event>
    void write(const Kept<Event>& entry, std::uint64_t events) {
        const bool has_room = writer_.bytes() + kEntryBytesMax <= bytes_max_;
        (has_room && writer_.add(entry) ? written_ : dropped_) += events;
    }
    template <class Event>
    void write_cache(const EventCache<Event>& cache) {
        for (std::size_t i = 0; i < cache.size(); ++i) {
            write(cache[i], cache.events(i));
        }
    }

    std::size_t bytes_max_;
    Family family_;
    Workbench& bench_;
    MessageWriter writer_;
    std::uint64_t written_ = 0;
    std::uint64_t dropped_ = 0;
};

std::uint64_t skipped(const host::Happenings& seen) {
    std::uint64_t sum = 0;
    for (const std::uint64_t events : seen.skipped) {
        sum += events;
    }
    return sum;
}

}  // namespace

void OpenLoad::emit(const Sender& sender, host::StreamSet streams, TimePoint at, Workbench& bench) {
    ++emitted;
    Sender own = sender;
    own.id_seed = derive(sender.id_seed, emitted);  // Two messages may be due at one instant.
    bench.seen.clear();
    if (unsent_since < at && !streams.empty()) {
        sender.host.look(streams, unsent_since, at, bench.seen);
    }
    unsent_since = std::max(unsent_since, at);
    Emission emission(own, bench);
    emission.write_all(at);
    // Of all streams, programs start most often; and every encoding has a form for one of these.
    for (const Stream stream : {Stream::kProcesses, Stream::kFlows, Stream::kLogins}) {
        const bool asked = streams.has(stream) || (streams.empty() && stream == Stream::kProcesses);
        if (!emission.wrote() && asked) {
            bench.seen.clear();
            sender.host.add_one(stream, emitted, at, bench.seen);
            emission.write_all(at);
        }
    }
    if (!emission.wrote()) {
        bench.seen.clear();
        sender.host.add_one(Stream::kProcesses, emitted, at, bench.seen);
        emission.write_all(at);
    }
    events_dropped += emission.dropped() + skipped(bench.seen);
    emission.finish();
}

}  // namespace twinstorm::agent

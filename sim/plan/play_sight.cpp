#include "twinstorm/plan/play_sight.h"

#include <algorithm>
#include <bitset>

namespace twinstorm::plan {
namespace {

using agent::Encoding;
using agent::Family;
using host::Snapshot;
using host::Stream;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kSnapshots = 4;
constexpr std::size_t kPlaces = host::kStreamCount + kSnapshots;

// Streams, then snapshots.
using Places = std::bitset<kPlaces>;

constexpr std::size_t place(Stream stream) {
    return static_cast<std::size_t>(stream);
}
constexpr std::size_t place(Snapshot snapshot) {
    return host::kStreamCount + static_cast<std::size_t>(snapshot);
}

template <class... Which>
Places places(Which... which) {
    Places all;
    (all.set(place(which)), ...);
    return all;
}

Places places_of(const host::PlaybookFacts& playbook) {
    Places all;
    for (std::size_t i = 0; i < host::kStreamCount; ++i) {
        all.set(i, playbook.streams.has(static_cast<Stream>(i)));
    }
    if (playbook.snapshot) {
        all.set(place(*playbook.snapshot));
    }
    return all;
}

Places watched_by(Family family) {
    switch (family) {
        case Family::kMicroLinux:
            return places(Stream::kProcesses, Stream::kFlows, Stream::kLogins, Stream::kFiles,
                          Stream::kPeripherals, Stream::kLogs, Snapshot::kChecks);
        case Family::kLegacyC:
        case Family::kLegacyCs:
            return places(Stream::kProcesses, Stream::kFlows, Stream::kLogins, Snapshot::kChecks,
                          Snapshot::kListeningPorts, Snapshot::kFirewallRules, Snapshot::kUsers);
        case Family::kMicroRtos:
            return places(Stream::kFlows);
        case Family::kTemplate:
            break;  // Its payloads are written down, whatever happens.
    }
    return {};
}

Places written_in(Encoding encoding) {
    switch (encoding) {
        case Encoding::kJson:
        case Encoding::kJsonAsShipped:
            return places(Stream::kProcesses, Stream::kFlows, Stream::kLogins, Stream::kLogs,
                          Snapshot::kChecks, Snapshot::kListeningPorts, Snapshot::kFirewallRules,
                          Snapshot::kUsers);
        case Encoding::kJsonExtended:
            return ~Places();
        case Encoding::kFlatBuffers:
            return places(Stream::kProcesses, Stream::kFlows, Stream::kLogs, Snapshot::kChecks,
                          Snapshot::kListeningPorts);
        case Encoding::kTemplate:
            break;
    }
    return {};
}

Duration micro_interval(std::size_t where) {
    const bool medium = places(Stream::kProcesses, Stream::kFlows, Stream::kLogins).test(where);
    return medium ? Duration(minutes(120)) : Duration(minutes(1440));
}

// What is aggregated waits for its hour, too, but is sent with the low queue all the same.
Duration legacy_interval(std::size_t where) {
    if (where == place(Stream::kLogins)) {
        return minutes(7);
    }
    const bool event = where < host::kStreamCount;
    return event ? Duration(hours(5)) : Duration(hours(13));
}

Duration interval(Family family, std::size_t where) {
    switch (family) {
        case Family::kMicroLinux:
            return micro_interval(where);
        case Family::kLegacyC:
        case Family::kLegacyCs:
            return legacy_interval(where);
        case Family::kMicroRtos:
            return seconds(10);
        case Family::kTemplate:
            break;
    }
    return Duration::max();
}

Places told_by(const agent::Persona& persona, const host::PlaybookFacts& playbook) {
    return places_of(playbook) & watched_by(persona.family) & written_in(persona.options.encoding);
}

}  // namespace

bool sees(const agent::Persona& persona, const host::PlaybookFacts& playbook) {
    return told_by(persona, playbook).any();
}

Duration send_interval(const agent::Persona& persona, const host::PlaybookFacts& playbook) {
    const Places told = told_by(persona, playbook);
    Duration shortest = Duration::max();
    for (std::size_t i = 0; i < kPlaces; ++i) {
        if (told.test(i)) {
            shortest = std::min(shortest, interval(persona.family, i));
        }
    }
    return shortest;
}

}  // namespace twinstorm::plan

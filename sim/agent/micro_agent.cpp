#include "twinstorm/agent/micro_agent.h"

#include <algorithm>
#include <chrono>

#include "agent/event_cache.h"
#include "agent/security_message.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

// The published core's way to keep a fleet that starts together from sending together.
constexpr Duration kFirstCollectionAfter = 30s;
constexpr std::uint64_t kFirstCollectionSpread = 60;  // Seconds: 30..89.

// Half of what is promised; the other half is for what a string and an allocator add.
static_assert(sizeof(MicroAgent) + kHostNameBytesMax + 1 <= 1024);

// How many of the newest processes and flows fit: each kind gets half of the room, and what the
// other leaves over.
struct Shares {
    std::size_t processes;
    std::size_t flows;
};

Shares share_out(std::size_t room, std::size_t processes, std::size_t flows) {
    const std::size_t flow_bytes = flows * SecurityMessage::kFlowBytesMax;
    const std::size_t process_room = room - std::min(room / 2, flow_bytes);
    const std::size_t process_count =
        std::min(processes, process_room / SecurityMessage::kProcessBytesMax);
    const std::size_t flow_room = room - process_count * SecurityMessage::kProcessBytesMax;
    return {process_count, std::min(flows, flow_room / SecurityMessage::kFlowBytesMax)};
}

// What an open load sends when nothing happened by itself.
Collector most_frequent(CollectorSet enabled) {
    for (const Collector collector :
         {Collector::kProcess, Collector::kNetworkActivity, Collector::kLogin}) {
        if (enabled.has(collector)) {
            return collector;
        }
    }
    return Collector::kProcess;
}

template <class Events>
void add_all(const Events& events, SecurityMessage& message) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        message.add(events[i]);
    }
}

}  // namespace

MicroAgent::MicroAgent(std::string_view device_id, std::uint64_t seed, WallAnchor anchor)
    : profile_(make_profile(device_id, derive(seed, device_id))),
      anchor_(anchor),
      source_(derive(derive(seed, device_id), "events")) {}

void MicroAgent::start(TimePoint now) {
    const std::chrono::seconds jitter(source_.random().below(kFirstCollectionSpread));
    schedule_.start(configuration_, now + kFirstCollectionAfter + jitter);
    source_.start(configuration_, profile_, now);
}

ConfigurationOutcome MicroAgent::apply(const boost::json::object& desired, TimePoint now) {
    ConfigurationOutcome outcome = parse_configuration(desired);
    schedule_.reconfigure(configuration_, outcome.configuration, now);
    configuration_ = outcome.configuration;
    if (schedule_.started()) {
        source_.reconfigure(configuration_, profile_, now);
    }
    return outcome;
}

bool MicroAgent::send_due(TimePoint now, std::string& body) {
    const CollectorSet due = schedule_.take_due(configuration_, now);
    return !due.empty() && write(due, now, body);
}

bool MicroAgent::flush(TimePoint now, std::string& body) {
    return write(enabled_event_collectors(), now, body);
}

void MicroAgent::emit(TimePoint now, std::string& body) {
    const CollectorSet enabled = enabled_event_collectors();
    GatheredEvents events(configuration_);
    source_.gather(enabled, profile_, now, events);
    if (events.empty()) {
        source_.add_one(most_frequent(enabled), profile_, now, events);
    }
    SecurityMessage message(body, profile_, anchor_, source_.random());
    write_events(events, message);
    static_cast<void>(message.finish());
}

CollectorSet MicroAgent::enabled_event_collectors() const {
    CollectorSet enabled;
    for (const Collector collector : kEventCollectors) {
        if (!configuration_[collector].disabled) {
            enabled.add(collector);
        }
    }
    return enabled;
}

bool MicroAgent::write(CollectorSet which, TimePoint now, std::string& body) {
    GatheredEvents events(configuration_);
    source_.gather(which, profile_, now, events);
    SecurityMessage message(body, profile_, anchor_, source_.random());
    write_snapshots(which, now, message);
    write_events(events, message);
    return message.finish();
}

void MicroAgent::write_snapshots(CollectorSet which, TimePoint now, SecurityMessage& message) {
    if (which.has(Collector::kSystemInformation)) {
        message.add_system_information(now);
    }
    if (which.has(Collector::kHeartbeat)) {
        message.add_heartbeat(now);
    }
}

void MicroAgent::write_events(GatheredEvents& events, SecurityMessage& message) {
    constexpr std::size_t kRoom = kMessageBytesMax - SecurityMessage::kEnvelopeBytesMax -
                                  SecurityMessage::kSystemInformationBytesMax -
                                  SecurityMessage::kHeartbeatBytesMax -
                                  kLoginEntriesMax * SecurityMessage::kLoginBytesMax;
    const Shares shares = share_out(kRoom, events.processes.size(), events.flows.size());
    events.processes.keep_newest(shares.processes);
    events.flows.keep_newest(shares.flows);
    source_.count_dropped(events.dropped());
    add_all(events.logins, message);
    add_all(events.flows, message);
    add_all(events.processes, message);
}

}  // namespace twinstorm::agent

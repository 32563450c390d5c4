// The Defender micro agent of one virtual device: configuration, collectors, schedule, messages.
//
// Use:    start(); then, when next_send() has passed, send_due() builds the message; apply() takes
//         the twin's desired properties; flush() and emit() build messages outside the schedule.
//         Knows no MQTT: bodies are JSON, their way to the hub is the device's business.
// Owner:  one device. Same seed and same instants, same bytes. Bodies are appended to `body`.
// Size:   what is not shared stays under 2 KB (asserted); events are made when they are collected.
// Limits: kMessageBytesMax a message; the oldest events give way, counted in events_dropped().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/configuration.h"
#include "twinstorm/agent/device_profile.h"
#include "twinstorm/agent/event_source.h"
#include "twinstorm/agent/schedule.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

inline constexpr std::string_view kMicroAgentModuleId = "DefenderIotMicroAgent";
inline constexpr std::size_t kMessageBytesMax = 200 * 1024;

class SecurityMessage;

class MicroAgent {
public:
    MicroAgent(std::string_view device_id, std::uint64_t seed, WallAnchor anchor);

    // First collection after 30..89 s, drawn from the seed, as the agent's published core does.
    void start(TimePoint now);

    // Takes the whole merged desired section. Unsent event data should be flush()ed before.
    [[nodiscard]] ConfigurationOutcome apply(const boost::json::object& desired, TimePoint now);

    // The agent's own schedule: when the next collector's send interval ends. None before start().
    [[nodiscard]] std::optional<TimePoint> next_send() const { return schedule_.next(); }
    // One message with the events of every collector that is due; false when there is none.
    [[nodiscard]] bool send_due(TimePoint now, std::string& body);

    // All event data gathered since each collector last sent; false when there is none.
    [[nodiscard]] bool flush(TimePoint now, std::string& body);

    // One message now, for an open load: the events since the last one, at least one. With every
    // event collector disabled it is a process event all the same: the load asks for messages.
    void emit(TimePoint now, std::string& body);

    [[nodiscard]] const Configuration& configuration() const { return configuration_; }
    [[nodiscard]] std::uint64_t events_dropped() const { return source_.dropped(); }

private:
    [[nodiscard]] CollectorSet enabled_event_collectors() const;
    [[nodiscard]] bool write(CollectorSet which, TimePoint now, std::string& body);
    void write_snapshots(CollectorSet which, TimePoint now, SecurityMessage& message);
    void write_events(GatheredEvents& events, SecurityMessage& message);

    Configuration configuration_;
    DeviceProfile profile_;
    WallAnchor anchor_;
    Schedule schedule_;
    EventSource source_;
};

}  // namespace twinstorm::agent

// The Defender micro agent of one virtual device: configuration, collectors, schedule, messages.
//
// Use:    start(); then, when next_send() has passed, send_due() builds the message; apply() takes the
//         twin's desired properties; flush() and emit() build messages outside the schedule.
//         Knows no MQTT: bodies are JSON, their way to the hub is the device's business.
// Owner:  one device. Same seed and same instants, same bytes. Bodies are appended to `body`.
// Size:   what is not shared stays under 2 KB (asserted); events are made when they are collected.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/configuration.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

inline constexpr std::string_view kMicroAgentModuleId = "DefenderIotMicroAgent";

class MicroAgent {
public:
    MicroAgent(std::string_view device_id, std::uint64_t seed, WallAnchor anchor);

    // First collection after 30..89 s, drawn from the seed, as the agent's published core does.
    void start(TimePoint now);

    // Takes the whole merged desired section. Unsent event data should be flush()ed before.
    [[nodiscard]] ConfigurationOutcome apply(const boost::json::object& desired, TimePoint now);

    // The agent's own schedule: when the next collector's send interval ends. None before start().
    [[nodiscard]] std::optional<TimePoint> next_send() const;
    // One message with the events of every collector that is due; false when there is nothing to send.
    [[nodiscard]] bool send_due(TimePoint now, std::string& body);

    // All event data gathered since each collector last sent; false when there is none.
    [[nodiscard]] bool flush(TimePoint now, std::string& body);

    // One message now, for an open load: the events since the last one, at least one.
    void emit(TimePoint now, std::string& body);

    [[nodiscard]] const Configuration& configuration() const { return configuration_; }

private:
    // Filled in by the implementation.
    Configuration configuration_;
};

}  // namespace twinstorm::agent

// One simulated agent, of whichever persona: configuration, schedule, messages. Knows no MQTT.
//
// Use:    start(); when next_send() has passed, send_due() appends what was due at that instant,
//         which may be nothing, to the bench's batch; apply() takes the twin's desired section,
//         flush() comes before it; emit() makes one message for an open or closed load. The
//         device tells what became of messages.
// Owner:  one device; borrows its Persona. Same seed and same instants, same bytes.
// Size:   under 2 KB beyond what is shared (asserted).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/legacy_agent.h"
#include "twinstorm/agent/micro_agent.h"
#include "twinstorm/agent/patience.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/rtos_agent.h"
#include "twinstorm/agent/template_agent.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::agent {

class Agent {
public:
    Agent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
          WallAnchor anchor);

    void start(TimePoint intended);  // From the intended instant, so that any world agrees.

    // The merged desired section; `changed` is the notice's patch, nothing after a GET. Unsent
    // event data should be flush()ed before. The reported patch, or nothing to report.
    [[nodiscard]] std::optional<boost::json::object> apply(const boost::json::object& desired,
                                                           const boost::json::object* changed,
                                                           TimePoint now);

    // The agent's own schedule; none before start(), and none when nothing will come.
    [[nodiscard]] std::optional<TimePoint> next_send() const;
    void send_due(TimePoint now, Workbench& bench);
    void flush(TimePoint now, Workbench& bench);  // All unsent event data, at once.
    void emit(TimePoint at, Workbench& bench);    // Exactly one message.

    void link_ready(TimePoint now);
    void link_lost(TimePoint now);
    void message_sent(std::size_t bytes);
    void message_failed();
    [[nodiscard]] Patience patience() const;

    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0);

    [[nodiscard]] std::uint64_t events_dropped() const;
    // The process ends: the twin that it found at its start is of no use (legacy).
    [[nodiscard]] bool exits() const;

    // What this one agent's configuration adds to property_bag(); mostly nothing.
    void append_properties(std::string& bag) const;
    [[nodiscard]] std::size_t own_property_bytes() const;

private:
    std::variant<MicroAgent, LegacyAgent, RtosAgent, TemplateAgent> agent_;
};

// Properties of a message in the topic, after the message id: `&`-led, percent-encoded as the SDK
// below this agent writes them.
[[nodiscard]] std::string_view property_bag(const Persona& persona, const Part& part);
// What metering counts of these properties: names and values, decoded.
[[nodiscard]] std::size_t property_bytes(const Persona& persona, const Part& part);

}  // namespace twinstorm::agent

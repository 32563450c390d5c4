// One agent and its bench, taken through virtual time as a device would.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "twinstorm/agent/agent.h"
#include "twinstorm/defender/security_message.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::agent {

struct SentMessage {
    TimePoint at;
    std::string body;
    Part part;
};

class AgentRun {
public:
    explicit AgentRun(Persona persona, std::uint64_t seed = 1,
                      std::string_view device_id = "gw-00001")
        : persona_(std::make_unique<Persona>(std::move(persona))),
          agent(*persona_, device_id, seed, WallAnchor{kVirtualEpoch}) {}

    // As a device whose twin says `desired`.
    void start(TimePoint at = kRunStart, const char* desired = "{}") {
        static_cast<void>(apply(desired, at));
        agent.link_ready(at);
        agent.start(at);
    }

    std::optional<boost::json::object> apply(const char* desired, TimePoint at) {
        return agent.apply(boost::json::parse(desired).as_object(), nullptr, at);
    }

    // What the agent sends by itself before `until`; all of it arrives at once.
    std::vector<SentMessage> until(TimePoint until) {
        std::vector<SentMessage> messages;
        while (agent.next_send() && *agent.next_send() < until) {
            const TimePoint at = *agent.next_send();
            agent.send_due(at, bench);
            take(at, messages);
        }
        return messages;
    }

    std::vector<SentMessage> flush(TimePoint at) {
        std::vector<SentMessage> messages;
        agent.flush(at, bench);
        take(at, messages);
        return messages;
    }

    std::vector<SentMessage> emit(TimePoint at) {
        std::vector<SentMessage> messages;
        agent.emit(at, bench);
        take(at, messages);
        return messages;
    }

    [[nodiscard]] const Persona& persona() const { return *persona_; }

    void take(TimePoint at, std::vector<SentMessage>& messages) {
        for (const Part& part : bench.batch.parts) {
            messages.push_back({at, std::string(bench.batch.body(part)), part});
            agent.message_sent(part.end - part.begin);
        }
        bench.batch.clear();
    }

private:
    std::unique_ptr<Persona> persona_;

public:
    Agent agent;
    Workbench bench;
};

inline boost::json::array events_of(const SentMessage& message) {
    return boost::json::parse(message.body).at("Events").as_array();
}

// Events by name; one without a payload is a heartbeat.
inline std::map<std::string, int> names_of(const SentMessage& message) {
    std::map<std::string, int> names;
    for (const boost::json::value& event : events_of(message)) {
        ++names[event.at("IsEmpty").as_bool() ? "Heartbeat"
                                              : std::string(event.at("Name").as_string())];
    }
    return names;
}

inline void expect_accepted(const Persona& persona, const SentMessage& message,
                            defender::Mode mode = defender::Mode::kStrict) {
    const auto bag = iothub::PropertyBag::parse(property_bag(persona, message.part).substr(1));
    ASSERT_TRUE(bag.has_value());
    EXPECT_TRUE(bag->is_security_message());
    const auto verdict = defender::judge(message.body, bag->find("mti").value_or(""), mode);
    EXPECT_TRUE(verdict.accepted())
        << defender::name(verdict.reason) << " " << verdict.where << " " << verdict.detail;
    EXPECT_LE(message.body.size() + property_bytes(persona, message.part),
              defender::kMessageBytesMax);
}

}  // namespace twinstorm::agent

// What an identity's Device is made of, apart from its connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "device/message_stream.h"
#include "device/twin_session.h"
#include "twinstorm/agent/agent.h"
#include "twinstorm/device/device.h"

namespace twinstorm::device {

struct Device::Parts {
    Parts(const Profile& profile, Workplace& workplace, stats::Recorder& recorder,
          const iothub::IdentityName& name, std::uint64_t stream_seed, std::uint64_t seed)
        : twin(recorder),
          messages(profile, workplace, recorder, name, stream_seed),
          agent_seed(seed) {
        agent.emplace(profile.persona, name.device_id, agent_seed, workplace.devices);
    }

    // The desired section as it was when a notice came or an answer to a GET.
    struct Update {
        std::int64_t version = 0;
        boost::json::object desired;
        std::optional<boost::json::object> changed;  // Nothing after a GET.
    };
    struct Play {
        host::PlaybookId playbook;
        TimePoint at;
        host::PlayNumber number;
    };

    TwinSession twin;
    MessageStream messages;
    std::uint64_t agent_seed;
    std::optional<agent::Agent> agent;  // Of this process.

    TimePoint process_began{};
    bool initialized = false;  // Twin applied and agent started, in this process.
    bool linked = false;       // The agent knows of its link.

    std::int64_t seen_version = 0;              // Of the desired section; 0 before the first.
    std::int64_t applied_version = 0;           // Likewise.
    std::optional<boost::json::object> report;  // Until it is confirmed.
    std::vector<Update> queue;  // Where the agent takes one at a tick; the oldest first.
    std::optional<TimePoint> tick_at;
    std::vector<Play> plays;  // What happens on the device outlives the agent's process.
};

}  // namespace twinstorm::device

#include "agent/json_message.h"

namespace twinstorm::agent {
namespace {

constexpr std::string_view kBeforeVersion = R"({"AgentVersion":")";
constexpr std::string_view kBeforeId = R"(","AgentId":")";
constexpr std::string_view kBeforeEvents = R"(","MessageSchemaVersion":"1.0","Events":[)";
constexpr std::string_view kEnd = "]}";

}  // namespace

JsonMessage::JsonMessage(std::string& bytes, std::vector<Part>& parts, const Options& options)
    : bytes_(bytes),
      parts_(parts),
      options_(options),
      envelope_bytes_(kBeforeVersion.size() + options.agent_version.size() + kBeforeId.size() +
                      options.agent_id.size() + kBeforeEvents.size() + kEnd.size()) {}

bool JsonMessage::fits(std::size_t event_bytes) const {
    const std::size_t before = empty() ? envelope_bytes_ : bytes() + 1;  // And a comma.
    return before + event_bytes <= options_.bytes_max;
}

void JsonMessage::add(std::string_view event, host::PlaySet plays) {
    if (!empty() && !fits(event.size())) {
        end();
    }
    if (empty()) {
        begin();
    } else {
        bytes_ += ',';
    }
    bytes_ += event;
    ++part_.events;
    part_.events_played += plays != 0 ? 1 : 0;
    part_.plays |= plays;
}

std::size_t JsonMessage::bytes() const {
    return empty() ? 0 : bytes_.size() - part_.begin + kEnd.size();
}

void JsonMessage::end() {
    if (empty()) {
        return;
    }
    bytes_ += kEnd;
    part_.end = bytes_.size();
    parts_.push_back(part_);
    part_.events = 0;
}

void JsonMessage::begin() {
    part_ = {.begin = bytes_.size(), .encoding = options_.encoding, .priority = options_.priority};
    bytes_ += kBeforeVersion;
    bytes_ += options_.agent_version;
    bytes_ += kBeforeId;
    bytes_.append(options_.agent_id.data(), options_.agent_id.size());
    bytes_ += kBeforeEvents;
}

}  // namespace twinstorm::agent

// One JSON message under way, and those before it: envelope, commas, limit, counts.
//
// Use:    add() whole events; a message that one would carry beyond `bytes_max` is ended first. An
//         event that is larger by itself travels alone. end() closes what is open.
// Owner:  a JsonWriter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/agent/batch.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

class JsonMessage {
public:
    struct Options {
        std::string_view agent_version;
        const std::array<char, host::kUuidBytes>& agent_id;
        std::size_t bytes_max;
        Encoding encoding;
        SendPriority priority;
    };

    // Appends to both.
    JsonMessage(std::string& bytes, std::vector<Part>& parts, const Options& options);

    [[nodiscard]] bool empty() const { return part_.events == 0; }
    // Whether an event of that size would go into the message under way.
    [[nodiscard]] bool fits(std::size_t event_bytes) const;
    void add(std::string_view event, host::PlaySet plays);
    [[nodiscard]] std::size_t bytes() const;  // If it ended now; 0: none is under way.
    void end();

private:
    void begin();

    std::string& bytes_;
    std::vector<Part>& parts_;
    Options options_;
    std::size_t envelope_bytes_;
    Part part_;  // Of the message under way; no events: there is none.
};

}  // namespace twinstorm::agent

// One FlatBuffers message under way, and those before it: envelope, limit, counts.
//
// Use:    ask whether what comes fits(), and else end() the message first; count() the entry, build
//         its payload in builder(), add_event() it. Offsets belong to the message under way.
// Owner:  a FlatWriter. Allocates nothing once its scratch is warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flat_schema.h"
#include "twinstorm/agent/batch.h"

namespace twinstorm::agent {

struct FlatScratch {
    flatbuffers::FlatBufferBuilder builder{std::size_t{16} * 1024};
    std::vector<flat::Offset> events;
    std::vector<flat::Offset> flows;    // Of the collection under way.
    std::vector<flat::Offset> items;    // Of the snapshot under way.
    std::vector<flat::Offset> records;  // Of the log.
    std::vector<flat::ListeningPort> ports;
    std::string text;
};

class FlatMessage {
public:
    struct Options {
        std::uint32_t module_version;
        std::size_t bytes_max;
        SendPriority priority;
    };
    struct Event {
        flat::Id id;
        std::uint32_t time;  // Unix seconds.
        std::uint32_t collection_interval;
        flat::PayloadType type;
        flat::Offset payload;
    };

    FlatMessage(Batch& batch, FlatScratch& scratch, const Options& options);

    [[nodiscard]] flatbuffers::FlatBufferBuilder& builder() { return scratch_.builder; }
    [[nodiscard]] flat::Offset text(std::string_view text);

    // Whether so many bytes more still go into this message; into an empty one anything does.
    [[nodiscard]] bool fits(std::size_t bytes) const;
    void add_event(const Event& event);
    void count(host::PlaySet plays = 0);  // An entry, which need not be an event of the message.

    [[nodiscard]] bool empty() const { return part_.events == 0; }
    [[nodiscard]] std::size_t bytes() const;  // At most, if it ended now; 0: none is under way.
    void end();

private:
    Batch& batch_;
    FlatScratch& scratch_;
    Options options_;
    Part part_;  // Its counts, of the message under way.
};

}  // namespace twinstorm::agent

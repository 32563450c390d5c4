// Writes an agent's events as messages, in any of the encodings, into a batch.
//
// Use:    begin(); add what there is, cut() where a new message has to begin, then finish(). A
//         message that would grow beyond `bytes_max` is ended and another begun: nothing is lost.
//         One writer for all that is due: a later one begins messages of its own.
// Rules:  add_*() says false, and adds nothing, where the encoding has no form for the event; the
//         agent counts that as a drop with that reason. In `json-1.0-ext` events beyond the schema
//         never share a message with those of the schema.
// Owner:  the stack of one turn. Allocates nothing once the batch is warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "agent/flat_writer.h"
#include "agent/json_writer.h"
#include "agent/kept.h"
#include "agent/message_facts.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

class MessageWriter {
public:
    MessageWriter(Batch& batch, const Sender& sender, SendPriority priority);

    // The interval of what follows, where the encoding says one.
    void collected_every(std::uint32_t seconds);

    // Aggregated entries carry their hit count and the span of their events.
    [[nodiscard]] bool add(const Kept<host::ProcessEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::FlowEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::LoginEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::FileEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::PeripheralEvent>& entry);
    [[nodiscard]] bool add(const host::LogEvent& line);
    // FlatBuffers puts all flows of one collection into one event: bracket them.
    void begin_flows(TimePoint at);
    void end_flows();

    // Snapshots. Long ones are split over several messages.
    [[nodiscard]] bool add_heartbeat(TimePoint at);
    [[nodiscard]] bool add_system_information(TimePoint at, const SystemInformationFacts& facts);
    [[nodiscard]] bool add_baseline(TimePoint at, std::span<const host::CheckFinding> findings);
    [[nodiscard]] bool add_packages(TimePoint at, std::span<const std::uint16_t> packages);
    [[nodiscard]] bool add_listening_ports(TimePoint at, std::span<const std::uint16_t> ports);
    [[nodiscard]] bool add_users(TimePoint at, std::span<const std::uint16_t> users);
    [[nodiscard]] bool add_firewall(TimePoint at, std::span<const std::uint16_t> rules);
    [[nodiscard]] bool add_hardware(TimePoint at, std::span<const std::uint16_t> hardware);
    [[nodiscard]] bool add(TimePoint at, std::span<const QueueStatistics> queues);
    [[nodiscard]] bool add(TimePoint at, const MessageStatistics& messages);
    [[nodiscard]] bool add(TimePoint at, std::span<const CollectorStatistics> rows);
    [[nodiscard]] bool add(TimePoint at, const ConfigurationMistake& mistake);

    // Size of the message under way, as it would be if it ended now; 0: none. Exact in JSON, an
    // upper bound in FlatBuffers; of messages beyond the schema not told.
    [[nodiscard]] std::size_t bytes() const;
    void cut() { finish(); }  // What follows is another message; nothing happens on an empty one.
    void finish();

private:
    template <class Entry>
    bool add_either(const Entry& entry);

    // Exactly one of them.
    std::optional<JsonWriter> json_;
    std::optional<FlatWriter> flat_;
};

}  // namespace twinstorm::agent

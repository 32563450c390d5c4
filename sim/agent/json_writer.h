// Writes events as JSON messages of schema 1.0, in the dialect of an encoding and a family.
//
// Rules:  a heartbeat has no Name in schema 1.0, and the service silently ignores new Names: it
//         travels as a Periodic SystemInformation event, IsEmpty, without payload, the one form in
//         which the schema lets an agent say that it lives. `json-1.0-ext` gives it its own Name,
//         and Names to what else the schema lacks, in messages of their own.
// Owner:  a MessageWriter; see there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event_ids.h"
#include "agent/json_dialect.h"
#include "agent/json_message.h"
#include "agent/json_pieces.h"
#include "agent/kept.h"
#include "agent/message_facts.h"
#include "agent/text_buffer.h"
#include "agent/time_stamp.h"
#include "twinstorm/agent/batch.h"

namespace twinstorm::agent {

struct JsonScratch {
    TextBuffer entry;             // The event being written.
    std::string extension_bytes;  // Messages beyond the schema, until the others are finished.
    std::vector<Part> extension_parts;
};

class JsonWriter {
public:
    JsonWriter(Batch& batch, JsonScratch& scratch, const Sender& sender, SendPriority priority);

    [[nodiscard]] bool add(const Kept<host::ProcessEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::FlowEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::LoginEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::FileEvent>& entry);
    [[nodiscard]] bool add(const Kept<host::PeripheralEvent>& entry);
    [[nodiscard]] bool add(const host::LogEvent& line);

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

    [[nodiscard]] std::size_t bytes() const { return schema_.bytes(); }
    void finish();

private:
    [[nodiscard]] JsonMessage& message_of(JsonEvent event);
    [[nodiscard]] bool extended() const { return sender_.encoding == Encoding::kJsonExtended; }

    // An event of one item; put() its fields in between.
    void begin_entry(JsonEvent kind, std::uint64_t event_id, TimePoint at, bool aggregated);
    void end_entry(JsonEvent kind, host::PlaySet plays);
    void begin_event(JsonEvent kind, Fill fill, EventId id, TimePoint at);

    // A snapshot, split where the message is full. `put_item(i)` says false where it leaves one
    // out.
    template <class PutItem>
    void add_snapshot(JsonEvent kind, TimePoint at, std::size_t count, PutItem put_item);
    void add_empty_snapshot(JsonEvent kind, TimePoint at);
    [[nodiscard]] host::PlaySet plays_shown(JsonEvent kind, TimePoint at) const;
    // Of pieces that are whole items but for their braces.
    void add_pieces(JsonEvent kind, TimePoint at, std::span<const std::uint16_t> indexes,
                    const std::vector<std::string>& pieces);

    void put_start(const Kept<host::ProcessEvent>& entry);
    void put_exit(const Kept<host::ProcessEvent>& entry);
    void put_remote_port(const Kept<host::FlowEvent>& entry, bool zeroed);
    void put_flow_details(const host::FlowEvent& event);
    void put_source(const host::LoginEvent& event);
    void put_system(const SystemInformationFacts& facts, TimePoint at);
    void put_hardware_details(const SystemInformationFacts& facts);
    void put_check(const host::CheckFinding& finding);

    void put_number(std::string_view before, std::uint64_t value);
    void put_address(std::string_view before, std::uint32_t address);
    // `before` ends in a quote, and so does what it puts. Of the two, `foreign` if there is one.
    void put_value(std::string_view before, std::string_view foreign, std::string_view piece);

    // ExtraDetails: opened with the first one, closed by end_item().
    void put_detail(std::string_view piece);
    void put_detail_number(std::string_view name, std::uint64_t value);
    template <class Event>
    void put_counts(const Kept<Event>& entry) {
        if (entry.aggregated) {
            put_hit_count(entry.hit_count);
            put_span(entry.event.at, entry.last);
        }
    }
    void put_hit_count(std::uint32_t hit_count);
    void put_span(TimePoint first, TimePoint last);
    void end_item();

    Sender sender_;
    JsonDialect dialect_;
    const JsonPieces& pieces_;
    Batch& batch_;
    JsonScratch& scratch_;
    TextBuffer& text_;
    TimeStamps stamps_;
    EventIds ids_;
    JsonMessage schema_;
    JsonMessage extension_;
    bool details_open_ = false;
};

}  // namespace twinstorm::agent

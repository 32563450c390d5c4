// Writes events as FlatBuffers messages of schema 2.3, the form of the RTOS agent and, presumably,
// of the Linux one.
//
// Rules:  fields of the schema that are too narrow for a value hold their largest. The flows of one
//         collection make one event, the lines of the log one in each message. The RTOS agent knows
//         neither programs nor users.
// Owner:  a MessageWriter; see there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "agent/event_ids.h"
#include "agent/flat_message.h"
#include "agent/kept.h"
#include "agent/message_facts.h"
#include "twinstorm/agent/batch.h"

namespace twinstorm::agent {

class FlatWriter {
public:
    FlatWriter(Batch& batch, FlatScratch& scratch, const Sender& sender, SendPriority priority);

    void collected_every(std::uint32_t seconds) { sender_.collection_interval_s = seconds; }

    void add(const Kept<host::ProcessEvent>& entry);
    void add(const Kept<host::FlowEvent>& entry);
    void add(const host::LogEvent& line);
    void begin_flows(TimePoint at) { flows_at_ = at; }
    void end_flows();

    void add_heartbeat(TimePoint at);
    void add_system_information(TimePoint at, const SystemInformationFacts& facts);
    void add_baseline(TimePoint at, std::span<const host::CheckFinding> findings);
    void add_listening_ports(TimePoint at, std::span<const std::uint16_t> ports);

    [[nodiscard]] std::size_t bytes() const { return message_.bytes(); }
    void finish();

private:
    void make_room(std::size_t bytes);
    void end_message();
    void close_flows();
    void close_records();
    void add_event(EventId id, TimePoint at, flat::PayloadType type, flat::Offset payload);
    // A payload of one vector.
    void add_vector_event(EventId id, TimePoint at, flat::PayloadType type, flat::Field field,
                          flat::Offset vector);
    void add_checks(TimePoint at);

    [[nodiscard]] flat::Offset build_common(const Kept<host::FlowEvent>& entry);
    [[nodiscard]] flat::Offset build_process(const Kept<host::ProcessEvent>& entry);
    [[nodiscard]] flat::Offset build_check(const host::CheckFinding& finding);
    [[nodiscard]] std::string_view operating_system();
    [[nodiscard]] std::string_view hardware(const SystemInformationFacts& facts);
    [[nodiscard]] std::uint32_t unix_seconds(TimePoint at) const;

    Sender sender_;
    FlatScratch& scratch_;
    EventIds ids_;
    FlatMessage message_;
    std::optional<TimePoint> flows_at_;
    host::LogEvent newest_record_;
};

}  // namespace twinstorm::agent

#include "agent/flat_writer.h"

#include <chrono>

#include "agent/flat_pieces.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using flat::Offset;
using flatbuffers::uoffset_t;

// The most that entries take beside their texts: tables, vtables, padding, and the event around
// them where they have one of their own.
constexpr std::size_t kProcessBytesMax = 160;
constexpr std::size_t kFlowBytesMax = 112;
constexpr std::size_t kRecordBytesMax = 80;

std::uint32_t module_version(Family family) {
    constexpr std::uint32_t kRtos = 0x03050004;   // 3.5.4
    constexpr std::uint32_t kLinux = 0x04060002;  // 4.6.2
    return family == Family::kMicroRtos ? kRtos : kLinux;
}

}  // namespace

FlatWriter::FlatWriter(Batch& batch, FlatScratch& scratch, const Sender& sender,
                       SendPriority priority)
    : sender_(sender),
      scratch_(scratch),
      ids_(sender.id_seed, 2 * batch.parts.size() + static_cast<std::size_t>(priority)),
      message_(batch, scratch,
               {.module_version = module_version(sender.family),
                .bytes_max = sender.bytes_max,
                .priority = priority}) {}

void FlatWriter::add(const Kept<host::ProcessEvent>& entry) {
    const host::Program& program = host::catalogue().programs[entry.event.program];
    const host::User& user = host::catalogue().users[entry.event.user];
    make_room(kProcessBytesMax + flat_text_bytes(program.executable) + flat_text_bytes(user.name) +
              flat_text_bytes(program.command_line));
    message_.count(plays_of(entry));
    add_event(ids_.of(entry.event.id), entry.event.at, flat::PayloadType::kProcess,
              build_process(entry));
}

Offset FlatWriter::build_process(const Kept<host::ProcessEvent>& entry) {
    const host::ProcessEvent& event = entry.event;
    const host::Program& program = host::catalogue().programs[event.program];
    const Offset executable = message_.text(program.executable);
    const Offset user_name = message_.text(host::catalogue().users[event.user].name);
    const Offset command_line = message_.text(program.command_line);
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddElement<std::uint32_t>(flat::process::kHitCount, entry.hit_count, 1);
    to.AddOffset(flat::process::kCommandLine, command_line);
    to.AddOffset(flat::process::kUserName, user_name);
    to.AddElement<std::uint32_t>(flat::process::kUserId, flat_pieces().user_ids[event.user], 0);
    to.AddElement<std::uint32_t>(flat::process::kParentProcessId, event.parent_process_id, 0);
    to.AddElement<std::uint32_t>(flat::process::kProcessId, event.process_id, 0);
    to.AddOffset(flat::process::kExecutable, executable);
    to.AddElement<std::int8_t>(flat::process::kEventType, static_cast<std::int8_t>(event.change),
                               0);
    return to.EndTable(start);
}

void FlatWriter::add(const Kept<host::FlowEvent>& entry) {
    const host::FlowEvent& event = entry.event;
    const host::Connection& connection = host::catalogue().connections[event.connection];
    const host::Program& program = host::catalogue().programs[connection.program];
    if (!flows_at_) {
        begin_flows(event.at);
    }
    make_room(kFlowBytesMax + flat_text_bytes(program.executable) +
              flat_text_bytes(program.command_line));
    message_.count(plays_of(entry));
    const Offset common = build_common(entry);
    const flat::Addresses addresses{flatbuffers::EndianScalar(flat_address(event.local_address)),
                                    flatbuffers::EndianScalar(flat_address(event.remote_address))};
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddOffset(flat::flow::kCommon, common);
    to.AddStruct(flat::flow::kAddresses, &addresses);
    scratch_.flows.emplace_back(to.EndTable(start));
}

Offset FlatWriter::build_common(const Kept<host::FlowEvent>& entry) {
    const host::FlowEvent& event = entry.event;
    const host::Connection& connection = host::catalogue().connections[event.connection];
    const host::Program& program = host::catalogue().programs[connection.program];
    const bool bare = sender_.family == Family::kMicroRtos;
    const Offset executable = bare ? Offset() : message_.text(program.executable);
    const Offset command_line = bare ? Offset() : message_.text(program.command_line);
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    if (!bare) {
        to.AddOffset(flat::common::kCommandLine, command_line);
        to.AddOffset(flat::common::kExecutable, executable);
    }
    to.AddElement<std::uint32_t>(flat::common::kBytesOut, saturated<std::uint32_t>(event.bytes_out),
                                 0);
    to.AddElement<std::uint32_t>(flat::common::kBytesIn, saturated<std::uint32_t>(event.bytes_in),
                                 0);
    if (!bare) {
        to.AddElement<std::uint16_t>(
            flat::common::kUserId,
            saturated<std::uint16_t>(flat_pieces().user_ids[connection.user]), 0);
        to.AddElement<std::uint16_t>(flat::common::kProcessId,
                                     saturated<std::uint16_t>(event.process_id), 0);
    }
    to.AddElement<std::uint16_t>(flat::common::kRemotePort, event.remote_port, 0);
    to.AddElement<std::uint16_t>(flat::common::kLocalPort, event.local_port, 0);
    to.AddElement<std::int8_t>(flat::common::kProtocol,
                               static_cast<std::int8_t>(connection.protocol), 0);
    return to.EndTable(start);
}

void FlatWriter::add(const host::LogEvent& line) {
    const host::LogLine& text = host::catalogue().log_lines[line.text];
    make_room(kRecordBytesMax + flat_text_bytes(text.message) + flat_text_bytes(text.file));
    message_.count(host::Host::plays_of(line.id));
    const Offset message = message_.text(text.message);
    const Offset file = message_.text(text.file);
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddElement<std::uint64_t>(flat::record::kTimestamp, unix_seconds(line.at), 0);
    to.AddOffset(flat::record::kFileName, file);
    to.AddElement<std::uint32_t>(flat::record::kLine, text.line, 0);
    to.AddOffset(flat::record::kMessage, message);
    // The schema's 0 is a level that was not set.
    to.AddElement<std::int8_t>(flat::record::kLevel, static_cast<std::int8_t>(line.level) + 1, 0);
    scratch_.records.emplace_back(to.EndTable(start));
    newest_record_ = line;
}

void FlatWriter::end_flows() {
    close_flows();
    flows_at_.reset();
}

void FlatWriter::finish() {
    end_message();
    flows_at_.reset();
}

void FlatWriter::make_room(std::size_t bytes) {
    if (!message_.fits(bytes)) {
        end_message();
    }
}

void FlatWriter::end_message() {
    close_flows();
    close_records();
    message_.end();
}

void FlatWriter::close_flows() {
    if (scratch_.flows.empty()) {
        return;
    }
    const auto flows =
        message_.builder().CreateVector(scratch_.flows.data(), scratch_.flows.size());
    scratch_.flows.clear();
    add_vector_event(ids_.next_snapshot(sender_.anchor.at(*flows_at_)), *flows_at_,
                     flat::PayloadType::kNetworkActivity, flat::network_activity::kIpv4,
                     flows.Union());
}

void FlatWriter::close_records() {
    if (scratch_.records.empty()) {
        return;
    }
    const auto records =
        message_.builder().CreateVector(scratch_.records.data(), scratch_.records.size());
    scratch_.records.clear();
    add_vector_event(ids_.of(newest_record_.id), newest_record_.at, flat::PayloadType::kLog,
                     flat::log::kRecords, records.Union());
}

void FlatWriter::add_vector_event(EventId id, TimePoint at, flat::PayloadType type,
                                  flat::Field field, Offset vector) {
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddOffset(field, vector);
    add_event(id, at, type, to.EndTable(start));
}

void FlatWriter::add_event(EventId id, TimePoint at, flat::PayloadType type, Offset payload) {
    flat::Id bytes{};
    for (std::size_t i = 0; i < sizeof(id.high); ++i) {
        bytes.bytes[i] = static_cast<std::uint8_t>(id.high >> 8 * i);
        bytes.bytes[sizeof(id.high) + i] = static_cast<std::uint8_t>(id.low >> 8 * i);
    }
    message_.add_event({.id = bytes,
                        .time = unix_seconds(at),
                        .collection_interval = sender_.collection_interval_s,
                        .type = type,
                        .payload = payload});
}

std::uint32_t FlatWriter::unix_seconds(TimePoint at) const {
    const auto instant = std::chrono::floor<std::chrono::seconds>(sender_.anchor.at(at));
    return static_cast<std::uint32_t>(instant.time_since_epoch().count());
}

}  // namespace twinstorm::agent

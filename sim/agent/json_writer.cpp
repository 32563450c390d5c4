#include "agent/json_writer.h"

#include <array>

namespace twinstorm::agent {
namespace {

constexpr std::uint16_t kSshPort = 22;

// By host::Protocol; with the quote that ends them.
constexpr std::array<std::string_view, 3> kProtocols{R"(TCP","ProcessId":)", R"(UDP","ProcessId":)",
                                                     R"(ICMP","ProcessId":)"};
constexpr std::array<std::string_view, 3> kLowerProtocols{
    R"(tcp","ProcessId":)", R"(udp","ProcessId":)", R"(icmp","ProcessId":)"};

// By host::LoginOperation: the micro agent's words, and what the audit log lets a legacy agent say.
constexpr std::array<std::string_view, 3> kOperations{
    R"(,"Operation":"Login","Result":"Success","Executable":")",
    R"(,"Operation":"Logout","Result":"Success","Executable":")",
    R"(,"Operation":"LoginFailed","Result":"Fail","Executable":")"};
constexpr std::array<std::string_view, 3> kLegacyOperations{
    R"(,"Operation":"login","Result":"Success","Executable":")",
    R"(,"Operation":"logout","Result":"Success","Executable":")",
    R"(,"Operation":"login","Result":"Fail","Executable":")"};

// By host::LogLevel.
constexpr std::array<std::string_view, 5> kLevels{
    R"("Severity":"Fatal",)", R"("Severity":"Error",)", R"("Severity":"Warning",)",
    R"("Severity":"Information",)", R"("Severity":"Debug",)"};

template <class Index>
constexpr std::size_t index_of(Index value) {
    return static_cast<std::size_t>(value);
}

}  // namespace

JsonWriter::JsonWriter(Batch& batch, JsonScratch& scratch, const Sender& sender,
                       SendPriority priority)
    : sender_(sender),
      dialect_(json_dialect(sender.encoding, sender.family)),
      pieces_(json_pieces()),
      batch_(batch),
      scratch_(scratch),
      text_(scratch.entry),
      stamps_(sender.anchor, sender.host.profile().zone_minutes, dialect_.zone),
      ids_(sender.id_seed, 2 * batch.parts.size() + index_of(priority)),
      schema_(batch.bytes, batch.parts,
              {.agent_version = dialect_.agent_version,
               .agent_id = sender.host.profile().agent_id,
               .bytes_max = sender.bytes_max,
               .encoding = sender.encoding,
               .priority = priority}),
      extension_(scratch.extension_bytes, scratch.extension_parts,
                 {.agent_version = dialect_.agent_version,
                  .agent_id = sender.host.profile().agent_id,
                  .bytes_max = sender.bytes_max,
                  .encoding = sender.encoding,
                  .priority = priority}) {}

bool JsonWriter::add(const Kept<host::ProcessEvent>& entry) {
    const bool exits = entry.event.change == host::ProcessChange::kExit;
    const JsonEvent kind = exits ? JsonEvent::kProcessTerminate : JsonEvent::kProcessCreate;
    begin_entry(kind, entry.event.id, entry.event.at, entry.aggregated);
    if (exits) {
        put_exit(entry);
    } else {
        put_start(entry);
    }
    put_counts(entry);
    end_entry(kind, plays_of(entry));
    return true;
}

void JsonWriter::put_start(const Kept<host::ProcessEvent>& entry) {
    const host::ProcessEvent& event = entry.event;
    const ProgramPieces& program = pieces_.programs[event.program];
    const bool zeroed = dialect_.ids_zeroed && entry.aggregated;
    text_.put(program.fields);
    if (dialect_.hash_beside) {
        text_.put(',');
        text_.put(program.hash);
    }
    text_.put(',');
    text_.put(pieces_.users[event.user].fields);
    put_number(R"(,"ProcessId":)", zeroed ? 0 : event.process_id);
    put_number(R"(,"ParentProcessId":)", zeroed ? 0 : event.parent_process_id);
    if (dialect_.micro) {
        put_detail(event.change == host::ProcessChange::kFork ? R"("EventType":"FORK")"
                                                              : R"("EventType":"EXEC")");
    }
    if (dialect_.hash_in_details) {
        put_detail(program.hash);
    }
}

void JsonWriter::put_exit(const Kept<host::ProcessEvent>& entry) {
    const host::ProcessEvent& event = entry.event;
    const ProgramPieces& program = pieces_.programs[event.program];
    text_.put(program.executable());
    put_number(R"(,"ProcessId":)", dialect_.ids_zeroed && entry.aggregated ? 0 : event.process_id);
    put_number(R"(,"ExitStatus":)", event.exit_status);
    if (dialect_.micro) {
        put_detail(R"("EventType":"EXIT")");
        put_detail(program.command_line());
        put_detail(pieces_.users[event.user].name);
    }
}

bool JsonWriter::add(const Kept<host::FlowEvent>& entry) {
    const host::FlowEvent& event = entry.event;
    const host::Connection& connection = host::catalogue().connections[event.connection];
    const ConnectionPieces& pieces = pieces_.connections[event.connection];
    const auto& protocols = dialect_.lower_protocols ? kLowerProtocols : kProtocols;
    const bool zeroed = dialect_.ids_zeroed && entry.aggregated;
    begin_entry(JsonEvent::kConnectionCreate, entry.event.id, entry.event.at, entry.aggregated);
    put_address(R"("RemoteAddress":")", event.remote_address);
    put_remote_port(entry, zeroed && connection.direction == host::Direction::kIn);
    text_.put(pieces.direction);
    put_number(protocols[index_of(connection.protocol)],
               zeroed || dialect_.bare ? 0 : event.process_id);
    text_.put(',');
    text_.put(dialect_.bare ? std::string_view(R"("Executable":"")") : pieces.fields);
    put_address(R"(,"LocalAddress":")", event.local_address);
    put_number(R"(","LocalPort":")", event.local_port);
    text_.put('"');
    if (dialect_.micro) {
        put_flow_details(event);
    }
    put_counts(entry);
    end_entry(JsonEvent::kConnectionCreate, plays_of(entry));
    return true;
}

void JsonWriter::put_remote_port(const Kept<host::FlowEvent>& entry, bool zeroed) {
    if (zeroed && dialect_.numbers_bare) {
        text_.put(R"(","RemotePort":0,)");
        return;
    }
    put_number(R"(","RemotePort":")", zeroed ? 0 : entry.event.remote_port);
    text_.put(R"(",)");
}

void JsonWriter::put_flow_details(const host::FlowEvent& event) {
    const ConnectionPieces& pieces = pieces_.connections[event.connection];
    if (!dialect_.bare && !pieces.details.empty()) {
        put_detail(pieces.details);
    }
    if (!dialect_.bare && event.domain != 0) {
        put_detail(R"("HostName":")");
        text_.put(pieces_.domains[event.domain]);
        text_.put('"');
    }
    put_detail_number("\"BytesIn\":\"", event.bytes_in);
    put_number(R"(","BytesOut":")", event.bytes_out);
    text_.put('"');
}

bool JsonWriter::add(const Kept<host::LoginEvent>& entry) {
    const host::LoginEvent& event = entry.event;
    begin_entry(JsonEvent::kLogin, entry.event.id, entry.event.at, entry.aggregated);
    text_.put(pieces_.users[event.user].login);
    put_number(R"(,"ProcessId":)", event.process_id);
    const auto& operations = dialect_.micro ? kOperations : kLegacyOperations;
    text_.put(operations[index_of(event.operation)]);
    if (dialect_.micro && !sender_.logins_by_pam) {
        text_.put(pieces_.terminals[event.terminal]);
    } else {
        text_.put(event.remote_address == 0 ? "/bin/login" : "/usr/sbin/sshd");
    }
    text_.put('"');
    put_source(event);
    put_counts(entry);
    end_entry(JsonEvent::kLogin, plays_of(entry));
    return true;
}

// The micro agent names the device itself by its loopback address; the audit log does not say.
void JsonWriter::put_source(const host::LoginEvent& event) {
    if (event.remote_address != 0) {
        put_address(R"(,"RemoteAddress":")", event.remote_address);
        put_number(R"(","RemotePort":")", event.remote_port);
        put_number(R"(","LocalPort":")", kSshPort);
        text_.put('"');
    } else if (dialect_.micro) {
        text_.put(R"(,"RemoteAddress":"127.0.0.1")");
    }
}

bool JsonWriter::add(const host::LogEvent& line) {
    begin_entry(JsonEvent::kDiagnostic, line.id, line.at, false);
    text_.put(kLevels[index_of(line.level)]);
    text_.put(pieces_.log_messages[line.text]);
    put_number(R"(,"ProcessId":)", line.process_id);
    put_number(R"(,"ThreadId":)", line.process_id);
    if (dialect_.micro) {
        put_detail(pieces_.log_places[line.text]);
    }
    end_entry(JsonEvent::kDiagnostic, host::Host::plays_of(line.id));
    return true;
}

void JsonWriter::finish() {
    schema_.end();
    extension_.end();
    const std::size_t behind = batch_.bytes.size();
    batch_.bytes += scratch_.extension_bytes;
    for (Part part : scratch_.extension_parts) {
        part.begin += behind;
        part.end += behind;
        batch_.parts.push_back(part);
    }
    scratch_.extension_bytes.clear();
    scratch_.extension_parts.clear();
}

JsonMessage& JsonWriter::message_of(JsonEvent event) {
    return in_schema(event) ? schema_ : extension_;
}

void JsonWriter::begin_entry(JsonEvent kind, std::uint64_t event_id, TimePoint at,
                             bool aggregated) {
    const bool told = aggregated && dialect_.category_aggregated;
    begin_event(kind, told ? Fill::kAggregatedItem : Fill::kItems, ids_.of(event_id), at);
    text_.put('{');
}

void JsonWriter::end_entry(JsonEvent kind, host::PlaySet plays) {
    end_item();
    text_.put("]}");
    message_of(kind).add(text_.view(), plays);
}

void JsonWriter::begin_event(JsonEvent kind, Fill fill, EventId id, TimePoint at) {
    const EventFrame& frame = event_frame(dialect_, kind, fill);
    const TimeStamps::Stamp& stamp = stamps_.first(at);
    text_.clear();
    text_.put(frame.before_id);
    text_.put_uuid(id.high, id.low);
    text_.put(R"(","TimestampLocal":")");
    text_.put(stamp.local());
    text_.put(R"(","TimestampUTC":")");
    text_.put(stamp.utc());
    text_.put(frame.after_times);
}

void JsonWriter::put_number(std::string_view before, std::uint64_t value) {
    text_.put(before);
    text_.put_integer(value);
}

void JsonWriter::put_address(std::string_view before, std::uint32_t address) {
    text_.put(before);
    text_.put_ipv4(address);
}

void JsonWriter::put_detail(std::string_view piece) {
    text_.put(details_open_ ? std::string_view(",") : R"(,"ExtraDetails":{)");
    details_open_ = true;
    text_.put(piece);
}

void JsonWriter::put_detail_number(std::string_view name, std::uint64_t value) {
    put_detail(name);
    text_.put_integer(value);
}

void JsonWriter::put_hit_count(std::uint32_t hit_count) {
    if (dialect_.numbers_bare) {
        put_detail_number("\"HitCount\":", hit_count);
    } else {
        put_detail_number("\"HitCount\":\"", hit_count);
        text_.put('"');
    }
}

// The legacy agents' names for the span of an aggregated event.
void JsonWriter::put_span(TimePoint first, TimePoint last) {
    const TimeStamps::Stamp& start = stamps_.first(first);
    const TimeStamps::Stamp& end = stamps_.last(last);
    text_.put(R"(,"StartTimeLocal":")");
    text_.put(start.local());
    text_.put(R"(","StartTimeUtc":")");
    text_.put(start.utc());
    text_.put(R"(","EndTimeLocal":")");
    text_.put(end.local());
    text_.put(R"(","EndTimeUtc":")");
    text_.put(end.utc());
    text_.put('"');
}

void JsonWriter::end_item() {
    text_.put(details_open_ ? "}}" : "}");
    details_open_ = false;
}

}  // namespace twinstorm::agent

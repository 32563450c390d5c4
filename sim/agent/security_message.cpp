#include "agent/security_message.h"

#include <array>

#include "agent/catalogue.h"
#include "agent/json_text.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

// What follows the times of an event up to its payload; one literal each, so that the hot path
// copies a few long pieces instead of many short ones.
constexpr std::string_view kHeartbeat =
    R"(","Category":"Periodic","Name":"SystemInformation","EventType":"Security",)"
    R"("IsEmpty":true,"PayloadSchemaVersion":"1.0","Payload":[)";
constexpr std::string_view kSystemInformation =
    R"(","Category":"Periodic","Name":"SystemInformation","EventType":"Security",)"
    R"("IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[{)";
constexpr std::string_view kProcessCreate =
    R"(","Category":"Triggered","Name":"ProcessCreate","EventType":"Security",)"
    R"("IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[{)";
constexpr std::string_view kConnectionCreate =
    R"(","Category":"Triggered","Name":"ConnectionCreate","EventType":"Security",)"
    R"("IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[{)";
constexpr std::string_view kLogin =
    R"(","Category":"Triggered","Name":"Login","EventType":"Security",)"
    R"("IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[{)";

constexpr std::string_view kItemEnd = "}]}";
constexpr std::string_view kDetailsEnd = "}}]}";  // An item that ends with its ExtraDetails.

// By LoginOperation, in the micro agent's words.
constexpr std::array<std::string_view, 3> kOperations{
    R"("Operation":"Login","Result":"Success","Executable":")",
    R"("Operation":"Logout","Result":"Success","Executable":")",
    R"("Operation":"LoginFailed","Result":"Fail","Executable":")"};

}  // namespace

SecurityMessage::SecurityMessage(std::string& body, const DeviceProfile& profile, WallAnchor anchor,
                                 Random& random)
    : body_(body), profile_(profile), anchor_(anchor), random_(random), begin_(body.size()) {}

void SecurityMessage::add_heartbeat(TimePoint at) {
    begin_event(at, kHeartbeat);
    end_event("]}", kHeartbeatBytesMax);
}

void SecurityMessage::add_system_information(TimePoint at) {
    const Machine& machine = catalogue().machines[profile_.machine];
    const std::uint64_t free_kb = machine.memory_kb * (20 + random_.below(50)) / 100;
    const std::uint64_t free_swap_kb = machine.swap_kb * (60 + random_.below(41)) / 100;
    begin_event(at, kSystemInformation);
    body_ += catalogue().operating_systems[profile_.operating_system];
    body_ += ',';
    body_ += machine.architecture;
    body_ += R"(,"HostName":")";
    body_ += profile_.host_name;
    body_ += R"(",)";
    body_ += machine.fields;
    add_number(R"(,"TotalPhysicalMemoryInKB":)", machine.memory_kb);
    add_number(R"(,"FreePhysicalMemoryInKB":)", free_kb);
    add_number(R"(,"TotalVirtualMemoryInKB":)", machine.memory_kb + machine.swap_kb);
    add_number(R"(,"FreeVirtualMemoryInKB":)", free_kb + free_swap_kb);
    body_ += R"(,"ExtraDetails":{"AgentType":"Standalone","AgentVersion":")";
    body_ += kAgentVersion;
    body_ += R"(",)";
    body_ += machine.details;
    add_number(R"(,"HardwareSerialNumber":")", profile_.serial_number);
    add_address(R"(","NicType":"ETH","NicIpv4Address":")", profile_.address());
    body_ += '"';
    end_event(kDetailsEnd, kSystemInformationBytesMax);
}

void SecurityMessage::add(const ProcessEvent& event) {
    const ProcessKind& kind = catalogue().processes[event.kind];
    begin_event(event.first, kProcessCreate);
    body_ += kind.fields;
    body_ += ',';
    body_ += kind.account == Account::kOperator
                 ? catalogue().operators[profile_.operator_name]
                 : catalogue().accounts[static_cast<std::size_t>(kind.account)];
    add_number(R"(,"ProcessId":)", event.process_id);
    add_number(R"(,"ParentProcessId":)", service_pid(profile_, kind.parent));
    add_number(R"(,"ExtraDetails":{"EventType":"EXEC","HitCount":")", event.hit_count);
    body_ += '"';
    add_span(event.first, event.last);
    end_event(kDetailsEnd, kProcessBytesMax);
}

void SecurityMessage::add(const FlowEvent& event) {
    const FlowKind& kind = catalogue().flows[event.kind];
    begin_event(event.first, kConnectionCreate);
    body_ += kind.fields;
    add_address(R"(,"LocalAddress":")", profile_.address());
    add_number(R"(","LocalPort":")", event.local_port);
    add_address(R"(","RemoteAddress":")", event.remote_address);
    add_number(R"(","RemotePort":")", event.remote_port);
    add_number(R"(","ProcessId":)", service_pid(profile_, kind.service));
    body_ += R"(,"ExtraDetails":{)";
    body_ += kind.details;
    add_number(R"(,"BytesIn":")", event.bytes_in);
    add_number(R"(","BytesOut":")", event.bytes_out);
    add_number(R"(","HitCount":")", event.hit_count);
    body_ += '"';
    add_span(event.first, event.last);
    end_event(kDetailsEnd, kFlowBytesMax);
}

void SecurityMessage::add(const LoginEvent& event) {
    const bool failed = event.operation == LoginOperation::kLoginFailed;
    begin_event(event.first, kLogin);
    body_ += kOperations[static_cast<std::size_t>(event.operation)];
    if (failed) {
        body_ += "ssh:notty";
    } else {
        add_number("pts/", event.terminal);
    }
    body_ += R"(",)";
    body_ += failed ? catalogue().strangers[event.stranger]
                    : catalogue().operators[profile_.operator_name];
    add_number(R"(,"ProcessId":)", event.process_id);
    add_address(R"(,"RemoteAddress":")", event.remote_address);
    add_number(R"(","RemotePort":")", event.remote_port);
    body_ += R"(","LocalPort":"22")";
    end_event(kItemEnd, kLoginBytesMax);
}

bool SecurityMessage::finish() {
    if (body_.size() == begin_) {
        return false;
    }
    body_ += "]}";
    return true;
}

void SecurityMessage::begin_event(TimePoint at, std::string_view after_times) {
    if (body_.size() == begin_) {
        body_ += R"({"AgentVersion":")";
        body_ += kAgentVersion;
        body_ += R"(","AgentId":")";
        body_.append(profile_.agent_id.data(), profile_.agent_id.size());
        body_ += R"(","MessageSchemaVersion":"1.0","Events":[)";
        TWINSTORM_CHECK(body_.size() - begin_ + 2 <= kEnvelopeBytesMax);
    } else {
        body_ += ',';
    }
    event_begin_ = body_.size();
    body_ += R"({"Id":")";
    const std::uint64_t high = random_.bits();
    append_uuid(body_, high, random_.bits());
    add_time(R"(","TimestampLocal":")", at, profile_.zone_minutes);
    add_time(R"(","TimestampUTC":")", at, 0);
    body_ += after_times;
}

void SecurityMessage::end_event(std::string_view end, std::size_t bytes_max) {
    body_ += end;
    TWINSTORM_CHECK(body_.size() - event_begin_ < bytes_max);  // One byte is left for a comma.
}

// The legacy agents' names for the span of an aggregated event. Collectors that aggregate give
// them always, as they give the hit count.
void SecurityMessage::add_span(TimePoint first, TimePoint last) {
    add_time(R"(,"StartTimeLocal":")", first, profile_.zone_minutes);
    add_time(R"(","StartTimeUtc":")", first, 0);
    add_time(R"(","EndTimeLocal":")", last, profile_.zone_minutes);
    add_time(R"(","EndTimeUtc":")", last, 0);
    body_ += '"';
}

void SecurityMessage::add_number(std::string_view before, std::uint64_t value) {
    body_ += before;
    append_integer(body_, value);
}

void SecurityMessage::add_time(std::string_view before, TimePoint at, int zone_minutes) {
    body_ += before;
    append_time(body_, anchor_.at(at), zone_minutes);
}

void SecurityMessage::add_address(std::string_view before, std::uint32_t address) {
    body_ += before;
    append_ipv4(body_, address);
}

}  // namespace twinstorm::agent

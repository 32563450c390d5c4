// Long because it holds the whole schema: a row for each field of each event.
#include "support/security_message_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <initializer_list>
#include <span>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace twinstorm::test {
namespace {

namespace json = boost::json;

enum class Form {
    kText,
    kInteger,
    kBoolean,
    kGuid,
    kDateTime,
    kPort,
    kAddress,
    kDirection,
    kLoginResult,
    kAction,
    kBaselineResult,
    kBaselineSeverity,
    kLogSeverity,
    kErrorType,
    kQueue,
    kTextMap,
    kCategory,
    kEventType,
    kVersion,
    kArray,
};

struct Field {
    std::string_view name;
    Form form = Form::kText;
    bool required = true;
};

constexpr bool kOptional = false;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> allowed) {
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
}

bool has_text_form(std::string_view text, Form form) {
    switch (form) {
        case Form::kGuid:
            return is_guid(text);
        case Form::kDateTime:
            return is_date_time(text);
        case Form::kPort:
            return is_port(text);
        case Form::kAddress:
            return is_address(text);
        case Form::kDirection:
            return is_one_of(text, {"In", "Out"});
        case Form::kLoginResult:
            return is_one_of(text, {"Fail", "Success"});
        case Form::kAction:
            return is_one_of(text, {"Allow", "Deny", "Other"});
        case Form::kBaselineResult:
            return is_one_of(text, {"Pass", "Fail", "Err"});
        case Form::kBaselineSeverity:
            return is_one_of(text, {"Critical", "Important", "Warning", "Informational"});
        case Form::kLogSeverity:
            return is_one_of(text, {"Fatal", "Error", "Warning", "Information", "Debug"});
        case Form::kErrorType:
            return is_one_of(text, {"TypeMismatch", "NotOptimal", "Conflict"});
        case Form::kQueue:
            return is_one_of(text, {"High", "Low"});
        case Form::kCategory:
            return is_one_of(text, {"Periodic", "Triggered"});
        case Form::kEventType:
            return is_one_of(text, {"Security", "Operational", "Diagnostic"});
        case Form::kVersion:
            return text == "1.0";
        default:
            return true;
    }
}

bool is_text_map(const json::value& value) {
    const json::object* map = value.if_object();
    return map != nullptr && std::all_of(map->begin(), map->end(), [](const auto& entry) {
               return entry.value().is_string();
           });
}

bool has_form(const json::value& value, Form form) {
    switch (form) {
        case Form::kInteger:
            return value.is_int64() || value.is_uint64();
        case Form::kBoolean:
            return value.is_bool();
        case Form::kTextMap:
            return is_text_map(value);
        case Form::kArray:
            return value.is_array();
        default:
            return value.is_string() && has_text_form(value.get_string(), form);
    }
}

class Checker {
public:
    // Every field that is there has its form, every required one is there, and there is no other.
    void check_fields(const json::object& object, std::span<const Field> fields,
                      const std::string& place) {
        for (const Field& field : fields) {
            const json::value* value = object.if_contains(field.name);
            if (value == nullptr && field.required) {
                add(place, "misses " + std::string(field.name));
            } else if (value != nullptr && !has_form(*value, field.form)) {
                add(place, "has a wrong " + std::string(field.name));
            }
        }
        for (const auto& entry : object) {
            const std::string_view key = entry.key();
            if (std::none_of(fields.begin(), fields.end(),
                             [key](const Field& field) { return field.name == key; })) {
                add(place, "has the unknown key " + std::string(key));
            }
        }
    }

    void add(const std::string& place, const std::string& what) {
        found_.push_back(place + " " + what);
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(found_); }

private:
    std::vector<std::string> found_;
};

constexpr Field kProcessCreate[] = {{"Executable"},
                                    {"ProcessId", Form::kInteger},
                                    {"ParentProcessId", Form::kInteger},
                                    {"UserId"},
                                    {"CommandLine"},
                                    {"UserName", Form::kText, kOptional}};
constexpr Field kProcessTerminate[] = {
    {"Executable"}, {"ProcessId", Form::kInteger}, {"ExitStatus", Form::kInteger}};
constexpr Field kConnectionCreate[] = {{"RemoteAddress", Form::kAddress},
                                       {"RemotePort", Form::kPort},
                                       {"Direction", Form::kDirection},
                                       {"Protocol"},
                                       {"ProcessId", Form::kInteger},
                                       {"Executable"},
                                       {"LocalAddress", Form::kAddress, kOptional},
                                       {"LocalPort", Form::kPort, kOptional},
                                       {"UserId", Form::kText, kOptional},
                                       {"CommandLine", Form::kText, kOptional}};
constexpr Field kLogin[] = {{"ProcessId", Form::kInteger},
                            {"Operation"},
                            {"Executable"},
                            {"Result", Form::kLoginResult},
                            {"UserId", Form::kText, kOptional},
                            {"UserName", Form::kText, kOptional},
                            {"RemoteAddress", Form::kAddress, kOptional},
                            {"RemotePort", Form::kPort, kOptional},
                            {"LocalPort", Form::kPort, kOptional}};
constexpr Field kListeningPorts[] = {{"LocalPort", Form::kPort},
                                     {"Protocol"},
                                     {"LocalAddress", Form::kAddress, kOptional},
                                     {"RemoteAddress", Form::kAddress, kOptional},
                                     {"RemotePort", Form::kPort, kOptional}};
constexpr Field kLocalUsers[] = {{"GroupIds"}, {"GroupNames"}, {"UserId"}, {"UserName"}};
constexpr Field kFirewallConfiguration[] = {{"Enabled", Form::kBoolean},
                                            {"Action", Form::kAction},
                                            {"Priority", Form::kInteger, kOptional},
                                            {"Direction", Form::kDirection, kOptional},
                                            {"ChainName", Form::kText, kOptional},
                                            {"Application", Form::kText, kOptional},
                                            {"SourceAddress", Form::kText, kOptional},
                                            {"SourcePort", Form::kText, kOptional},
                                            {"DestinationAddress", Form::kText, kOptional},
                                            {"DestinationPort", Form::kText, kOptional},
                                            {"Protocol", Form::kText, kOptional}};
constexpr Field kOsBaseline[] = {{"Description"},
                                 {"CceId"},
                                 {"Result", Form::kBaselineResult},
                                 {"Error"},
                                 {"Severity", Form::kBaselineSeverity}};
constexpr Field kSystemInformation[] = {{"OSName", Form::kText, kOptional},
                                        {"OSVersion", Form::kText, kOptional},
                                        {"OSVendor", Form::kText, kOptional},
                                        {"OsArchitecture", Form::kText, kOptional},
                                        {"HostName", Form::kText, kOptional},
                                        {"BIOSVersion", Form::kText, kOptional},
                                        {"BootDevice", Form::kText, kOptional},
                                        {"TotalPhysicalMemoryInKB", Form::kInteger, kOptional},
                                        {"FreePhysicalMemoryInKB", Form::kInteger, kOptional},
                                        {"TotalVirtualMemoryInKB", Form::kInteger, kOptional},
                                        {"FreeVirtualMemoryInKB", Form::kInteger, kOptional}};
constexpr Field kConnectedHardware[] = {
    {"HardwareCategory"}, {"HardwareSubCategory"}, {"HardwareName"}};
constexpr Field kDiagnostic[] = {{"Severity", Form::kLogSeverity},
                                 {"Message"},
                                 {"ProcessId", Form::kInteger},
                                 {"ThreadId", Form::kInteger},
                                 {"CorrelationId", Form::kGuid, kOptional}};
constexpr Field kConfigurationError[] = {
    {"ConfigurationName"}, {"ErrorType", Form::kErrorType}, {"UsedConfiguration"}, {"Message"}};
constexpr Field kDroppedEventsStatistics[] = {{"Queue", Form::kQueue},
                                              {"CollectedEvents", Form::kInteger},
                                              {"DroppedEvents", Form::kInteger}};
constexpr Field kMessageStatistics[] = {{"MessagesSent", Form::kInteger},
                                        {"MessagesUnder4KB", Form::kInteger},
                                        {"TotalFailed", Form::kInteger}};

struct EventRule {
    std::string_view name;
    std::string_view event_type;
    std::string_view category;
    std::span<const Field> fields;
};

constexpr EventRule kEventRules[] = {
    {"ProcessCreate", "Security", "Triggered", kProcessCreate},
    {"ProcessTerminate", "Security", "Triggered", kProcessTerminate},
    {"ConnectionCreate", "Security", "Triggered", kConnectionCreate},
    {"Login", "Security", "Triggered", kLogin},
    {"ListeningPorts", "Security", "Periodic", kListeningPorts},
    {"LocalUsers", "Security", "Periodic", kLocalUsers},
    {"FirewallConfiguration", "Security", "Periodic", kFirewallConfiguration},
    {"OSBaseline", "Security", "Periodic", kOsBaseline},
    {"SystemInformation", "Security", "Periodic", kSystemInformation},
    {"ConnectedHardware", "Security", "Periodic", kConnectedHardware},
    {"Diagnostic", "Diagnostic", "Triggered", kDiagnostic},
    {"ConfigurationError", "Operational", "Triggered", kConfigurationError},
    {"DroppedEventsStatistics", "Operational", "Periodic", kDroppedEventsStatistics},
    {"MessageStatistics", "Operational", "Periodic", kMessageStatistics},
};

const EventRule* find_rule(const json::value* name) {
    if (name == nullptr || !name->is_string()) {
        return nullptr;
    }
    for (const EventRule& rule : kEventRules) {
        if (rule.name == std::string_view(name->get_string())) {
            return &rule;
        }
    }
    return nullptr;
}

bool has_text(const json::object& object, std::string_view key, std::string_view text) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() && std::string_view(value->get_string()) == text;
}

void check_item(const json::value& item, const EventRule& rule, const std::string& place,
                Checker& checker) {
    if (!item.is_object()) {
        return checker.add(place, "is no object");
    }
    std::vector<Field> fields(rule.fields.begin(), rule.fields.end());
    fields.push_back({"ExtraDetails", Form::kTextMap, kOptional});
    checker.check_fields(item.get_object(), fields, place);
    const bool names_user =
        item.get_object().contains("UserId") || item.get_object().contains("UserName");
    if (rule.name == "Login" && !names_user) {
        checker.add(place, "misses UserId or UserName");
    }
}

// A Triggered event is never empty; only a Periodic one that says so may have no payload.
void check_emptiness(const json::object& event, const std::string& place, Checker& checker) {
    const json::value* payload = event.if_contains("Payload");
    const json::value* is_empty = event.if_contains("IsEmpty");
    if (payload == nullptr || !payload->is_array() || is_empty == nullptr || !is_empty->is_bool()) {
        return;  // Named already.
    }
    const bool is_triggered = has_text(event, "Category", "Triggered");
    if (is_triggered && is_empty->get_bool()) {
        checker.add(place, "is Triggered and says that it is empty");
    }
    if (payload->get_array().empty() && (is_triggered || !is_empty->get_bool())) {
        checker.add(place, "has no payload");
    }
}

void check_event(const json::value& value, const std::string& place, Checker& checker) {
    static constexpr Field kFields[] = {
        {"Id", Form::kGuid},
        {"TimestampLocal", Form::kDateTime},
        {"TimestampUTC", Form::kDateTime},
        {"Category", Form::kCategory},
        {"Name"},
        {"EventType", Form::kEventType},
        {"IsEmpty", Form::kBoolean},
        {"PayloadSchemaVersion", Form::kVersion},
        {"Payload", Form::kArray},
    };
    if (!value.is_object()) {
        return checker.add(place, "is no object");
    }
    const json::object& event = value.get_object();
    checker.check_fields(event, kFields, place);
    check_emptiness(event, place, checker);
    const EventRule* rule = find_rule(event.if_contains("Name"));
    if (rule == nullptr) {
        return checker.add(place, "has an unknown Name");
    }
    if (!has_text(event, "EventType", rule->event_type)) {
        checker.add(place, "has an EventType that its Name does not allow");
    }
    if (!has_text(event, "Category", rule->category)) {
        checker.add(place, "has a Category that its Name does not allow");
    }
    const json::value* payload = event.if_contains("Payload");
    if (payload == nullptr || !payload->is_array()) {
        return;
    }
    std::size_t index = 0;
    for (const json::value& item : payload->get_array()) {
        check_item(item, *rule, place + ".Payload[" + std::to_string(index++) + "]", checker);
    }
}

bool are_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
    }
    return value;
}

bool is_single_port(std::string_view text) {
    return are_digits(text) && text.size() <= 5 && number(text) <= 65'535;
}

bool is_port_item(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash != std::string_view::npos) {
        return is_single_port(text.substr(0, dash)) && is_single_port(text.substr(dash + 1));
    }
    return text == "*" || is_single_port(text);
}

// `pattern` has 'd' for a digit and is itself elsewhere.
bool matches(std::string_view text, std::string_view pattern) {
    return text.size() == pattern.size() &&
           std::equal(text.begin(), text.end(), pattern.begin(), [](char c, char expected) {
               return expected == 'd' ? c >= '0' && c <= '9' : c == expected;
           });
}

bool is_zone(std::string_view text) {
    if (text == "Z" || text == "z") {
        return true;
    }
    if (!matches(text, "+dd:dd") && !matches(text, "-dd:dd")) {
        return false;
    }
    return number(text.substr(1, 2)) < 24 && number(text.substr(4, 2)) < 60;
}

}  // namespace

bool is_guid(std::string_view text) {
    constexpr std::size_t kBytes = 36;
    if (text.size() != kBytes) {
        return false;
    }
    for (std::size_t i = 0; i < kBytes; ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_hex = std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
        if (is_dash ? text[i] != '-' : !is_hex) {
            return false;
        }
    }
    return true;
}

bool is_date_time(std::string_view text) {
    constexpr std::size_t kSecondsEnd = 19;
    if (text.size() <= kSecondsEnd || !matches(text.substr(0, 10), "dddd-dd-dd") ||
        std::string_view("Tt ").find(text[10]) == std::string_view::npos ||
        !matches(text.substr(11, 8), "dd:dd:dd")) {
        return false;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(number(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))};
    if (!date.ok() || number(text.substr(11, 2)) > 23 || number(text.substr(14, 2)) > 59 ||
        number(text.substr(17, 2)) > 60) {
        return false;
    }
    std::string_view rest = text.substr(kSecondsEnd);
    if (rest.front() == '.') {
        const std::size_t end = rest.find_first_not_of("0123456789", 1);
        if (end == std::string_view::npos || end == 1) {
            return false;
        }
        rest.remove_prefix(end);
    }
    return is_zone(rest);
}

bool is_port(std::string_view text) {
    while (true) {
        const std::size_t comma = text.find(',');
        if (!is_port_item(text.substr(0, comma))) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

bool is_address(std::string_view text) {
    const std::string terminated(text);
    in6_addr address{};
    return inet_pton(AF_INET, terminated.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, terminated.c_str(), &address) == 1;
}

std::vector<std::string> violations(const json::value& message) {
    static constexpr Field kEnvelope[] = {
        {"AgentVersion"},
        {"AgentId", Form::kGuid},
        {"MessageSchemaVersion", Form::kVersion},
        {"Events", Form::kArray},
    };
    Checker checker;
    if (!message.is_object()) {
        checker.add("message", "is no object");
        return checker.take();
    }
    checker.check_fields(message.get_object(), kEnvelope, "message");
    const json::value* events = message.get_object().if_contains("Events");
    if (events == nullptr || !events->is_array()) {
        return checker.take();
    }
    if (events->get_array().empty()) {
        checker.add("message", "has no events");
    }
    std::size_t index = 0;
    for (const json::value& event : events->get_array()) {
        check_event(event, "Events[" + std::to_string(index++) + "]", checker);
    }
    return checker.take();
}

}  // namespace twinstorm::test

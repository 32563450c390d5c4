#include "defender/json_schema.h"

#include <algorithm>

namespace twinstorm::defender {
namespace {

constexpr Field kEnvelope[] = {
    {"AgentVersion"},
    {"AgentId", Form::kGuid},
    {"MessageSchemaVersion", Form::kSchemaVersion},
    {"Events", Form::kArray},
};
constexpr Field kEvent[] = {
    {"Id", Form::kGuid},
    {"TimestampLocal", Form::kDateTime},
    {"TimestampUTC", Form::kDateTime},
    {"Category", Form::kCategory},
    {"Name"},
    {"EventType", Form::kEventType},
    {"IsEmpty", Form::kBoolean},
    {"PayloadSchemaVersion", Form::kPayloadVersion},
    {"Payload", Form::kArray},
};

constexpr Field kProcessCreate[] = {{"Executable"},
                                    {"ProcessId", Form::kInteger},
                                    {"ParentProcessId", Form::kInteger},
                                    {"UserId", Form::kText, Need::kRequiredWhenStrict},
                                    {"CommandLine"},
                                    {"Hash", Form::kText, Need::kShippedOnly},
                                    {"UserName", Form::kText, Need::kOptional},
                                    {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kProcessTerminate[] = {{"Executable"},
                                       {"ProcessId", Form::kInteger},
                                       {"ExitStatus", Form::kInteger},
                                       {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kConnectionCreate[] = {{"RemoteAddress", Form::kAddress},
                                       {"RemotePort", Form::kPort},
                                       {"Direction", Form::kDirection},
                                       {"Protocol"},
                                       {"ProcessId", Form::kInteger},
                                       {"Executable"},
                                       {"LocalAddress", Form::kAddress, Need::kOptional},
                                       {"LocalPort", Form::kPort, Need::kOptional},
                                       {"UserId", Form::kText, Need::kOptional},
                                       {"CommandLine", Form::kText, Need::kOptional},
                                       {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kLogin[] = {{"ProcessId", Form::kInteger},
                            {"Operation"},
                            {"Executable"},
                            {"Result", Form::kLoginResult},
                            {"UserId", Form::kText, Need::kOptional},
                            {"UserName", Form::kText, Need::kOptional},
                            {"RemoteAddress", Form::kAddress, Need::kOptional},
                            {"RemotePort", Form::kPort, Need::kOptional},
                            {"LocalPort", Form::kPort, Need::kOptional},
                            {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kListeningPorts[] = {{"LocalPort", Form::kPort},
                                     {"Protocol"},
                                     {"LocalAddress", Form::kAddress, Need::kOptional},
                                     {"RemoteAddress", Form::kAddress, Need::kOptional},
                                     {"RemotePort", Form::kPort, Need::kOptional},
                                     {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kLocalUsers[] = {{"GroupIds"},
                                 {"GroupNames"},
                                 {"UserId"},
                                 {"UserName"},
                                 {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kFirewallConfiguration[] = {{"Enabled", Form::kBoolean},
                                            {"Action", Form::kAction},
                                            {"Priority", Form::kInteger, Need::kOptional},
                                            {"Direction", Form::kDirection, Need::kOptional},
                                            {"ChainName", Form::kText, Need::kOptional},
                                            {"Application", Form::kText, Need::kOptional},
                                            {"SourceAddress", Form::kText, Need::kOptional},
                                            {"SourcePort", Form::kText, Need::kOptional},
                                            {"DestinationAddress", Form::kText, Need::kOptional},
                                            {"DestinationPort", Form::kText, Need::kOptional},
                                            {"Protocol", Form::kText, Need::kOptional},
                                            {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kOsBaseline[] = {{"Description"},
                                 {"CceId"},
                                 {"Result", Form::kBaselineResult},
                                 {"Error"},
                                 {"Severity", Form::kBaselineSeverity},
                                 {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kSystemInformation[] = {
    {"OSName", Form::kText, Need::kOptional},
    {"OSVersion", Form::kText, Need::kOptional},
    {"OSVendor", Form::kText, Need::kOptional},
    {"OsArchitecture", Form::kText, Need::kOptional},
    {"HostName", Form::kText, Need::kOptional},
    {"BIOSVersion", Form::kText, Need::kOptional},
    {"BootDevice", Form::kText, Need::kOptional},
    {"TotalPhysicalMemoryInKB", Form::kInteger, Need::kOptional},
    {"FreePhysicalMemoryInKB", Form::kInteger, Need::kOptional},
    {"TotalVirtualMemoryInKB", Form::kInteger, Need::kOptional},
    {"FreeVirtualMemoryInKB", Form::kInteger, Need::kOptional},
    {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kConnectedHardware[] = {{"HardwareCategory"},
                                        {"HardwareSubCategory"},
                                        {"HardwareName"},
                                        {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kConnectedHardwareShipped[] = {{"ConnectedHardware"},
                                               {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kDiagnostic[] = {{"Severity", Form::kLogSeverity},
                                 {"Message"},
                                 {"ProcessId", Form::kInteger},
                                 {"ThreadId", Form::kInteger},
                                 {"CorrelationId", Form::kGuid, Need::kOptional},
                                 {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kConfigurationError[] = {{"ConfigurationName"},
                                         {"ErrorType", Form::kErrorType},
                                         {"UsedConfiguration"},
                                         {"Message"},
                                         {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kDroppedEventsStatistics[] = {{"Queue", Form::kQueue},
                                              {"CollectedEvents", Form::kInteger},
                                              {"DroppedEvents", Form::kInteger},
                                              {"ExtraDetails", Form::kTextMap, Need::kOptional}};
constexpr Field kMessageStatistics[] = {{"MessagesSent", Form::kInteger},
                                        {"MessagesUnder4KB", Form::kInteger},
                                        {"TotalFailed", Form::kInteger},
                                        {"ExtraDetails", Form::kTextMap, Need::kOptional}};

constexpr EventRule kEventRules[] = {
    {"ProcessCreate", "Security", "Triggered", kProcessCreate, true},
    {"ProcessTerminate", "Security", "Triggered", kProcessTerminate, true},
    {"ConnectionCreate", "Security", "Triggered", kConnectionCreate, true},
    {"Login", "Security", "Triggered", kLogin},
    {"ListeningPorts", "Security", "Periodic", kListeningPorts},
    {"LocalUsers", "Security", "Periodic", kLocalUsers},
    {"FirewallConfiguration", "Security", "Periodic", kFirewallConfiguration},
    {"OSBaseline", "Security", "Periodic", kOsBaseline},
    {"SystemInformation", "Security", "Periodic", kSystemInformation},
    {"ConnectedHardware", "Security", "Periodic", kConnectedHardware, false,
     kConnectedHardwareShipped},
    {"Diagnostic", "Diagnostic", "Triggered", kDiagnostic},
    {"ConfigurationError", "Operational", "Triggered", kConfigurationError},
    {"DroppedEventsStatistics", "Operational", "Periodic", kDroppedEventsStatistics},
    {"MessageStatistics", "Operational", "Periodic", kMessageStatistics},
};

constexpr std::string_view kDirections[] = {"In", "Out"};
constexpr std::string_view kLoginResults[] = {"Fail", "Success"};
constexpr std::string_view kActions[] = {"Allow", "Deny", "Other"};
constexpr std::string_view kBaselineResults[] = {"Pass", "Fail", "Err"};
constexpr std::string_view kBaselineSeverities[] = {"Critical", "Important", "Warning",
                                                    "Informational"};
constexpr std::string_view kLogSeverities[] = {"Fatal", "Error", "Warning", "Information", "Debug"};
constexpr std::string_view kErrorTypes[] = {"TypeMismatch", "NotOptimal", "Conflict"};
constexpr std::string_view kQueues[] = {"High", "Low"};
constexpr std::string_view kCategories[] = {"Periodic", "Triggered"};
constexpr std::string_view kEventTypes[] = {"Security", "Operational", "Diagnostic"};
constexpr std::string_view kVersions[] = {"1.0"};

}  // namespace

Fields envelope_fields() {
    return kEnvelope;
}

Fields event_fields() {
    return kEvent;
}

const EventRule* find_event_rule(std::string_view name) {
    const auto* const found = std::ranges::find(kEventRules, name, &EventRule::name);
    return found == std::end(kEventRules) ? nullptr : found;
}

std::span<const std::string_view> allowed_values(Form form) {
    switch (form) {
        case Form::kDirection:
            return kDirections;
        case Form::kLoginResult:
            return kLoginResults;
        case Form::kAction:
            return kActions;
        case Form::kBaselineResult:
            return kBaselineResults;
        case Form::kBaselineSeverity:
            return kBaselineSeverities;
        case Form::kLogSeverity:
            return kLogSeverities;
        case Form::kErrorType:
            return kErrorTypes;
        case Form::kQueue:
            return kQueues;
        case Form::kCategory:
            return kCategories;
        case Form::kEventType:
            return kEventTypes;
        case Form::kSchemaVersion:
        case Form::kPayloadVersion:
            return kVersions;
        default:
            return {};
    }
}

}  // namespace twinstorm::defender

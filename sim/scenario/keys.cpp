#include "scenario/keys.h"

#include <algorithm>
#include <array>

#include "twinstorm/base/check.h"

namespace twinstorm::scenario {
namespace {

constexpr bool kRequired = true;

constexpr std::array kTop{Key{"name", kRequired}, Key{"question"},         Key{"seed"},
                          Key{"hub", kRequired},  Key{"fleet", kRequired}, Key{"phases", kRequired},
                          Key{"gates"},           Key{"report"},           Key{"clock"},
                          Key{"pacing"}};
constexpr std::array kPacing{Key{"tick", kRequired}};
constexpr std::array kHub{Key{"mock"}, Key{"real"}};
constexpr std::array kMock{Key{"tier"},       Key{"units"},   Key{"throttle"},
                           Key{"partitions"}, Key{"workers"}, Key{"verdicts"}};
constexpr std::array kReal{Key{"connection_string"}, Key{"ready_file"}, Key{"budget"}};
constexpr std::array kBudget{Key{"messages", kRequired}, Key{"devices", kRequired},
                             Key{"duration", kRequired}};
constexpr std::array kGroup{Key{"group", kRequired},
                            Key{"devices", kRequired},
                            Key{"id"},
                            Key{"persona"},
                            Key{"auth"},
                            Key{"transport"},
                            Key{"security_messages"},
                            Key{"sas_lifetime"},
                            Key{"keep_alive"},
                            Key{"profile"},
                            Key{"encoding"},
                            Key{"agent"},
                            Key{"identities"}};
constexpr std::array kPersona{Key{"name", kRequired}, Key{"profile"},           Key{"encoding"},
                              Key{"agent"},           Key{"security_messages"}, Key{"start"}};
constexpr std::array kAgent{Key{"messages"},       Key{"unknown_keys"},   Key{"beside_invalid"},
                            Key{"invalid_fields"}, Key{"patch_is_whole"}, Key{"first_collection"}};
constexpr std::array kFirstCollection{Key{"min", kRequired}, Key{"max", kRequired}};
constexpr std::array kIdentities{Key{"absent"}, Key{"never_connected"}, Key{"rejected"}};
constexpr std::array kLifeCycle{Key{"persona", kRequired}, Key{"rate", kRequired}, Key{"group"}};
constexpr std::array kSecurityMessages{Key{"rate"}, Key{"arrivals"}, Key{"in_flight"}};
constexpr std::array kPhase{
    Key{"name", kRequired},   Key{"connect"},      Key{"duration"}, Key{"until"}, Key{"measure"},
    Key{"security_messages"}, Key{"twin_updates"}, Key{"faults"},   Key{"start"}, Key{"stop"},
    Key{"playbooks"}};
constexpr std::array kConnect{Key{"rate", kRequired}};
constexpr std::array kUntil{Key{"converged", kRequired}, Key{"at_most", kRequired}};
constexpr std::array kTwinUpdates{Key{"rate"}, Key{"arrivals"}, Key{"every"}, Key{"persona"},
                                  Key{"patch", kRequired}};
constexpr std::array kFault{
    Key{"latency"},    Key{"error"},         Key{"refuse_connects"}, Key{"drop_acknowledgements"},
    Key{"duplicate"},  Key{"disconnect"},    Key{"stall"},           Key{"restart"},
    Key{"slow_reads"}, Key{"stale_queries"}, Key{"lose_answers"},    Key{"rates"},
    Key{"devices"},    Key{"start"},         Key{"duration"}};
constexpr std::array kLatency{Key{"operations"}, Key{"constant"},  Key{"exponential"},
                              Key{"uniform"},    Key{"lognormal"}, Key{"bimodal"}};
constexpr std::array kUniform{Key{"min", kRequired}, Key{"max", kRequired}};
constexpr std::array kLognormal{Key{"p50", kRequired}, Key{"p99", kRequired}};
constexpr std::array kBimodal{Key{"fast", kRequired}, Key{"slow", kRequired},
                              Key{"slow_share", kRequired}};
constexpr std::array kError{Key{"operations"}, Key{"code", kRequired}, Key{"share", kRequired}};
constexpr std::array kRefuseConnects{Key{"share", kRequired}, Key{"answer"}};
constexpr std::array kDuplicate{Key{"what", kRequired}, Key{"share", kRequired}};
constexpr std::array kDisconnect{Key{"share"}, Key{"rate"}};
constexpr std::array kRestart{Key{"state", kRequired}, Key{"down", kRequired}};
constexpr std::array kStaleQueries{Key{"by", kRequired}};
constexpr std::array kLoseAnswers{Key{"operations"}, Key{"share", kRequired}};
// In the order of iothub::OperationClass.
constexpr std::array kRates{Key{"registry"},
                            Key{"connections"},
                            Key{"device_messages"},
                            Key{"file_uploads"},
                            Key{"queries"},
                            Key{"cloud_to_device_sends"},
                            Key{"cloud_to_device_receives"},
                            Key{"direct_methods"},
                            Key{"twin_reads"},
                            Key{"twin_updates"},
                            Key{"job_operations"},
                            Key{"job_device_operations"},
                            Key{"configurations"}};
constexpr std::array kDevices{Key{"prefix"}, Key{"share"}};
constexpr std::array kPlay{Key{"play", kRequired}, Key{"devices"}, Key{"start"},
                           Key{"spread"},          Key{"times"},   Key{"persona"}};
constexpr std::span<const Key> kNone;

constexpr std::array kTables{KeyTable{"", kTop},
                             KeyTable{"pacing", kPacing},
                             KeyTable{"hub", kHub},
                             KeyTable{"hub.mock", kMock},
                             KeyTable{"hub.real", kReal},
                             KeyTable{"hub.real.budget", kBudget},
                             KeyTable{"fleet[]", kGroup},
                             KeyTable{"fleet[].security_messages", kSecurityMessages},
                             KeyTable{"fleet[].agent", kAgent},
                             KeyTable{"fleet[].agent.first_collection", kFirstCollection},
                             KeyTable{"fleet[].identities", kIdentities},
                             KeyTable{"fleet[].persona[]", kPersona},
                             KeyTable{"fleet[].persona[].agent", kAgent},
                             KeyTable{"fleet[].persona[].agent.first_collection", kFirstCollection},
                             KeyTable{"fleet[].persona[].security_messages", kSecurityMessages},
                             KeyTable{"phases[]", kPhase},
                             KeyTable{"phases[].start", kLifeCycle},
                             KeyTable{"phases[].stop", kLifeCycle},
                             KeyTable{"phases[].connect", kConnect},
                             KeyTable{"phases[].until", kUntil},
                             KeyTable{"phases[].twin_updates", kTwinUpdates},
                             KeyTable{"phases[].faults[]", kFault},
                             KeyTable{"phases[].faults[].latency", kLatency},
                             KeyTable{"phases[].faults[].latency.uniform", kUniform},
                             KeyTable{"phases[].faults[].latency.lognormal", kLognormal},
                             KeyTable{"phases[].faults[].latency.bimodal", kBimodal},
                             KeyTable{"phases[].faults[].error", kError},
                             KeyTable{"phases[].faults[].refuse_connects", kRefuseConnects},
                             KeyTable{"phases[].faults[].duplicate", kDuplicate},
                             KeyTable{"phases[].faults[].disconnect", kDisconnect},
                             KeyTable{"phases[].faults[].restart", kRestart},
                             KeyTable{"phases[].faults[].stale_queries", kStaleQueries},
                             KeyTable{"phases[].faults[].lose_answers", kLoseAnswers},
                             KeyTable{"phases[].faults[].rates", kRates},
                             KeyTable{"phases[].faults[].devices", kDevices},
                             KeyTable{"phases[].playbooks[]", kPlay},
                             KeyTable{"phases[].playbooks[].devices", kDevices},
                             KeyTable{"report", kNone}};

using Words = std::string_view;
constexpr std::array<Words, 4> kTiers{"F1", "S1", "S2", "S3"};
constexpr std::array<Words, 2> kVerdicts{"strict", "as-shipped"};
// In the order of host::Kind, then what is drawn for each device.
constexpr std::array<Words, 6> kProfiles{"gateway", "camera", "industrial-pc",
                                         "kiosk",   "sensor", "mixed"};
// In the order of agent::Encoding.
constexpr std::array<Words, 4> kEncodings{"json-1.0", "json-1.0-as-shipped", "json-1.0-ext",
                                          "flatbuffers-2.3"};
constexpr std::array<Words, 2> kBundlings{"per-tick", "per-collector"};
constexpr std::array<Words, 2> kUnknownKeys{"ignored", "invalid"};
constexpr std::array<Words, 2> kBesideInvalid{"applied", "rejected"};
constexpr std::array<Words, 2> kInvalidFields{"list", "text"};
constexpr std::array<Words, 2> kStarts{"connect", "later"};
constexpr std::array<Words, 1> kAuths{"sas"};
constexpr std::array<Words, 4> kAuthsPlanned{"x509-self-signed", "x509-ca", "dps-symmetric",
                                             "dps-x509"};
constexpr std::array<Words, 2> kTransports{"asio", "paho"};
constexpr std::array<Words, 1> kTransportsPlanned{"asio-websocket"};
constexpr std::array<Words, 2> kArrivals{"constant", "poisson"};
constexpr std::array<Words, 1> kEvery{"device"};
// In the order of iothub::OperationClass.
constexpr std::array<Words, 13> kOperations{
    "registry",      "connections",           "device_messages",          "file_uploads",
    "queries",       "cloud_to_device_sends", "cloud_to_device_receives", "direct_methods",
    "twin_reads",    "twin_updates",          "job_operations",           "job_device_operations",
    "configurations"};
constexpr std::array<Words, 2> kTwinOperations{"twin_reads", "twin_updates"};
constexpr std::array<Words, 5> kConnectAnswers{"close", "identifier-rejected", "server-unavailable",
                                               "bad-credentials", "not-authorized"};
constexpr std::array<Words, 2> kDuplicated{"telemetry", "cloud_to_device"};
constexpr std::array<Words, 2> kStates{"keep", "lose"};
constexpr std::span<const Words> kNothing;

constexpr std::array kChoices{
    Choices{"hub.mock.tier", "tier", kTiers, kNothing},
    Choices{"hub.mock.verdicts", "verdicts", kVerdicts, kNothing},
    Choices{"fleet[].profile", "profile", kProfiles, kNothing},
    Choices{"fleet[].encoding", "encoding", kEncodings, kNothing},
    Choices{"fleet[].agent.messages", "bundling", kBundlings, kNothing},
    Choices{"fleet[].agent.unknown_keys", "rule", kUnknownKeys, kNothing},
    Choices{"fleet[].agent.beside_invalid", "rule", kBesideInvalid, kNothing},
    Choices{"fleet[].agent.invalid_fields", "form", kInvalidFields, kNothing},
    Choices{"fleet[].persona[].profile", "profile", kProfiles, kNothing},
    Choices{"fleet[].persona[].encoding", "encoding", kEncodings, kNothing},
    Choices{"fleet[].persona[].agent.messages", "bundling", kBundlings, kNothing},
    Choices{"fleet[].persona[].agent.unknown_keys", "rule", kUnknownKeys, kNothing},
    Choices{"fleet[].persona[].agent.beside_invalid", "rule", kBesideInvalid, kNothing},
    Choices{"fleet[].persona[].agent.invalid_fields", "form", kInvalidFields, kNothing},
    Choices{"fleet[].persona[].start", "start", kStarts, kNothing},
    Choices{"fleet[].persona[].security_messages.arrivals", "arrivals", kArrivals, kNothing},
    Choices{"fleet[].auth", "auth", kAuths, kAuthsPlanned},
    Choices{"fleet[].transport", "transport", kTransports, kTransportsPlanned},
    Choices{"fleet[].security_messages.arrivals", "arrivals", kArrivals, kNothing},
    Choices{"phases[].twin_updates.arrivals", "arrivals", kArrivals, kNothing},
    Choices{"phases[].twin_updates.every", "every", kEvery, kNothing},
    Choices{"phases[].faults[].latency.operations[]", "operation", kOperations, kNothing},
    Choices{"phases[].faults[].error.operations[]", "operation", kOperations, kNothing},
    Choices{"phases[].faults[].lose_answers.operations[]", "operation", kTwinOperations, kNothing},
    Choices{"phases[].faults[].refuse_connects.answer", "answer", kConnectAnswers, kNothing},
    Choices{"phases[].faults[].duplicate.what", "kind of message", kDuplicated, kNothing},
    Choices{"phases[].faults[].restart.state", "state", kStates, kNothing}};

}  // namespace

bool KeyTable::contains(std::string_view key) const {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const Key& known) { return known.name == key; });
}

std::vector<std::string_view> KeyTable::names() const {
    std::vector<std::string_view> names;
    for (const Key& key : keys) {
        names.push_back(key.name);
    }
    return names;
}

std::span<const KeyTable> key_tables() {
    return kTables;
}

const KeyTable* find_table(std::string_view path) {
    const auto* const found = std::find_if(
        kTables.begin(), kTables.end(), [&](const KeyTable& known) { return known.path == path; });
    return found == kTables.end() ? nullptr : found;
}

const KeyTable& table(std::string_view path) {
    const KeyTable* found = find_table(path);
    TWINSTORM_CHECK(found != nullptr);
    return *found;
}

std::span<const Choices> choice_tables() {
    return kChoices;
}

const Choices& choices(std::string_view path) {
    const auto* const found = std::find_if(
        kChoices.begin(), kChoices.end(), [&](const Choices& known) { return known.path == path; });
    TWINSTORM_CHECK(found != kChoices.end());
    return *found;
}

}  // namespace twinstorm::scenario

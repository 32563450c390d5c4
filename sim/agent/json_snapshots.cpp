#include <array>

#include "agent/foreign_text.h"
#include "agent/json_writer.h"

namespace twinstorm::agent {
namespace {

constexpr std::string_view kEventEnd = "]}";

// By host::CheckResult: schema 1.0 has no word for a check that was left out, so it is one without
// a result, and its Error says why.
constexpr std::array<std::string_view, 4> kResults{
    R"(,"Result":"Pass","Error":"",)", R"(,"Result":"Fail","Error":"",)",
    R"(,"Result":"Err","Error":"skipped",)",
    R"(,"Result":"Err","Error":"the check could not be run",)"};
constexpr std::array<std::string_view, 4> kCapitalResults{
    R"(,"Result":"PASS","Error":"",)", R"(,"Result":"FAIL","Error":"",)",
    R"(,"Result":"ERR","Error":"skipped",)",
    R"(,"Result":"ERR","Error":"the check could not be run",)"};

}  // namespace

bool JsonWriter::add_heartbeat(TimePoint at) {
    add_empty_snapshot(extended() ? JsonEvent::kHeartbeat : JsonEvent::kSystemInformation, at);
    return true;
}

bool JsonWriter::add_system_information(TimePoint at, const SystemInformationFacts& facts) {
    add_snapshot(JsonEvent::kSystemInformation, at, 1, [&](std::size_t) {
        put_system(facts, at);
        return true;
    });
    return true;
}

void JsonWriter::put_system(const SystemInformationFacts& facts, TimePoint at) {
    const host::Profile& profile = sender_.host.profile();
    if (dialect_.bare) {
        text_.put(R"({"OSName":"Azure RTOS","OSVersion":"6.2")");
        return end_item();
    }
    const host::Machine& machine = host::catalogue().machines[profile.machine];
    const MachinePieces& pieces = pieces_.machines[profile.machine];
    const host::MemoryFacts memory = sender_.host.memory(at);
    text_.put('{');
    text_.put(pieces_.operating_systems[profile.operating_system]);
    text_.put(',');
    text_.put(pieces.architecture);
    put_value(R"(,"HostName":")", profile.host_name, "");
    put_value(R"(,"BIOSVersion":")", facts.firmware_version, pieces.firmware_version);
    text_.put(',');
    text_.put(pieces.boot_device);
    put_number(R"(,"TotalPhysicalMemoryInKB":)", machine.memory_kb);
    put_number(R"(,"FreePhysicalMemoryInKB":)", memory.free_kb);
    put_number(R"(,"TotalVirtualMemoryInKB":)", machine.memory_kb + machine.swap_kb);
    put_number(R"(,"FreeVirtualMemoryInKB":)", memory.free_kb + memory.free_swap_kb);
    if (dialect_.micro) {
        put_hardware_details(facts);
    }
    end_item();
}

void JsonWriter::put_hardware_details(const SystemInformationFacts& facts) {
    const host::Profile& profile = sender_.host.profile();
    const MachinePieces& pieces = pieces_.machines[profile.machine];
    put_detail(R"("AgentType":"Standalone","OsPlatform":"Linux",)");
    text_.put(pieces_.kernels[profile.operating_system]);
    put_value(R"(,"AgentVersion":")", dialect_.agent_version, "");
    put_value(R"(,"HardwareVendor":")", facts.hardware_vendor, pieces.hardware_vendor);
    put_value(R"(,"HardwareModel":")", facts.hardware_model, pieces.hardware_model);
    if (facts.hardware_serial_number.empty()) {
        put_number(R"(,"HardwareSerialNumber":")", profile.serial_number);
        text_.put('"');
    } else {
        put_value(R"(,"HardwareSerialNumber":")", facts.hardware_serial_number, "");
    }
    put_value(R"(,"FirmwareVendor":")", facts.firmware_vendor, pieces.firmware_vendor);
    put_value(R"(,"FirmwareVersion":")", facts.firmware_version, pieces.firmware_version);
    put_address(R"(,"NicType":"ETH","NicIpv4Address":")", profile.address);
    text_.put(R"(","NicMac":")");
    text_.put_mac(profile.mac);
    text_.put('"');
}

bool JsonWriter::add_baseline(TimePoint at, std::span<const host::CheckFinding> findings) {
    add_snapshot(JsonEvent::kOsBaseline, at, findings.size(), [&](std::size_t i) {
        if (dialect_.failures_only && findings[i].result == host::CheckResult::kPass) {
            return false;
        }
        put_check(findings[i]);
        return true;
    });
    return true;
}

void JsonWriter::put_check(const host::CheckFinding& finding) {
    const CheckPieces& pieces = pieces_.checks[finding.check];
    const auto& results = dialect_.capital_results ? kCapitalResults : kResults;
    text_.put('{');
    text_.put(pieces.description);
    text_.put(',');
    text_.put(pieces.ids[sender_.host.profile().operating_system]);
    text_.put(results[static_cast<std::size_t>(finding.result)]);
    text_.put(pieces.severity);
    if (dialect_.micro) {
        put_detail(pieces.remediation);
    }
    end_item();
}

bool JsonWriter::add_packages(TimePoint at, std::span<const std::uint16_t> packages) {
    if (!extended()) {
        return false;
    }
    add_pieces(JsonEvent::kSbom, at, packages, pieces_.packages);
    return true;
}

bool JsonWriter::add_listening_ports(TimePoint at, std::span<const std::uint16_t> ports) {
    add_snapshot(JsonEvent::kListeningPorts, at, ports.size(), [&](std::size_t i) {
        const host::ListeningPort& port = host::catalogue().listening_ports[ports[i]];
        text_.put('{');
        text_.put(pieces_.listening_ports[ports[i]]);
        put_detail_number("\"Pid\":\"", sender_.host.process_id_of(port.program));
        text_.put('"');
        end_item();
        return true;
    });
    return true;
}

bool JsonWriter::add_users(TimePoint at, std::span<const std::uint16_t> users) {
    add_snapshot(JsonEvent::kLocalUsers, at, users.size(), [&](std::size_t i) {
        text_.put('{');
        text_.put(pieces_.users[users[i]].groups);
        text_.put('}');
        return true;
    });
    return true;
}

bool JsonWriter::add_firewall(TimePoint at, std::span<const std::uint16_t> rules) {
    add_pieces(JsonEvent::kFirewallConfiguration, at, rules, pieces_.firewall_rules);
    return true;
}

bool JsonWriter::add_hardware(TimePoint at, std::span<const std::uint16_t> hardware) {
    add_pieces(JsonEvent::kConnectedHardware, at, hardware,
               dialect_.hardware_in_one_field ? pieces_.hardware_in_one : pieces_.hardware);
    return true;
}

bool JsonWriter::add(TimePoint at, std::span<const QueueStatistics> queues) {
    add_snapshot(JsonEvent::kDroppedEventsStatistics, at, queues.size(), [&](std::size_t i) {
        text_.put(queues[i].high ? R"({"Queue":"High","CollectedEvents":)"
                                 : R"({"Queue":"Low","CollectedEvents":)");
        text_.put_integer(queues[i].collected);
        put_number(R"(,"DroppedEvents":)", queues[i].dropped);
        text_.put('}');
        return true;
    });
    return true;
}

bool JsonWriter::add(TimePoint at, const MessageStatistics& messages) {
    add_snapshot(JsonEvent::kMessageStatistics, at, 1, [&](std::size_t) {
        put_number(R"({"MessagesSent":)", messages.sent);
        put_number(R"(,"MessagesUnder4KB":)", messages.under_4_kb);
        put_number(R"(,"TotalFailed":)", messages.failed);
        text_.put('}');
        return true;
    });
    return true;
}

// One item for each collector; rows of one stand together.
bool JsonWriter::add(TimePoint at, std::span<const CollectorStatistics> rows) {
    if (!extended()) {
        return false;
    }
    add_snapshot(JsonEvent::kStatistics, at, rows.size(), [&](std::size_t i) {
        const std::string_view collector = rows[i].collector;
        if (i > 0 && rows[i - 1].collector == collector) {
            return false;
        }
        put_value(R"({"Name":")", collector, "");
        text_.put(R"(,"Events":[)");
        for (std::size_t row = i; row < rows.size() && rows[row].collector == collector; ++row) {
            put_value(row == i ? R"({"Description":")" : R"(,{"Description":")",
                      rows[row].description, "");
            put_number(R"(,"HitCount":)", rows[row].hit_count);
            text_.put('}');
        }
        text_.put("]}");
        return true;
    });
    return true;
}

bool JsonWriter::add(TimePoint at, const ConfigurationMistake& mistake) {
    add_snapshot(JsonEvent::kConfigurationError, at, 1, [&](std::size_t) {
        put_value(R"({"ConfigurationName":")", mistake.name, "");
        put_value(R"(,"ErrorType":")", mistake.type, "");
        put_value(R"(,"UsedConfiguration":")", mistake.used, "");
        put_value(R"(,"Message":")", mistake.message, "");
        text_.put('}');
        return true;
    });
    return true;
}

void JsonWriter::add_pieces(JsonEvent kind, TimePoint at, std::span<const std::uint16_t> indexes,
                            const std::vector<std::string>& pieces) {
    add_snapshot(kind, at, indexes.size(), [&](std::size_t i) {
        text_.put('{');
        text_.put(pieces[indexes[i]]);
        text_.put('}');
        return true;
    });
}

template <class PutItem>
void JsonWriter::add_snapshot(JsonEvent kind, TimePoint at, std::size_t count, PutItem put_item) {
    JsonMessage& message = message_of(kind);
    const host::PlaySet plays = plays_shown(kind, at);
    const auto begin = [&] {
        begin_event(kind, Fill::kItems,
                    EventIds::scatter(ids_.next_snapshot(sender_.anchor.at(at))), at);
    };
    const auto end = [&] {
        text_.put(kEventEnd);
        message.add(text_.view(), plays);
    };
    std::size_t items = 0;
    begin();
    for (std::size_t i = 0; i < count;) {
        const std::size_t before = text_.size();
        if (items > 0) {
            text_.put(',');
        }
        if (!put_item(i)) {
            text_.cut_back(before);
            ++i;
            continue;
        }
        // What is too large even for a message of its own gets one.
        if (message.fits(text_.size() + kEventEnd.size()) || (items == 0 && message.empty())) {
            ++items;
            ++i;
            continue;
        }
        text_.cut_back(before);
        if (items > 0) {
            end();
        }
        message.end();
        begin();
        items = 0;
    }
    if (items == 0) {
        return add_empty_snapshot(kind, at);
    }
    end();
}

void JsonWriter::add_empty_snapshot(JsonEvent kind, TimePoint at) {
    begin_event(kind, Fill::kNothing, EventIds::scatter(ids_.next_snapshot(sender_.anchor.at(at))),
                at);
    text_.put(kEventEnd);
    message_of(kind).add(text_.view(), plays_shown(kind, at));
}

// Which playbooks have left a trace in it.
host::PlaySet JsonWriter::plays_shown(JsonEvent kind, TimePoint at) const {
    switch (kind) {
        case JsonEvent::kListeningPorts:
            return sender_.host.plays_shown(host::Snapshot::kListeningPorts, at);
        case JsonEvent::kLocalUsers:
            return sender_.host.plays_shown(host::Snapshot::kUsers, at);
        case JsonEvent::kFirewallConfiguration:
            return sender_.host.plays_shown(host::Snapshot::kFirewallRules, at);
        case JsonEvent::kOsBaseline:
            return sender_.host.plays_shown(host::Snapshot::kChecks, at);
        default:
            return 0;
    }
}

void JsonWriter::put_value(std::string_view before, std::string_view foreign,
                           std::string_view piece) {
    text_.put(before);
    if (foreign.empty()) {
        text_.put(piece);
    } else {
        text_.put_escaped(clipped(foreign));
    }
    text_.put('"');
}

}  // namespace twinstorm::agent

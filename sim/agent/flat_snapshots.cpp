#include <array>

#include "agent/flat_pieces.h"
#include "agent/flat_writer.h"
#include "agent/foreign_text.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using flat::Offset;
using flatbuffers::uoffset_t;

// The most that they take beside their texts: tables, vtables, padding, and the event around them.
constexpr std::size_t kCheckBytesMax = 80;
constexpr std::size_t kSnapshotBytesMax = 128;

// By host::CheckResult: PASS, FAIL, ERROR, and why there is no result.
constexpr std::array<std::int8_t, 4> kResults{0, 1, 2, 2};
constexpr std::array<std::string_view, 4> kErrors{"", "", "skipped", "the check could not be run"};

}  // namespace

void FlatWriter::add_heartbeat(TimePoint at) {
    make_room(kSnapshotBytesMax);
    message_.count();
    const Offset payload = message_.builder().EndTable(message_.builder().StartTable());
    add_event(ids_.next_snapshot(sender_.anchor.at(at)), at, flat::PayloadType::kHeartbeat,
              payload);
}

void FlatWriter::add_system_information(TimePoint at, const SystemInformationFacts& facts) {
    const bool bare = sender_.family == Family::kMicroRtos;
    const host::Profile& profile = sender_.host.profile();
    const std::string_view kernel =
        host::catalogue().operating_systems[profile.operating_system].kernel;
    make_room(kSnapshotBytesMax + flat_text_bytes(operating_system()) + flat_text_bytes(kernel) +
              flat_text_bytes(hardware(facts)));
    message_.count();
    const Offset hardware_info = bare ? Offset() : message_.text(hardware(facts));
    const Offset kernel_info = bare ? Offset() : message_.text(kernel);
    const Offset os_info = message_.text(operating_system());
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddOffset(flat::system_information::kHardware, hardware_info);  // A null one adds nothing.
    to.AddOffset(flat::system_information::kKernel, kernel_info);
    to.AddOffset(flat::system_information::kOs, os_info);
    add_event(ids_.next_snapshot(sender_.anchor.at(at)), at, flat::PayloadType::kSystemInformation,
              to.EndTable(start));
}

void FlatWriter::add_baseline(TimePoint at, std::span<const host::CheckFinding> findings) {
    for (const host::CheckFinding& finding : findings) {
        const host::BaselineCheck& check = host::catalogue().checks[finding.check];
        const auto& ids = flat_pieces().check_ids[sender_.host.profile().operating_system];
        const std::size_t bytes =
            kCheckBytesMax + flat_text_bytes(ids[finding.check]) +
            flat_text_bytes(check.description) + flat_text_bytes(check.remediation) +
            flat_text_bytes(kErrors[static_cast<std::size_t>(finding.result)]);
        if (!message_.fits(bytes)) {
            add_checks(at);
            end_message();
        }
        if (scratch_.items.empty()) {
            message_.count(sender_.host.plays_shown(host::Snapshot::kChecks, at));
        }
        scratch_.items.push_back(build_check(finding));
    }
    add_checks(at);
}

// The checks gathered so far, as one event.
void FlatWriter::add_checks(TimePoint at) {
    if (scratch_.items.empty()) {
        return;
    }
    const auto checks =
        message_.builder().CreateVector(scratch_.items.data(), scratch_.items.size());
    scratch_.items.clear();
    add_vector_event(ids_.next_snapshot(sender_.anchor.at(at)), at, flat::PayloadType::kBaseline,
                     flat::baseline::kChecks, checks.Union());
}

Offset FlatWriter::build_check(const host::CheckFinding& finding) {
    const host::BaselineCheck& check = host::catalogue().checks[finding.check];
    const auto& ids = flat_pieces().check_ids[sender_.host.profile().operating_system];
    const auto result = static_cast<std::size_t>(finding.result);
    const Offset id = message_.text(ids[finding.check]);
    const Offset error = kErrors[result].empty() ? Offset() : message_.text(kErrors[result]);
    const Offset description = message_.text(check.description);
    const Offset remediation = message_.text(check.remediation);
    flatbuffers::FlatBufferBuilder& to = message_.builder();
    const uoffset_t start = to.StartTable();
    to.AddOffset(flat::check::kRemediation, remediation);
    to.AddOffset(flat::check::kDescription, description);
    to.AddOffset(flat::check::kError, error);
    to.AddOffset(flat::check::kId, id);
    to.AddElement<std::int8_t>(flat::check::kSeverity, static_cast<std::int8_t>(check.severity), 0);
    to.AddElement<std::int8_t>(flat::check::kResult, kResults[result], 0);
    return to.EndTable(start);
}

void FlatWriter::add_listening_ports(TimePoint at, std::span<const std::uint16_t> ports) {
    constexpr std::uint32_t kLoopback = 0x7f000001;
    make_room(kSnapshotBytesMax + sizeof(flat::ListeningPort) * ports.size());
    message_.count(sender_.host.plays_shown(host::Snapshot::kListeningPorts, at));
    scratch_.ports.clear();
    for (const std::uint16_t index : ports) {
        const host::ListeningPort& port = host::catalogue().listening_ports[index];
        scratch_.ports.push_back(
            {.local_address = flatbuffers::EndianScalar(port.loopback_only ? flat_address(kLoopback)
                                                                           : std::uint32_t{0}),
             .local_port = flatbuffers::EndianScalar(port.port),
             .protocol = static_cast<std::int8_t>(port.protocol),
             .padding = 0});
    }
    const auto vector =
        message_.builder().CreateVectorOfStructs(scratch_.ports.data(), scratch_.ports.size());
    add_vector_event(ids_.next_snapshot(sender_.anchor.at(at)), at,
                     flat::PayloadType::kListeningPorts, flat::listening_ports::kIpv4,
                     vector.Union());
}

std::string_view FlatWriter::operating_system() {
    if (sender_.family == Family::kMicroRtos) {
        return "Azure RTOS 6.2";
    }
    const host::Profile& profile = sender_.host.profile();
    const host::OperatingSystem& system =
        host::catalogue().operating_systems[profile.operating_system];
    scratch_.text.assign(system.name).append(" ").append(system.version);
    return scratch_.text;
}

std::string_view FlatWriter::hardware(const SystemInformationFacts& facts) {
    const host::Machine& machine = host::catalogue().machines[sender_.host.profile().machine];
    const auto either = [](std::string_view foreign, std::string_view own) {
        return foreign.empty() ? own : clipped(foreign);
    };
    scratch_.text.assign(either(facts.hardware_vendor, machine.hardware_vendor))
        .append(" ")
        .append(either(facts.hardware_model, machine.hardware_model));
    return scratch_.text;
}

}  // namespace twinstorm::agent

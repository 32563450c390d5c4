#include "agent/legacy_content.h"

#include <numeric>

#include "agent/aggregation.h"
#include "agent/caches.h"
#include "twinstorm/base/check.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {

using host::Stream;

host::StreamSet streams_of(LegacyEvent event) {
    switch (event) {
        case LegacyEvent::kLogin:
            return {Stream::kLogins};
        case LegacyEvent::kProcessCreate:
        case LegacyEvent::kProcessTerminate:
            return {Stream::kProcesses};
        case LegacyEvent::kConnectionCreate:
            return {Stream::kFlows};
        case LegacyEvent::kDiagnostic:
            return {Stream::kLogs};
        default:
            return {};
    }
}

std::size_t LegacyContent::load(const Backlog::Step& step) {
    aggregated_ = step.aggregated;
    end_ = place_.instant(step.end);
    if (is_snapshot()) {
        return 1;
    }
    host::Happenings& seen = place_.bench.seen;
    seen.clear();
    place_.host.look(streams_of(event_), place_.instant(step.begin), end_, seen);
    skipped_ = std::accumulate(seen.skipped.begin(), seen.skipped.end(), std::uint64_t{0});
    filter();
    if (aggregated_ && event_ == LegacyEvent::kConnectionCreate) {
        aggregate(place_.persona.family, {}, seen.flows, place_.bench.caches->flows);
    } else if (aggregated_) {
        aggregate(place_.persona.family, {}, seen.processes, place_.bench.caches->processes);
    }
    return entries();
}

// What auditd, where the agents learn of things, tells them; the agent's own log from warnings on.
void LegacyContent::filter() const {
    host::Happenings& seen = place_.bench.seen;
    std::erase_if(seen.logins, [](const host::LoginEvent& login) {
        return login.operation == host::LoginOperation::kLogout;
    });
    const auto change = event_ == LegacyEvent::kProcessTerminate ? host::ProcessChange::kExit
                                                                 : host::ProcessChange::kExec;
    std::erase_if(seen.processes,
                  [change](const host::ProcessEvent& event) { return event.change != change; });
    if (place_.persona.family == Family::kLegacyC) {
        const auto& connections = host::catalogue().connections;
        std::erase_if(seen.flows, [&connections](const host::FlowEvent& event) {
            return connections[event.connection].protocol != host::Protocol::kTcp;
        });
    }
    std::erase_if(seen.logs,
                  [](const host::LogEvent& line) { return line.level > host::LogLevel::kWarning; });
}

std::size_t LegacyContent::entries() const {
    const host::Happenings& seen = place_.bench.seen;
    switch (event_) {
        case LegacyEvent::kLogin:
            return seen.logins.size();
        case LegacyEvent::kDiagnostic:
            return seen.logs.size();
        case LegacyEvent::kConnectionCreate:
            return aggregated_ ? place_.bench.caches->flows.size() : seen.flows.size();
        default:
            return aggregated_ ? place_.bench.caches->processes.size() : seen.processes.size();
    }
}

void LegacyContent::begin(MessageWriter& writer) const {
    if (event_ == LegacyEvent::kConnectionCreate) {
        writer.begin_flows(end_);
    }
}

void LegacyContent::end(MessageWriter& writer) const {
    if (event_ == LegacyEvent::kConnectionCreate) {
        writer.end_flows();
    }
}

bool LegacyContent::write(std::size_t entry, MessageWriter& writer) const {
    const host::Happenings& seen = place_.bench.seen;
    const Caches& caches = *place_.bench.caches;
    switch (event_) {
        case LegacyEvent::kLogin:
            return writer.add(alone(seen.logins[entry]));
        case LegacyEvent::kDiagnostic:
            return writer.add(seen.logs[entry]);
        case LegacyEvent::kConnectionCreate:
            return writer.add(aggregated_ ? caches.flows[entry] : alone(seen.flows[entry]));
        case LegacyEvent::kProcessCreate:
        case LegacyEvent::kProcessTerminate:
            return writer.add(aggregated_ ? caches.processes[entry] : alone(seen.processes[entry]));
        default:
            return write_snapshot(writer);
    }
}

// As things stand at the end of the step.
bool LegacyContent::write_snapshot(MessageWriter& writer) const {
    const host::Host& host = place_.host;
    auto& indexes = place_.bench.caches->indexes;
    auto& findings = place_.bench.caches->findings;
    indexes.clear();
    findings.clear();
    switch (event_) {
        case LegacyEvent::kListeningPorts:
            host.listening_ports(end_, indexes);
            return writer.add_listening_ports(end_, indexes);
        case LegacyEvent::kLocalUsers:
            host.users(end_, indexes);
            return writer.add_users(end_, indexes);
        case LegacyEvent::kSystemInformation:
            return writer.add_system_information(end_, {});
        case LegacyEvent::kFirewallConfiguration:
            host.firewall_rules(end_, indexes);
            return writer.add_firewall(end_, indexes);
        case LegacyEvent::kOsBaseline:
            host.checks(end_, findings);
            return writer.add_baseline(end_, findings);
        default:
            TWINSTORM_CHECK(event_ == LegacyEvent::kConnectedHardware);
            host.hardware(indexes);
            return writer.add_hardware(end_, indexes);
    }
}

}  // namespace twinstorm::agent

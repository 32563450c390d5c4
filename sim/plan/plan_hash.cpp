#include "twinstorm/plan/plan_hash.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "twinstorm/agent/persona_template.h"

namespace twinstorm::plan {
namespace {

class Writer {
public:
    // Text is written as JSON, so that no value can pass for a line of its own.
    void text(std::string_view key, std::string_view value) {
        line(key, boost::json::serialize(boost::json::string(value)));
    }
    template <class T>
    void number(std::string_view key, T value) {
        line(key, fmt::format("{}", value));
    }
    void time(std::string_view key, Duration value) { number(key, value.count()); }
    void line(std::string_view key, std::string_view value) {
        fmt::format_to(std::back_inserter(lines_), "{} {}\n", key, value);
    }
    [[nodiscard]] std::string take() { return std::move(lines_); }

private:
    std::string lines_;
};

// What came after the first hashes were published is written only where it is not the default, so
// that a plan without it keeps its hash.
void write_rare(Writer& writer, const MockHub& mock) {
    const MockHub usual;
    if (mock.throttle != usual.throttle) {
        writer.number("hub.mock.throttle", mock.throttle);
    }
    if (mock.partitions != usual.partitions) {
        writer.number("hub.mock.partitions", mock.partitions);
    }
    if (mock.workers != usual.workers) {
        writer.number("hub.mock.workers", mock.workers);
    }
    if (mock.verdicts != usual.verdicts) {
        writer.text("hub.mock.verdicts", name(mock.verdicts));
    }
}

void write(Writer& writer, const Hub& hub) {
    if (const auto* mock = std::get_if<MockHub>(&hub)) {
        writer.text("hub.mock.tier", iothub::name(mock->tier));
        writer.number("hub.mock.units", mock->units);
        write_rare(writer, *mock);
        return;
    }
    // Which real hub it was stands in the result's environment: the plan is the same on any.
    const RealHub& real = std::get<RealHub>(hub);
    writer.text("hub.real.ready_file", real.ready_file);
    if (real.budget) {
        writer.number("budget.messages", real.budget->messages);
        writer.number("budget.devices", real.budget->devices);
        writer.time("budget.duration", real.budget->duration);
    }
}

void write(Writer& writer, const SecurityLoad& load) {
    if (const auto* open = std::get_if<OpenLoad>(&load)) {
        writer.number("load.rate", open->rate);
        writer.number("load.arrivals", static_cast<int>(open->arrivals));
    } else if (const auto* closed = std::get_if<ClosedLoad>(&load)) {
        writer.number("load.in_flight", closed->in_flight);
    } else {
        writer.line("load", "persona");
    }
}

// A persona's options, where they are not its own defaults.
void write_options(Writer& writer, const agent::AgentOptions& options,
                   const agent::AgentOptions& usual) {
    const auto rare = [&writer](std::string_view key, auto value, auto standard) {
        if (value != standard) {
            writer.number(key, static_cast<long long>(value));
        }
    };
    if (options.encoding != usual.encoding) {
        writer.text("persona.encoding", agent::name(options.encoding));
    }
    if (options.mixed_kinds != usual.mixed_kinds || options.kind != usual.kind) {
        writer.text("persona.profile", options.mixed_kinds ? "mixed" : host::name(options.kind));
    }
    rare("persona.bundling", options.bundling, usual.bundling);
    rare("persona.unknown_keys", options.unknown_keys, usual.unknown_keys);
    rare("persona.beside_invalid", options.beside_invalid, usual.beside_invalid);
    rare("persona.invalid_fields_as_text", options.invalid_fields_as_text,
         usual.invalid_fields_as_text);
    rare("persona.patch_is_whole", options.patch_is_whole, usual.patch_is_whole);
    rare("persona.first_collection.min", options.first_collection_min.count(),
         usual.first_collection_min.count());
    rare("persona.first_collection.max", options.first_collection_max.count(),
         usual.first_collection_max.count());
}

void write(Writer& writer, const Role& role) {
    const agent::Persona& persona = role.persona;
    const agent::Persona micro = agent::make_persona(agent::Family::kMicroLinux);
    if (persona.name != micro.name) {
        writer.text("persona", persona.name);
    }
    if (persona.source != nullptr) {
        writer.text("persona.source", persona.source->canonical);
        writer.text("persona.module_id", persona.module_id);
        writer.number("persona.has_twin", persona.has_twin);
    }
    const bool bundled = persona.family != agent::Family::kTemplate;
    write_options(writer, persona.options,
                  bundled ? agent::make_persona(persona.family).options : agent::AgentOptions());
    if (role.security_messages) {
        write(writer, *role.security_messages);
    }
    if (role.starts_later) {
        writer.line("persona.start", "later");
    }
    writer.time("sas_lifetime", persona.habits.sas_lifetime);
    writer.time("keep_alive", persona.habits.keep_alive);
}

void write(Writer& writer, const IdentityShares& shares) {
    if (shares.any()) {
        writer.number("identities.absent", shares.absent);
        writer.number("identities.never_connected", shares.never_connected);
        writer.number("identities.rejected", shares.rejected);
    }
}

void write(Writer& writer, const Group& group) {
    writer.text("group", group.name);
    writer.number("devices", group.devices);
    writer.text("id", group.id_pattern);
    writer.text("transport", name(group.transport));
    write(writer, group.security_messages);
    for (const Role& role : group.roles) {
        write(writer, role);
    }
    write(writer, group.identities);
}

// The order of keys within one patch means nothing to a twin.
std::string sorted_text(const boost::json::object& patch) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [key, value] : patch) {
        entries.emplace_back(boost::json::serialize(boost::json::string(key)),
                             boost::json::serialize(value));
    }
    std::sort(entries.begin(), entries.end());
    std::string text;
    for (const auto& [key, value] : entries) {
        text += key + ":" + value + ",";
    }
    return text;
}

void write(Writer& writer, const TwinUpdates& updates) {
    if (const auto* rated = std::get_if<RateUpdates>(&updates.target)) {
        writer.number("updates.rate", rated->rate);
        writer.number("updates.arrivals", static_cast<int>(rated->arrivals));
    } else {
        const EveryDevice& every = std::get<EveryDevice>(updates.target);
        writer.number("updates.every_device", every.rate.value_or(0));
    }
    for (const std::string& persona : updates.personas) {
        writer.text("updates.persona", persona);
    }
    for (const boost::json::object& patch : updates.patches) {
        writer.line("patch", sorted_text(patch));
    }
}

// By name: what a number means may change with the list of playbooks.
void write(Writer& writer, const Play& play) {
    writer.text("play", host::playbooks()[play.playbook].name);
    writer.text("play.prefix", play.device_prefix);
    writer.number("play.share", play.device_share);
    writer.time("play.start", play.start);
    writer.time("play.spread", play.spread);
    writer.number("play.times", play.times);
    writer.text("play.persona", play.persona);
}

void write(Writer& writer, std::string_view what, const LifeCycleStep& step) {
    writer.text(what, step.persona);
    writer.text("in", step.group);
    writer.number("at", step.rate);
}

void write(Writer& writer, const Phase& phase) {
    writer.text("phase", phase.name);
    writer.number("measure", phase.measure);
    writer.number("security_messages", phase.security_messages);
    if (phase.connect_rate) {
        writer.number("connect.rate", *phase.connect_rate);
    }
    if (phase.duration) {
        writer.time("duration", *phase.duration);
    }
    if (phase.converged_share) {
        writer.number("until.converged", *phase.converged_share);
    }
    if (phase.at_most) {
        writer.time("until.at_most", *phase.at_most);
    }
    if (phase.twin_updates) {
        write(writer, *phase.twin_updates);
    }
    if (phase.start) {
        write(writer, "start", *phase.start);
    }
    if (phase.stop) {
        write(writer, "stop", *phase.stop);
    }
    if (!phase.faults.empty()) {
        writer.line("faults", boost::json::serialize(faults_json(phase.faults, 0)));
    }
    for (const Play& play : phase.plays) {
        write(writer, play);
    }
}

// FNV-1a, 64 bits: short enough to read, and the same on every machine for ever.
std::uint64_t fingerprint(std::string_view text) {
    constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
    constexpr std::uint64_t kPrime = 0x100000001b3;
    std::uint64_t hash = kOffset;
    for (const char character : text) {
        hash = (hash ^ static_cast<unsigned char>(character)) * kPrime;
    }
    return hash;
}

}  // namespace

std::string canonical_text(const Plan& plan) {
    Writer writer;
    writer.text("name", plan.name);
    writer.number("seed", plan.seed);
    if (plan.clock) {
        writer.time("clock", plan.clock->time_since_epoch());
    }
    if (plan.tick) {
        writer.time("pacing.tick", *plan.tick);
    }
    write(writer, plan.hub);
    for (const Group& group : plan.groups) {
        write(writer, group);
    }
    for (const Phase& phase : plan.phases) {
        write(writer, phase);
    }
    for (const Gate& gate : plan.gates) {
        writer.text("gate", gate.subject);
        writer.number("comparison", static_cast<int>(gate.comparison));
        writer.number("limit", gate.limit);
    }
    return writer.take();
}

std::string plan_hash(const Plan& plan) {
    return fmt::format("{:016x}", fingerprint(canonical_text(plan)));
}

}  // namespace twinstorm::plan

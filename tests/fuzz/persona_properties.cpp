#include "fuzz/persona_properties.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/agent/template_agent.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::fuzz {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 7;
constexpr int kTurns = 6;  // Rounds of a new desired section, a load's messages and the schedule's.
constexpr TimePoint kEnd = kRunStart + 20 * 366 * 24h;  // No run lasts longer.

// What a twin may hold at any key.
json::value strange_value(std::size_t number) {
    switch (number % 10) {
        case 0:
            return nullptr;
        case 1:
            return true;
        case 2:
            return -1;
        case 3:
            return 18446744073709551615ULL;
        case 4:
            return 1e300;
        case 5:
            return "PT1H30M";
        case 6:
            return "\"}],\\\x01,{time}";
        case 7:
            return json::array{"a", "b", 3};
        case 8:
            return json::object{{"value", 5}};
        default:
            return 300;
    }
}

// At every key that the persona knows, and at some that it does not.
json::object strange_twin(const agent::PersonaTemplate& source, std::size_t number) {
    json::object desired;
    for (const agent::DesiredKey& key : source.desired) {
        json::object* at = &desired;
        for (std::size_t i = 0; i + 1 < key.path.size(); ++i) {
            json::value& next = (*at)[key.path[i]];
            at = next.is_object() ? &next.get_object() : &next.emplace_object();
        }
        (*at)[key.path.back()] = strange_value(number++);
    }
    desired["unknown"] = strange_value(number);
    desired["$version"] = 3;
    return desired;
}

struct Said {
    std::vector<std::string> reports;
    std::vector<std::string> bodies;
    std::vector<std::size_t> messages;
    friend bool operator==(const Said&, const Said&) = default;
};

void take(agent::Workbench& bench, Said& said) {
    for (const agent::Part& part : bench.batch.parts) {
        said.bodies.emplace_back(bench.batch.body(part));
        said.messages.push_back(part.message);
    }
    bench.batch.clear();
}

Said act(const agent::Persona& persona) {
    Said said;
    agent::TemplateAgent actor(persona, "device-1", kSeed, WallAnchor{kVirtualEpoch});
    agent::Workbench bench;
    actor.start(kRunStart);
    actor.link_ready(kRunStart);
    TimePoint now = kRunStart;
    for (std::size_t turn = 0; turn < kTurns && now < kEnd; ++turn) {
        actor.flush(now, bench);
        const auto report = actor.apply(strange_twin(*persona.source, turn * 7), nullptr, now);
        said.reports.push_back(report ? json::serialize(*report) : std::string());
        actor.emit(now, bench);
        now = std::max(now, actor.next_send().value_or(now));
        actor.send_due(now, bench);
        take(bench, said);
    }
    return said;
}

bool is_json(const std::string& text) {
    json::error_code error;
    (void)json::parse(text, error);
    return !error;
}

Verdict check_said(const agent::PersonaTemplate& source, const Said& said) {
    if (!std::ranges::all_of(said.reports,
                             [](const auto& text) { return text.empty() || is_json(text); })) {
        return "a report is no JSON";
    }
    for (std::size_t i = 0; i < said.bodies.size(); ++i) {
        const agent::MessageTemplate& message = source.messages.at(said.messages[i]);
        if (!is_json(said.bodies[i])) {
            return "a message is no JSON: " + said.bodies[i];
        }
        if (said.bodies[i].size() > message_bytes_max(source, message)) {
            return "a message is longer than was foretold";
        }
    }
    return std::nullopt;
}

Verdict check_mistakes(const std::vector<scenario::Mistake>& mistakes) {
    if (mistakes.empty()) {
        return "refused without a mistake";
    }
    for (const scenario::Mistake& mistake : mistakes) {
        const bool counted = mistake.text.starts_with("and ");  // Those beyond a limit.
        const bool placed = mistake.line > 0 && mistake.column > 0;
        if (mistake.text.empty() || mistake.text.find('\n') != std::string::npos ||
            !(placed || counted || mistake.text.ends_with("expected at most 262144"))) {
            return "a mistake without words or a place: " + mistake.format();
        }
    }
    return std::nullopt;
}

}  // namespace

Verdict check_persona(std::span<const std::byte> input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    const auto persona = scenario::parse_persona(text, "p");
    if (!persona) {
        return check_mistakes(persona.error());
    }
    const auto again = scenario::parse_persona(persona->source->canonical, "p");
    if (!again) {
        return "its canonical form is refused: " + again.error().front().format();
    }
    const Said said = act(*persona);
    if (said != act(*persona) || said != act(*again)) {
        return "the same seed says something else";
    }
    return check_said(*persona->source, said);
}

}  // namespace twinstorm::fuzz

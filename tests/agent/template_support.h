// Personas in YAML, and what their agents say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/template_agent.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::agent {

inline constexpr WallAnchor kAnchor{kVirtualEpoch};

// A persona of one message with one event, and what else the test brings along.
[[nodiscard]] inline std::string with_payload(const std::string& payload,
                                              const std::string& more = "") {
    return "persona: p\n" + more + "events:\n  e:\n    payload: " + payload +
           "\nmessages:\n- {name: m, events: [e], envelope: single, every: 60s}\n";
}

[[nodiscard]] inline Persona read(const std::string& yaml) {
    auto persona = scenario::parse_persona(yaml, "p.yaml");
    if (!persona) {
        for (const scenario::Mistake& mistake : persona.error()) {
            ADD_FAILURE() << mistake.format();
        }
        return *scenario::find_bundled_persona("none");
    }
    return std::move(*persona);
}

[[nodiscard]] inline std::vector<std::string> bodies(const Workbench& bench) {
    std::vector<std::string> all;
    for (const Part& part : bench.batch.parts) {
        all.emplace_back(bench.batch.body(part));
    }
    return all;
}

// The body of one message that a load asks for.
[[nodiscard]] inline boost::json::value emitted(TemplateAgent& agent, TimePoint at) {
    Workbench bench;
    agent.emit(at, bench);
    EXPECT_EQ(bench.batch.parts.size(), 1);
    return boost::json::parse(bodies(bench).front());
}

}  // namespace twinstorm::agent

#include "twinstorm/scenario/scenario.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/mistakes.h"
#include "scenario/overrides.h"
#include "scenario/readers.h"
#include "scenario/secrets.h"
#include "scenario/value_reader.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/plan/plan_hash.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using Outcome = tl::expected<plan::Plan, std::vector<Mistake>>;

constexpr DurationRange kTick{100us, 10ms, "100us to 10ms"};
constexpr std::uint64_t kSeedMax = std::numeric_limits<std::uint64_t>::max();

std::vector<plan::Gate> read_gates(const Value& value, Mistakes& mistakes) {
    std::vector<plan::Gate> gates;
    for (const Value& item : read_list(value, {"gates", kGatesMax, 0}, mistakes)) {
        const std::optional<std::string> expression = read_text(item, mistakes);
        if (!expression) {
            continue;
        }
        Result<plan::Gate> gate = plan::parse_gate(*expression);
        if (gate) {
            gates.push_back(std::move(*gate));
        } else {
            mistakes.add(item.place, std::move(gate.error().detail));
        }
    }
    return gates;
}

plan::Plan read_plan(const Value& root, const std::string& folder, Mistakes& mistakes) {
    const MapReader map(root, table(""), mistakes);
    plan::Plan plan;
    if (const Value* const name = map.find("name")) {
        assign(plan.name, read_name(*name, mistakes));
    }
    if (const Value* const question = map.find("question")) {
        assign(plan.question, read_text(*question, mistakes));
    }
    if (const Value* const seed = map.find("seed")) {
        assign(plan.seed, read_count(*seed, {0, kSeedMax}, mistakes));
    }
    if (const Value* const clock = map.find("clock")) {
        plan.clock = read_instant(*clock, mistakes);
    }
    if (const Value* const pacing = map.find("pacing")) {
        const MapReader tick(*pacing, table("pacing"), mistakes);
        if (const Value* const value = tick.find("tick")) {
            plan.tick = read_duration(*value, kTick, mistakes);
        }
    }
    const Value* const hub = map.find("hub");
    if (hub != nullptr) {
        plan.hub = read_hub(*hub, mistakes);
    }
    if (const Value* const fleet = map.find("fleet")) {
        plan.groups = read_fleet(*fleet, folder, mistakes);
    }
    if (const Value* const phases = map.find("phases")) {
        plan.phases = read_phases(*phases, mistakes);
        check_personas(*phases, plan, mistakes);
        check_faults(*phases, plan, mistakes);
        check_plays(*phases, plan, mistakes);
    }
    if (const Value* const gates = map.find("gates")) {
        plan.gates = read_gates(*gates, mistakes);
    }
    if (const Value* const report = map.find("report")) {
        const MapReader reserved(*report, table("report"), mistakes);  // Takes no keys yet.
    }
    if (hub != nullptr) {
        check_budget(*hub, plan, mistakes);
    }
    return plan;
}

std::vector<Override> all_overrides(const Overrides& overrides) {
    std::vector<Override> all;
    for (const std::string& text : overrides.set) {
        all.push_back(split_override(text));
    }
    if (overrides.seed) {
        all.push_back({"seed", fmt::format("{}", *overrides.seed), true});
    }
    return all;
}

std::vector<std::string> paths_of(const std::vector<Override>& overrides) {
    std::vector<std::string> paths;
    for (const Override& override : overrides) {
        paths.push_back(override.path);
    }
    return paths;
}

Outcome not_readable(const std::string& path) {
    return tl::unexpected<std::vector<Mistake>>(
        {Mistake{path, 0, 0, "this file cannot be read; expected a scenario"}});
}

}  // namespace

Outcome parse_scenario(std::string_view yaml, std::string_view file, const Overrides& overrides) {
    const std::vector<Override> all = all_overrides(overrides);
    Mistakes mistakes(std::string(file), paths_of(all));
    auto tree = parse_yaml(yaml, 0);
    Value root;
    if (tree) {
        root = std::move(*tree);
        apply_overrides(all, root, mistakes);
    } else {
        mistakes.add(tree.error().place, std::move(tree.error().text));
    }
    hide_secrets(yaml, root, mistakes);
    plan::Plan plan;
    if (tree) {
        plan = read_plan(root, std::filesystem::path(file).parent_path().string(), mistakes);
    }
    if (!mistakes.empty()) {
        return tl::unexpected<std::vector<Mistake>>(mistakes.take());
    }
    plan.source = all.empty() ? std::string(yaml) : emit_yaml(root);
    plan.plan_hash = plan::plan_hash(plan);
    return plan;
}

Outcome read_scenario(const std::string& path, const Overrides& overrides) {
    std::ifstream file(path, std::ios::binary);
    // One byte more than allowed, so that a longer file is seen to be one.
    std::string yaml(kScenarioBytesMax + 1, '\0');
    file.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
    yaml.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || (!file.eof() && yaml.size() <= kScenarioBytesMax)) {
        return not_readable(path);
    }
    return parse_scenario(yaml, path, overrides);
}

}  // namespace twinstorm::scenario

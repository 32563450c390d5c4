// The table in ARCHITECTURE.md that says what large fleets need: computed anew from the unit costs,
// so that it cannot drift. With TWINSTORM_UPDATE_GOLDEN=1 it is written there instead.

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "plan/plans.h"
#include "twinstorm/base/units.h"
#include "twinstorm/plan/estimate.h"
#include "twinstorm/plan/persona_rate.h"
#include "twinstorm/plan/unit_cost.h"

namespace twinstorm::plan {
namespace {

constexpr std::string_view kBegin = "<!-- scaling: computed by tests/plan/scaling_test.cpp -->\n";
constexpr std::string_view kEnd = "<!-- end of scaling -->\n";
constexpr double kWindow_s = 600;              // For a connect storm, and for a roll-out.
constexpr double kMessagesPerMinute = 1;       // Of each agent, under load.
constexpr std::uint64_t kFilesUsual = 20'000;  // A common hard limit of a process.
constexpr std::uint64_t kFilesRaised = 1'048'576;
constexpr std::uint64_t kSteps[] = {100'000, 1'000'000, 10'000'000};

std::string cores(double microseconds_per_s) {
    return fmt::format("{:.2g}", microseconds_per_s / 1e6);
}

// On the fleet's side and on the hub's.
std::string both(double per_s, double fleet_us, double hub_us) {
    return fmt::format("{} + {}", cores(per_s * fleet_us), cores(per_s * hub_us));
}

std::uint64_t processes(std::uint64_t agents, std::uint64_t files) {
    const std::uint64_t room = files - unit_cost::kFixedFiles - unit_cost::kOperatorConnections;
    return (agents + room - 1) / room;
}

struct Row {
    std::string name;
    std::function<std::string(std::uint64_t agents)> value;
};

std::vector<Row> rows() {
    using namespace unit_cost;
    const auto number = [](double value) { return format_count(value); };
    const double keep_alive_s = to_seconds(agent::ConnectionHabits{}.keep_alive);
    return {
        {"connecting within 10 minutes: cores of fleet + hub",
         [](std::uint64_t n) {
             return both(static_cast<double>(n) / kWindow_s, kFleetConnectUs, kHubConnectUs);
         }},
        {"idle, kept alive: cores",
         [keep_alive_s](std::uint64_t n) {
             return both(static_cast<double>(n) / keep_alive_s, kKeepAliveUs, kKeepAliveUs);
         }},
        {"the micro agent's own schedule, 12 messages a day: cores",
         [](std::uint64_t n) {
             const Role role;
             const double per_s = messages_per_day(role.persona) / 86'400;
             return both(static_cast<double>(n) * per_s, kFleetMessageUs, kHubMessageUs);
         }},
        {"a message a minute each: cores",
         [](std::uint64_t n) {
             return both(static_cast<double>(n) * kMessagesPerMinute / 60, kFleetMessageUs,
                         kHubMessageUs);
         }},
        {"a roll-out to all within 10 minutes: cores",
         [](std::uint64_t n) {
             return both(static_cast<double>(n) / kWindow_s, kFleetTwinUpdateUs, kHubTwinUpdateUs);
         }},
        {"memory of the fleet", [](std::uint64_t n) { return format_size(n * kFleetAgentBytes); }},
        {"memory of the hub", [](std::uint64_t n) { return format_size(n * kHubAgentBytes); }},
        {"open files, on either side",
         [number](std::uint64_t n) { return number(static_cast<double>(n)); }},
        {"source addresses, 20,000 ports each",
         [number](std::uint64_t n) {
             return number(
                 static_cast<double>((n + kConnectionsPerAddress - 1) / kConnectionsPerAddress));
         }},
        {"processes of either side at 20,000 open files",
         [number](std::uint64_t n) {
             return number(static_cast<double>(processes(n, kFilesUsual)));
         }},
        {"processes of either side at 1,048,576 open files",
         [number](std::uint64_t n) {
             return number(static_cast<double>(processes(n, kFilesRaised)));
         }},
    };
}

std::string table() {
    std::string text = "| agents |";
    std::string rule = "|---|";
    for (const std::uint64_t agents : kSteps) {
        text += fmt::format(" {} |", format_count(static_cast<double>(agents)));
        rule += "--:|";
    }
    text += "\n" + rule + "\n";
    for (const Row& row : rows()) {
        text += fmt::format("| {} |", row.name);
        for (const std::uint64_t agents : kSteps) {
            text += fmt::format(" {} |", row.value(agents));
        }
        text += "\n";
    }
    return text;
}

TEST(Scaling, TheTableIsWhatTheUnitCostsSay) {
    const std::string path = std::string(TWINSTORM_SOURCE_DIR) + "/ARCHITECTURE.md";
    std::ifstream file(path);
    std::string page{std::istreambuf_iterator<char>(file), {}};
    const std::size_t begin = page.find(kBegin);
    const std::size_t end = page.find(kEnd);
    ASSERT_TRUE(begin != std::string::npos && end != std::string::npos);
    const std::size_t from = begin + kBegin.size();
    if (std::getenv("TWINSTORM_UPDATE_GOLDEN") != nullptr) {
        page.replace(from, end - from, table());
        std::ofstream(path) << page;
        return;
    }
    EXPECT_EQ(page.substr(from, end - from), table())
        << "run it with TWINSTORM_UPDATE_GOLDEN=1 and look at the difference";
}

// What the page says of a fleet is what `check` says of the same fleet.
TEST(Scaling, AgreesWithTheEstimateOfAPlan) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.groups[0].devices = 100'000;
    plan.groups[0].security_messages = OpenLoad{kMessagesPerMinute / 60};
    plan.phases.resize(2);
    plan.phases[0].connect_rate = 1;
    const Estimate sums = estimate(plan);
    const double keep_alives = 100'000 / to_seconds(agent::ConnectionHabits{}.keep_alive);
    EXPECT_NEAR(
        sums.fleet_cores,
        (100'000.0 / 60 * unit_cost::kFleetMessageUs + keep_alives * unit_cost::kKeepAliveUs) / 1e6,
        1e-9);
    EXPECT_EQ(sums.memory_bytes,
              100'000 * (unit_cost::kFleetAgentBytes + unit_cost::kHubAgentBytes) +
                  2 * unit_cost::kProcessBytes);
}

}  // namespace
}  // namespace twinstorm::plan

#include <cmath>

#include <fmt/format.h>

#include "scenario/map_reader.h"
#include "scenario/readers.h"
#include "scenario/secrets.h"
#include "scenario/value_reader.h"
#include "twinstorm/base/units.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBudgetMessagesMax = 1'000'000'000'000;
constexpr DurationRange kBudgetDuration{1s, 30 * 24h, "1s to 30d"};

plan::MockHub read_mock(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("hub.mock"), mistakes);
    plan::MockHub mock;
    if (const Value* const tier = map.find("tier")) {
        const auto index = read_choice(*tier, choices("hub.mock.tier"), mistakes);
        if (index) {
            mock.tier = iothub::parse_tier(choices("hub.mock.tier").served[*index]).value();
        }
    }
    if (const Value* const units = map.find("units")) {
        const auto units_max = static_cast<std::uint64_t>(iothub::limits(mock.tier, 1).units_max);
        assign(mock.units, read_count(*units, {1, units_max}, mistakes));
    }
    if (const Value* const throttle = map.find("throttle")) {
        assign(mock.throttle, read_flag(*throttle, mistakes));
    }
    if (const Value* const partitions = map.find("partitions")) {
        assign(mock.partitions,
               read_count(*partitions, {plan::kPartitionsMin, plan::kPartitionsMax}, mistakes));
    }
    if (const Value* const workers = map.find("workers")) {
        assign(mock.workers, read_count(*workers, {1, plan::kHubWorkersMax}, mistakes));
    }
    if (const Value* const verdicts = map.find("verdicts")) {
        assign(mock.verdicts, read_choice(*verdicts, choices("hub.mock.verdicts"), mistakes));
    }
    return mock;
}

plan::Budget read_budget(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("hub.real.budget"), mistakes);
    plan::Budget budget;
    if (const Value* const messages = map.find("messages")) {
        assign(budget.messages, read_count(*messages, {1, kBudgetMessagesMax}, mistakes));
    }
    if (const Value* const devices = map.find("devices")) {
        assign(budget.devices, read_count(*devices, {1, plan::kDevicesMax}, mistakes));
    }
    if (const Value* const duration = map.find("duration")) {
        assign(budget.duration, read_duration(*duration, kBudgetDuration, mistakes));
    }
    return budget;
}

Secret read_connection_string(const Value& value, Mistakes& mistakes) {
    if (!read_text(value, mistakes)) {
        return {};
    }
    const std::optional<Secret> secret = read_secret(value, mistakes);
    if (!secret) {
        return {};
    }
    const auto parsed = iothub::ConnectionString::parse(secret->reveal());
    if (!parsed || !parsed->is_service()) {
        // What is wrong with it stays unsaid: it might quote the secret.
        mistakes.add(value.place,
                     fmt::format("`{}` holds no connection string of a service; expected "
                                 "`HostName=..;SharedAccessKeyName=..;SharedAccessKey=..`",
                                 value.scalar));
        return {};
    }
    return *secret;
}

plan::RealHub read_real(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("hub.real"), mistakes);
    plan::RealHub real;
    const Value* const connection_string = map.find("connection_string");
    const Value* const ready_file = map.find("ready_file");
    const Value* const budget = map.find("budget");
    if ((connection_string == nullptr) == (ready_file == nullptr)) {
        mistakes.add(map.place(),
                     "a real hub needs exactly one of `connection_string` and `ready_file`");
    }
    if (connection_string != nullptr) {
        real.connection_string = read_connection_string(*connection_string, mistakes);
    }
    if (ready_file != nullptr) {
        assign(real.ready_file, read_text(*ready_file, mistakes));
        if (ready_file->kind == Value::Kind::kScalar && real.ready_file.empty()) {
            mistakes.add(ready_file->place, "an empty path; expected one such as `hub.json`");
        }
    }
    if (budget != nullptr) {
        real.budget = read_budget(*budget, mistakes);
    } else if (connection_string != nullptr) {
        mistakes.add(map.place(),
                     "key `budget` is missing: a paid hub is only driven within one, as in "
                     "`{messages: 1000000, devices: 2000, duration: 1h}`");
    }
    return real;
}

}  // namespace

plan::Hub read_hub(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("hub"), mistakes);
    const Value* const mock = map.find("mock");
    const Value* const real = map.find("real");
    if (map.is_map() && (mock == nullptr) == (real == nullptr)) {
        mistakes.add(map.place(), "a hub is exactly one of `mock` and `real`");
    }
    plan::Hub hub;
    if (mock != nullptr) {
        hub = read_mock(*mock, mistakes);
    }
    if (real != nullptr) {
        hub = read_real(*real, mistakes);
    }
    return hub;
}

void check_budget(const Value& hub, const plan::Plan& plan, Mistakes& mistakes) {
    const auto* const real = std::get_if<plan::RealHub>(&plan.hub);
    const Value* const real_value = hub.find("real");
    const Value* const value = real_value != nullptr ? real_value->find("budget") : nullptr;
    if (real == nullptr || !real->budget || value == nullptr) {
        return;
    }
    const plan::Estimate sums = plan::estimate(plan);
    const plan::Budget& budget = *real->budget;
    const auto check = [&](std::string_view key, bool over, const std::string& planned) {
        const Value* const limit = value->find(key);
        if (limit != nullptr && limit->kind == Value::Kind::kScalar && over) {
            mistakes.add(limit->place, fmt::format("the plan needs {}, more than the `{}` that its "
                                                   "budget allows",
                                                   planned, limit->scalar));
        }
    };
    // A limit that could not be read is 0, and has been reported.
    check("devices", budget.devices > 0 && plan.device_count() > budget.devices,
          fmt::format("{} devices", plan.device_count()));
    const Duration length = from_seconds(sums.connect_s + sums.load_s);
    check("duration", budget.duration > 0s && length > budget.duration,
          format_duration(length) + " at most");
    const auto messages = static_cast<std::uint64_t>(std::llround(sums.run_messages));
    check("messages", budget.messages > 0 && messages > budget.messages,
          fmt::format("{} messages", messages));
}

}  // namespace twinstorm::scenario

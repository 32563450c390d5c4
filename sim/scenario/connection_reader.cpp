#include "scenario/connection_reader.h"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "scenario/map_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/value_reader.h"
#include "twinstorm/base/units.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kSasLifetime{5min, 30 * 24h, "5m to 30d"};
constexpr DurationRange kKeepAlive{1s, 1767s, "1s to 1767s"};  // The hub's own ceiling.
constexpr DurationRange kRetries{10ms, 24h, "10ms to 1d"};
constexpr DurationRange kWaits{1s, 24h, "1s to 1d"};
constexpr DurationRange kOffline{1s, 366 * 24h, "1s to 366d"};

void read_time(const Value* value, const DurationRange& range, Duration& target,
               Mistakes& mistakes) {
    if (value != nullptr) {
        assign(target, read_duration(*value, range, mistakes));
    }
}

void read_keep_alive(const Value* value, std::chrono::seconds& target, Mistakes& mistakes) {
    const auto duration =
        value == nullptr ? std::nullopt : read_duration(*value, kKeepAlive, mistakes);
    if (duration && *duration % 1s != 0s) {
        mistakes.add(value->place,
                     fmt::format("`{}` is not whole seconds, as MQTT counts them", value->scalar));
    } else if (duration) {
        target = std::chrono::duration_cast<std::chrono::seconds>(*duration);
    }
}

void read_retries(const MapReader& map, agent::ConnectionHabits& habits, Mistakes& mistakes) {
    const Value* const longest = map.find("retry_max");
    read_time(map.find("retry_first"), kRetries, habits.retry_first, mistakes);
    read_time(longest, kRetries, habits.retry_max, mistakes);
    if (habits.retry_max < habits.retry_first) {
        mistakes.add(longest != nullptr ? longest->place : map.place(),
                     "`retry_max` is shorter than `retry_first`; expected it to be at least as "
                     "long");
    }
    if (const Value* const share = map.find("retry_jitter")) {
        assign(habits.retry_jitter, read_share(*share, mistakes));
    }
}

void read_size(const Value& value, std::uint64_t& target, Mistakes& mistakes) {
    const auto text = read_text(value, mistakes);
    if (!text) {
        return;
    }
    Result<std::uint64_t> size = parse_size(*text);
    if (!size) {
        mistakes.add(value.place, std::move(size.error().detail));
    } else if (*size == 0) {
        mistakes.add(value.place,
                     "no bytes would keep nothing; expected `messages: nothing` for "
                     "that");
    } else {
        target = *size;
    }
}

}  // namespace

void read_connection(const Value& value, agent::ConnectionHabits& habits, Mistakes& mistakes) {
    const MapReader map(value, persona_table("connection"), mistakes);
    if (!map.is_map()) {
        return;
    }
    read_time(map.find("sas_lifetime"), kSasLifetime, habits.sas_lifetime, mistakes);
    read_time(map.find("restart_after"), kWaits, habits.restart_after, mistakes);
    read_time(map.find("twin_wait"), kWaits, habits.twin_wait, mistakes);
    read_retries(map, habits, mistakes);
    read_keep_alive(map.find("keep_alive"), habits.keep_alive, mistakes);
    if (const Value* const share = map.find("renew_at")) {
        assign(habits.renew_at_share, read_share(*share, mistakes));
    }
    if (const Value* const restarts = map.find("restarts")) {
        assign(habits.restarts, read_flag(*restarts, mistakes));
    }
}

void read_offline(const Value& value, agent::PersonaTemplate& persona, Mistakes& mistakes) {
    const MapReader map(value, persona_table("offline"), mistakes);
    if (!map.is_map()) {
        return;
    }
    if (const Value* const messages = map.find("messages")) {
        assign(persona.offline,
               read_choice(*messages, persona_choices("offline.messages"), mistakes));
    }
    read_time(map.find("at_most"), kOffline, persona.offline_at_most, mistakes);
    if (const Value* const bytes = map.find("bytes_max")) {
        read_size(*bytes, persona.offline_bytes_max, mistakes);
    }
}

}  // namespace twinstorm::scenario

// How often which script begins on each kind of device, and when in the day.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/step.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {

enum class Rhythm : std::uint8_t {
    kSteady,
    kProduction,  // Machines: busier by day, never still.
    kOffice,      // People on working days.
    kShop,        // Opening hours, weekends too.
    kNight,       // Maintenance.
};

inline constexpr std::size_t kRhythmHours = 48;  // Of a working day, then of a day of the weekend.
inline constexpr std::size_t kHabitsMax = 32;    // Bits of a HabitSet.
inline constexpr unsigned kBeginningsMax = 31;   // Of one habit in one hour.
inline constexpr std::size_t kSamples = 256;

using HabitSet = std::uint32_t;

struct Habit {
    Script script;
    double per_hour = 0;  // Averaged over a week.
    Rhythm rhythm = Rhythm::kSteady;
    bool regular = false;  // At the same minutes each hour, not at random ones.
};

// One step of one habit, picked as often as it happens.
struct Sample {
    std::uint8_t habit = 0;
    std::uint8_t step = 0;
};

// What is worked out once for each kind.
struct KindFacts {
    std::vector<Habit> habits;
    // Beginnings in each hour of the rhythm, in 2^-24, by habit: what one hour reads lies together.
    std::array<std::array<std::uint32_t, kHabitsMax>, kRhythmHours> rates{};
    std::array<std::uint32_t, kHabitsMax>
        room_us{};  // Where in the hour it may begin, to end in it.
    std::array<HabitSet, std::size_t{1} << kStreamCount> relevant{};  // By StreamSet::bits().
    HabitSet regular = 0;
    std::array<double, kStreamCount> events_per_hour{};
    std::int64_t hours_bearable = 0;  // No look of so many hours can meet kEventsDrawnMax.
    std::array<std::array<Sample, kSamples>, kStreamCount> samples{};
};

[[nodiscard]] const KindFacts& facts_of(Kind kind);

// The habits of one kind as they are written down.
[[nodiscard]] std::vector<Habit> habits_of(Kind kind);

[[nodiscard]] std::uint32_t length_ms(Script script);  // Until its last step, at the latest.

}  // namespace twinstorm::host

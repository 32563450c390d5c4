#include <algorithm>
#include <array>
#include <cmath>

#include "host/habits.h"
#include "host/profile.h"
#include "twinstorm/base/check.h"

namespace twinstorm::host {
namespace {

// Percent of no particular hour: curves are scaled to their weekly mean.
using Curve = std::array<std::uint16_t, 24>;
constexpr Curve kProductionCurve{70,  70,  70,  70,  75,  85,  100, 120, 125, 125, 125, 120,
                                 115, 120, 125, 125, 120, 115, 105, 95,  90,  85,  80,  75};
constexpr Curve kOfficeCurve{5,   3,   2,   2,   5,   20,  60, 150, 240, 260, 250, 230,
                             160, 230, 250, 230, 190, 120, 60, 35,  25,  20,  12,  8};
constexpr Curve kShopCurve{4,   2,   2,   2,   3,   8,   30,  90,  170, 220, 230, 240,
                           240, 220, 210, 220, 240, 250, 230, 160, 70,  30,  14,  8};
constexpr Curve kNightCurve{60, 160, 300, 420, 420, 300, 160, 80, 40, 30, 30, 30,
                            30, 30,  30,  30,  30,  30,  30,  30, 30, 30, 40, 50};

struct Week {
    Curve curve;
    double weekend;
};

Week week_of(Rhythm rhythm) {
    switch (rhythm) {
        case Rhythm::kProduction:
            return {kProductionCurve, 0.8};
        case Rhythm::kOffice:
            return {kOfficeCurve, 0.2};
        case Rhythm::kShop:
            return {kShopCurve, 1.25};
        case Rhythm::kNight:
            return {kNightCurve, 1};
        case Rhythm::kSteady:
            break;
    }
    Curve flat;
    flat.fill(100);
    return {flat, 1};
}

std::array<double, kRhythmHours> shares_of(Rhythm rhythm) {
    const Week week = week_of(rhythm);
    std::array<double, kRhythmHours> shares{};
    double sum = 0;
    for (std::size_t hour = 0; hour < 24; ++hour) {
        shares[hour] = week.curve[hour];
        shares[24 + hour] = week.curve[hour] * week.weekend;
        sum += 5 * shares[hour] + 2 * shares[24 + hour];
    }
    for (double& share : shares) {
        share *= 7 * 24 / sum;
    }
    return shares;
}

double chance(const Step& step) {
    return 1 - step.skipped / 256.0;
}

// Twice the peak, at the busiest pace: what one hour may draw must fit into its limit.
constexpr double kPeakFactor = 2 * kPaceMax;

void add_rates(const Habit& habit, std::size_t index, KindFacts& facts) {
    const std::array<double, kRhythmHours> shares = shares_of(habit.rhythm);
    const double peak = habit.per_hour * *std::ranges::max_element(shares);
    TWINSTORM_CHECK(peak * kPeakFactor < kBeginningsMax);
    for (std::size_t hour = 0; hour < kRhythmHours; ++hour) {
        facts.rates[hour][index] =
            static_cast<std::uint32_t>(std::llround(habit.per_hour * shares[hour] * (1 << 24)));
    }
    constexpr std::uint32_t kHourMs = 3'600'000;
    facts.room_us[index] = (kHourMs - length_ms(habit.script)) * 1000;
    facts.regular |= (habit.regular ? HabitSet{1} : HabitSet{0}) << index;
}

void add_streams(const Habit& habit, std::size_t index, KindFacts& facts) {
    for (const Step& step : habit.script) {
        const auto stream = static_cast<std::size_t>(step.stream);
        facts.events_per_hour[stream] += habit.per_hour * chance(step);
        for (std::size_t set = 0; set < facts.relevant.size(); ++set) {
            if ((set >> stream & 1) != 0) {
                facts.relevant[set] |= HabitSet{1} << index;
            }
        }
    }
}

// Walks the steps of a stream in the order of the table; each gets its share of the samples.
void add_samples(std::size_t stream, KindFacts& facts) {
    std::size_t filled = 0;
    double passed = 0;
    Sample last;
    for (std::size_t habit = 0; habit < facts.habits.size(); ++habit) {
        const Script script = facts.habits[habit].script;
        for (std::size_t step = 0; step < script.size(); ++step) {
            if (static_cast<std::size_t>(script[step].stream) != stream) {
                continue;
            }
            last = {static_cast<std::uint8_t>(habit), static_cast<std::uint8_t>(step)};
            passed += facts.habits[habit].per_hour * chance(script[step]);
            const double share = passed / facts.events_per_hour[stream];
            const auto until =
                std::min(kSamples, static_cast<std::size_t>(std::llround(kSamples * share)));
            while (filled < until) {
                facts.samples[stream][filled++] = last;
            }
        }
    }
    while (filled < kSamples) {
        facts.samples[stream][filled++] = last;
    }
}

KindFacts make_facts(Kind kind) {
    KindFacts facts;
    facts.habits = habits_of(kind);
    for (std::size_t i = 0; i < facts.habits.size(); ++i) {
        add_rates(facts.habits[i], i, facts);
        add_streams(facts.habits[i], i, facts);
    }
    for (std::size_t stream = 0; stream < kStreamCount; ++stream) {
        add_samples(stream, facts);
    }
    const double busiest = *std::ranges::max_element(facts.events_per_hour);
    facts.hours_bearable = static_cast<std::int64_t>(kEventsDrawnMax / (busiest * kPaceMax)) - 1;
    return facts;
}

}  // namespace

std::uint32_t length_ms(Script script) {
    std::uint32_t length = 0;
    for (const Step& step : script) {
        length = std::max(length, step.after_ms + step.spread_ms);
    }
    return length + 1;
}

const KindFacts& facts_of(Kind kind) {
    static const std::array<KindFacts, kKindCount> all = [] {
        std::array<KindFacts, kKindCount> made;
        for (std::size_t i = 0; i < kKindCount; ++i) {
            made[i] = make_facts(static_cast<Kind>(i));
        }
        return made;
    }();
    return all[static_cast<std::size_t>(kind)];
}

}  // namespace twinstorm::host

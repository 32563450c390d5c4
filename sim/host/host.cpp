#include "twinstorm/host/host.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>

#include "host/chance.h"
#include "host/habits.h"
#include "host/order.h"
#include "host/playbook_rows.h"
#include "host/profile.h"
#include "host/scripts.h"
#include "host/stage.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::host {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr std::uint64_t kHourUs = 3'600'000'000;

// Numbers of activities: an hour's, a load's, a playbook's. The first are below 2^41.
constexpr unsigned kHourShift = 16;
constexpr unsigned kHabitShift = 8;
constexpr std::uint64_t kLoadNumbers = std::uint64_t{1} << 55;
constexpr unsigned kLoadStreamShift = 51;
constexpr std::uint64_t kPlayedNumberMask = (std::uint64_t{1} << 56) - 1;

constexpr std::uint64_t kPhaseSalt = 0x27d4eb2f165667c5;
constexpr std::uint64_t kLoadSalt = 0x85ebca77c2b2ae63;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

// The first of January 1970 was a Thursday.
std::size_t rhythm_hour(std::int64_t hour) {
    const std::int64_t day = floor_divide(hour, 24);
    const bool weekend = (day + 3) % 7 >= 5;
    return static_cast<std::size_t>(hour - day * 24 + (weekend ? 24 : 0));
}

// How often a habit begins in an hour, exact on average: machines nearly the same each hour,
// people between never and twice as often. `rate` in 2^-32.
unsigned draw_count(std::uint64_t rate, std::uint64_t bits, bool regular) {
    const std::uint64_t high = bits >> 32;
    const std::uint64_t low = bits & 0xffffffff;
    const std::uint64_t drawn = regular ? rate : (rate >> 8) * high >> 23;
    return static_cast<unsigned>(std::min<std::uint64_t>((drawn + low) >> 32, kBeginningsMax));
}

// Long connections keep their ports for a day; a load's go by its numbers instead of the day.
constexpr std::uint64_t kLoadDayEvents = 1'000;

}  // namespace

// An activity of an hour, before anything of it is drawn but its beginning.
struct Host::Beginning {
    std::uint32_t start_us;
    std::uint8_t habit;
    std::uint8_t number;
    std::uint64_t seed;
};

// How often a habit begins in an hour.
struct Host::Draw {
    std::size_t habit;
    unsigned times;
    std::uint64_t bits;
    bool regular;
};

struct Host::Sight {
    StreamSet wanted;
    TimePoint from;
    TimePoint until;
    Happenings& seen;
    Stage stage;
    std::array<std::int64_t, kStreamCount>
        first_hours{};          // Of each stream: older ones are skipped.
    std::int64_t all_from = 0;  // From this hour on, all are drawn.

    [[nodiscard]] StreamSet wanted_in(std::int64_t hour) const;
};

Host::Host(std::string_view device_id, std::uint64_t seed, Kind kind, WallAnchor anchor)
    : profile_(make_profile(device_id, seed, kind)),
      facts_(&facts_of(kind)),
      local_at_start_(anchor.at_start.time_since_epoch() +
                      std::chrono::minutes(profile_.zone_minutes)),
      seed_(derive(seed, "happenings")),
      pace_(static_cast<std::uint32_t>(std::lround(profile_.pace * 256))) {}

std::int64_t Host::hour_of(TimePoint at) const {
    return floor_divide((at.time_since_epoch() + local_at_start_).count(), kHour.count());
}

TimePoint Host::start_of(std::int64_t hour) const {
    return TimePoint(kHour * hour - local_at_start_);
}

std::int64_t Host::day_of(TimePoint at) const {
    return floor_divide(hour_of(at), 24);
}

void Host::look(StreamSet streams, TimePoint from, TimePoint until, Happenings& seen) const {
    if (streams.empty() || until <= from) {
        return;
    }
    Sight sight{streams, from, until, seen, Stage(profile_, seed_, streams, from, until, seen)};
    const std::int64_t first = hour_of(from);
    const std::int64_t last = hour_of(until - Duration(1));
    sight.all_from = first;
    const bool long_ago = last - first > facts_->hours_bearable;
    const bool mends = long_ago || !played_.empty();
    const Marks marks = mends ? ends_of(seen) : Marks{};
    for (std::int64_t hour = long_ago ? skip_ahead(first, last, sight) : first; hour <= last;
         ++hour) {
        look_into_hour(hour, sight);
    }
    if (!played_.empty()) {
        look_at_playbooks(sight);
        sort_from(seen, marks);
    }
    if (long_ago) {
        keep_newest(seen, marks);
    }
}

// Of each stream, what is older than its limit's worth; the first hour that has anything to draw.
std::int64_t Host::skip_ahead(std::int64_t first, std::int64_t last, Sight& sight) const {
    std::int64_t begin = last;
    for (std::size_t i = 0; i < kStreamCount; ++i) {
        if (!sight.wanted.has(static_cast<Stream>(i))) {
            continue;
        }
        const double per_hour = facts_->events_per_hour[i] * profile_.pace;
        const auto worth = static_cast<std::int64_t>(kEventsDrawnMax / per_hour) + 1;
        sight.first_hours[i] = std::max(first, last - worth);
        begin = std::min(begin, sight.first_hours[i]);
        if (sight.first_hours[i] > first) {
            sight.all_from = std::max(sight.all_from, sight.first_hours[i]);
            const double hours = to_seconds(start_of(sight.first_hours[i]) - sight.from) / 3600;
            sight.seen.skipped[i] += static_cast<std::uint64_t>(std::llround(hours * per_hour));
        }
    }
    return begin;
}

StreamSet Host::Sight::wanted_in(std::int64_t hour) const {
    if (hour >= all_from) {
        return wanted;
    }
    StreamSet some;
    for (std::size_t i = 0; i < kStreamCount; ++i) {
        if (wanted.has(static_cast<Stream>(i)) && first_hours[i] <= hour) {
            some.add(static_cast<Stream>(i));
        }
    }
    return some;
}

void Host::look_into_hour(std::int64_t hour, Sight& sight) const {
    const StreamSet wanted = sight.wanted_in(hour);
    std::array<Beginning, kHabitsMax * kBeginningsMax> beginnings;
    const std::size_t count = draw_beginnings(hour, wanted, sight, beginnings.data());
    if (count == 0) {
        return;
    }
    insertion_sort(beginnings.data(), beginnings.data() + count,
                   [](const Beginning& a, const Beginning& b) { return a.start_us < b.start_us; });
    const Marks marks = ends_of(sight.seen);
    sight.stage.want(wanted);
    const TimePoint start = start_of(hour);
    const auto number = static_cast<std::uint64_t>(hour);
    for (std::size_t i = 0; i < count; ++i) {
        const Beginning& one = beginnings[i];
        Activity activity;
        activity.script = facts_->habits[one.habit].script;
        activity.at = start + std::chrono::microseconds(one.start_us);
        activity.seed = one.seed;
        activity.number = number << kHourShift | one.habit << kHabitShift | one.number;
        activity.process_id = process_id_at(number * kHourUs + one.start_us);
        activity.day = static_cast<std::int32_t>(floor_divide(hour, 24));
        sight.stage.perform(activity);
    }
    sort_from(sight.seen, marks);
}

std::size_t Host::draw_beginnings(std::int64_t hour, StreamSet wanted, const Sight& sight,
                                  Beginning* drawn) const {
    const std::uint64_t hour_seed = draw_at(seed_, static_cast<std::uint64_t>(hour));
    const auto& rates = facts_->rates[rhythm_hour(hour)];
    std::size_t count = 0;
    for (HabitSet left = facts_->relevant[wanted.bits()]; left != 0; left &= left - 1) {
        const auto habit = static_cast<std::size_t>(std::countr_zero(left));
        const std::uint64_t bits = draw_at(hour_seed, habit);
        const bool regular = (facts_->regular >> habit & 1) != 0;
        const unsigned times = draw_count(std::uint64_t{rates[habit]} * pace_, bits, regular);
        if (times != 0) {
            count += place(hour, {habit, times, bits, regular}, sight, drawn + count);
        }
    }
    return count;
}

// Where in the hour each begins; those that are over before the look or begin after it are left
// out.
std::size_t Host::place(std::int64_t hour, const Draw& draw, const Sight& sight,
                        Beginning* drawn) const {
    const TimePoint start = start_of(hour);
    const std::int64_t from_us = (sight.from - start).count() / 1000 - 1;
    const std::int64_t until_us = (sight.until - start).count() / 1000 + 1;
    const std::uint32_t room = facts_->room_us[draw.habit];
    const std::uint32_t share = draw.regular ? room / draw.times : room;
    const std::uint64_t phase = draw_at(seed_ ^ kPhaseSalt, draw.habit);
    std::size_t count = 0;
    for (unsigned i = 0; i < draw.times; ++i) {
        const std::uint64_t seed = draw_at(draw.bits, i);
        const auto chance = static_cast<std::uint32_t>((draw.regular ? phase : seed) >> 32);
        const std::uint32_t begins = (draw.regular ? share * i : 0) + scale(chance, share);
        const std::int64_t ends = begins + static_cast<std::int64_t>(kHourUs - room);
        if (begins < until_us && ends > from_us) {
            drawn[count++] = {begins, static_cast<std::uint8_t>(draw.habit),
                              static_cast<std::uint8_t>(i), seed};
        }
    }
    return count;
}

void Host::look_at_playbooks(const Sight& sight) const {
    for (const Played& played : played_) {
        Activity activity;
        activity.script = playbook_row(played.playbook).script;
        activity.at = played.at;
        const Duration local = played.at.time_since_epoch() + local_at_start_;
        const auto instant = static_cast<std::uint64_t>(local.count());
        activity.seed = draw_at(draw_at(seed_, instant), played.playbook);
        activity.number = activity.seed & kPlayedNumberMask;
        activity.process_id = process_id_at(static_cast<std::uint64_t>(local.count()) / 1000);
        activity.day = static_cast<std::int32_t>(day_of(played.at));
        activity.played = true;
        activity.play_number = played.number;
        sight.stage.perform(activity);
    }
}

void Host::add_one(Stream stream, std::uint64_t number, TimePoint at, Happenings& seen) const {
    const Sight sight{{stream}, at, at, seen, Stage(profile_, seed_, {stream}, at, at, seen)};
    if (stream == Stream::kLogins) {
        return add_login(number, at, sight);
    }
    const auto index = static_cast<std::size_t>(stream);
    Activity activity;
    activity.at = at;
    activity.seed = draw_at(seed_ ^ kLoadSalt ^ (index << 56), number);
    activity.number = kLoadNumbers | index << kLoadStreamShift | number;
    activity.process_id = process_id_at(number << 20);
    activity.day = static_cast<std::int32_t>(number / kLoadDayEvents);
    const Sample sample = facts_->samples[index][activity.seed >> 48 & (kSamples - 1)];
    activity.script = facts_->habits[sample.habit].script;
    sight.stage.perform_only(activity, sample.step);
}

// Sessions of two numbers each: somebody comes, and goes with the next number. Each fifth is a
// stranger who tries twice.
void Host::add_login(std::uint64_t number, TimePoint at, const Sight& sight) const {
    static constexpr std::array kSession{
        log_in(LoginOperation::kLogin, kPerson, own(1)).with(Peer::kSomeNeighbour),
        log_in(LoginOperation::kLogout, kPerson, own(1)).with(Peer::kSomeNeighbour),
    };
    static constexpr std::array kTrying{scripts::kStrangersTry, scripts::kStrangersTry};
    const std::uint64_t session = number / 2;
    Activity activity;
    activity.at = at;
    activity.seed = draw_at(seed_ ^ kLoadSalt, session);
    activity.number =
        kLoadNumbers | static_cast<std::uint64_t>(Stream::kLogins) << kLoadStreamShift | session;
    activity.process_id = process_id_at(session << 20);
    activity.script = session % 5 == 4 ? Script(kTrying) : Script(kSession);
    sight.stage.perform_only(activity, number % 2);
}

void Host::play(PlaybookId playbook, TimePoint at, PlayNumber number) {
    TWINSTORM_CHECK(playbook < playbooks().size() && number < kPlayNumbers);
    played_.push_back({at, playbook, number});
}

}  // namespace twinstorm::host

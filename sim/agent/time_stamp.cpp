#include "agent/time_stamp.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace twinstorm::agent {
namespace {

constexpr std::size_t kDateTimeBytes = 19;  // `yyyy-mm-ddThh:mm:ss`
constexpr std::int64_t kSecondsPerDay = 24 * 60 * 60;

constexpr auto kTwoDigits = [] {
    std::array<std::array<char, 2>, 100> pairs{};
    for (unsigned value = 0; value < pairs.size(); ++value) {
        pairs[value] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
    }
    return pairs;
}();

void put_two_digits(char* at, unsigned value) {
    std::memcpy(at, kTwoDigits[value].data(), 2);
}

void put_date(char* at, std::int64_t day_number) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days(std::chrono::days(static_cast<int>(day_number)))};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    put_two_digits(at, year / 100);
    put_two_digits(at + 2, year % 100);
    at[4] = '-';
    put_two_digits(at + 5, static_cast<unsigned>(date.month()));
    at[7] = '-';
    put_two_digits(at + 8, static_cast<unsigned>(date.day()));
    at[10] = 'T';
}

}  // namespace

TimeStamps::TimeStamps(WallAnchor anchor, int zone_minutes, ZoneForm form)
    : anchor_(anchor), zone_seconds_(std::int64_t{60} * zone_minutes), zone_{'Z'} {
    const bool offset = form == ZoneForm::kOffset && zone_minutes != 0;
    zone_size_ = offset ? 6 : form == ZoneForm::kNone ? 0 : 1;
    utc_zone_size_ = form == ZoneForm::kNone ? 0 : 1;
    if (offset) {
        const auto minutes = static_cast<unsigned>(std::abs(zone_minutes));
        zone_[0] = zone_minutes < 0 ? '-' : '+';
        put_two_digits(zone_.data() + 1, minutes / 60);
        zone_[3] = ':';
        put_two_digits(zone_.data() + 4, minutes % 60);
    }
}

void TimeStamps::fill(Stamp& stamp, std::int64_t second) {
    stamp.second = second;
    put_date_time(stamp.utc_text.data(), second, utc_day_);
    stamp.utc_text[kDateTimeBytes] = 'Z';
    stamp.utc_size = static_cast<std::uint8_t>(kDateTimeBytes + utc_zone_size_);
    put_date_time(stamp.local_text.data(), second + zone_seconds_, local_day_);
    std::ranges::copy(zone_, stamp.local_text.begin() + kDateTimeBytes);
    stamp.local_size = static_cast<std::uint8_t>(kDateTimeBytes + zone_size_);
}

void TimeStamps::put_date_time(char* at, std::int64_t second, Day& day) {
    std::int64_t number = second / kSecondsPerDay;
    auto of_day = static_cast<std::int32_t>(second - number * kSecondsPerDay);
    if (of_day < 0) {  // Before 1970.
        of_day += kSecondsPerDay;
        --number;
    }
    if (number != day.number) {
        day.number = number;
        put_date(day.text.data(), number);
    }
    std::memcpy(at, day.text.data(), day.text.size());
    const auto seconds = static_cast<std::uint32_t>(of_day);
    const std::uint32_t minutes = seconds / 60;
    put_two_digits(at + 11, minutes / 60);
    at[13] = ':';
    put_two_digits(at + 14, minutes % 60);
    at[16] = ':';
    put_two_digits(at + 17, seconds % 60);
}

}  // namespace twinstorm::agent

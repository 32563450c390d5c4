// Instants as the texts that messages carry, remembered: events of one second share a text, and
// those of one day its date.
//
// Owner:  one message writer. Whole seconds; nanoseconds since 1970 in 64 bits end in 2262, so four
//         digits do for the year.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

// How a local time tells its offset. RFC 3339 wants the first.
enum class ZoneForm : std::uint8_t {
    kOffset,  // `+02:00`; UTC ends in `Z`.
    kFalseZ,  // Local clock time, with a `Z` behind it: the legacy C agent.
    kNone,    // Nothing, behind UTC neither: the legacy C# agent.
};

class TimeStamps {
public:
    TimeStamps(WallAnchor anchor, int zone_minutes, ZoneForm form);

    struct Stamp {
        [[nodiscard]] std::string_view local() const { return {local_text.data(), local_size}; }
        [[nodiscard]] std::string_view utc() const { return {utc_text.data(), utc_size}; }

        std::int64_t second = std::numeric_limits<std::int64_t>::min();  // UTC, since 1970.
        std::array<char, 25> local_text;
        std::array<char, 20> utc_text;
        std::uint8_t local_size = 0;
        std::uint8_t utc_size = 0;
    };

    // Valid until the next call of the same function: an entry needs its first instant, and its
    // last.
    [[nodiscard]] const Stamp& first(TimePoint at) { return stamp(at, first_); }
    [[nodiscard]] const Stamp& last(TimePoint at) { return stamp(at, last_); }

private:
    // The first eleven characters of all instants on one day.
    struct Day {
        std::int64_t number = std::numeric_limits<std::int64_t>::min();
        std::array<char, 11> text;
    };

    const Stamp& stamp(TimePoint at, Stamp& kept) {
        const std::int64_t second =
            std::chrono::floor<std::chrono::seconds>(anchor_.at(at)).time_since_epoch().count();
        if (second != kept.second) {
            fill(kept, second);
        }
        return kept;
    }
    void fill(Stamp& stamp, std::int64_t second);
    static void put_date_time(char* at, std::int64_t second, Day& day);

    WallAnchor anchor_;
    std::int64_t zone_seconds_;
    std::array<char, 6> zone_;  // `+02:00`
    std::uint8_t zone_size_;
    std::uint8_t utc_zone_size_;
    Stamp first_;
    Stamp last_;
    Day local_day_;
    Day utc_day_;
};

}  // namespace twinstorm::agent

#include "run/play_numbers.h"

#include "twinstorm/base/check.h"

namespace twinstorm::run {

static_assert(plan::kPlayTimesMax <= host::kPlayNumbers);

host::PlaySet PlayEntry::numbers() const {
    host::PlaySet numbers = 0;
    for (std::uint32_t time = 0; time < play->times; ++time) {
        numbers |= host::PlaySet{1} << (first + time);
    }
    return numbers;
}

std::vector<PlayEntry> play_entries(const plan::Plan& plan) {
    std::vector<PlayEntry> entries;
    std::uint32_t next = 0;
    for (std::size_t phase = 0; phase < plan.phases.size(); ++phase) {
        const std::vector<plan::Play>& plays = plan.phases[phase].plays;
        for (std::size_t i = 0; i < plays.size(); ++i) {
            TWINSTORM_CHECK(next + plays[i].times <= host::kPlayNumbers);  // Checked when read.
            entries.push_back({phase, i, static_cast<host::PlayNumber>(next), &plays[i]});
            next += plays[i].times;
        }
    }
    return entries;
}

}  // namespace twinstorm::run

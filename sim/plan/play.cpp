#include "twinstorm/plan/play.h"

#include <fmt/format.h>

#include "twinstorm/base/seed.h"
#include "twinstorm/base/units.h"

namespace twinstorm::plan {
namespace {

// As the mock hub selects the devices of a fault; a test of `run` holds the two together.
constexpr std::uint64_t kSelection = 0x5e1ec7;

std::uint64_t hash_of(std::string_view device_id) {
    return derive(0, device_id);
}

}  // namespace

std::uint64_t phase_seed(std::uint64_t run_seed, std::string_view phase) {
    return derive(run_seed, fmt::format("faults/{}", phase));
}

PhasePlays::PhasePlays(std::uint64_t run_seed, std::string_view phase)
    : selection_seed_(derive(phase_seed(run_seed, phase), kSelection)),
      instant_seed_(derive(run_seed, fmt::format("plays/{}", phase))) {}

bool PhasePlays::chooses(const Play& play, std::string_view device_id) const {
    return device_id.starts_with(play.device_prefix) &&
           (play.device_share >= 1 ||
            Random(derive(selection_seed_, hash_of(device_id))).unit() < play.device_share);
}

std::vector<Duration> PhasePlays::instants(const Play& play, std::size_t number,
                                           std::string_view device_id) const {
    Random random(derive(derive(instant_seed_, std::uint64_t{number}), hash_of(device_id)));
    std::vector<Duration> instants;
    for (std::uint32_t time = 0; time < play.times; ++time) {
        const double share = (time + random.unit()) / play.times;
        instants.push_back(play.start + from_seconds(to_seconds(play.spread) * share));
    }
    return instants;
}

std::string describe(const Play& play) {
    std::string text(host::playbooks()[play.playbook].name);
    if (!play.persona.empty()) {
        text += fmt::format(" for {}", play.persona);
    }
    if (!play.device_prefix.empty()) {
        text += fmt::format(", devices {}*", play.device_prefix);
    }
    if (play.device_share < 1) {
        text += fmt::format(", {:.3g}% of the devices", play.device_share * 100);
    }
    if (play.times > 1) {
        text += fmt::format(", {} times", play.times);
    }
    if (play.start > Duration::zero()) {
        text += ", after " + format_duration(play.start);
    }
    if (play.spread > Duration::zero()) {
        text += ", spread over " + format_duration(play.spread);
    }
    return text;
}

}  // namespace twinstorm::plan

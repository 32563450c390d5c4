#include "twinstorm/plan/plan.h"

#include <numeric>

#include "twinstorm/base/check.h"
#include "twinstorm/plan/id_pattern.h"

namespace twinstorm::plan {

std::string_view name(Transport transport) {
    return transport == Transport::kAsio ? "asio" : "paho";
}

std::string_view name(Verdicts verdicts) {
    return verdicts == Verdicts::kStrict ? "strict" : "as-shipped";
}

std::string Group::device_id(std::uint32_t index) const {
    const Result<IdPattern> pattern = IdPattern::parse(id_pattern);
    TWINSTORM_CHECK(pattern.has_value());  // The reader of the scenario has checked it.
    return pattern->format(index);
}

std::uint32_t Plan::device_count() const {
    return std::accumulate(
        groups.begin(), groups.end(), std::uint32_t{0},
        [](std::uint32_t sum, const Group& group) { return sum + group.devices; });
}

std::uint32_t Plan::identity_count() const {
    return std::accumulate(
        groups.begin(), groups.end(), std::uint32_t{0}, [](std::uint32_t sum, const Group& group) {
            return sum + group.devices * static_cast<std::uint32_t>(group.roles.size());
        });
}

}  // namespace twinstorm::plan

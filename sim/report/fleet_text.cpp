#include "report/fleet_text.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/numbers.h"
#include "twinstorm/base/units.h"

namespace twinstorm::report {

std::string encodings_text(const stats::RunResult& result) {
    std::vector<std::string> parts;
    for (const auto& [encoding, volume] : result.encodings) {
        parts.push_back(fmt::format("{}: {} messages, {}", encoding, count_text(volume.messages),
                                    format_size(volume.bytes)));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

stats::IdentityCounts identities_of(const stats::RunResult& result) {
    stats::IdentityCounts sum;
    for (const stats::GroupResult& group : result.groups) {
        for (const stats::PersonaResult& persona : group.personas) {
            sum.merge(persona.identities);
        }
    }
    return sum;
}

std::string states_text(const stats::IdentityCounts& counts) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::uint64_t count, std::string_view what) {
        if (count > 0) {
            parts.push_back(fmt::format("{} {}", count_text(count), what));
        }
    };
    add(counts.absent, "absent");
    add(counts.never_connected, "never connected");
    add(counts.rejected, "rejected");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace twinstorm::report

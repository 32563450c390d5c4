#include "agent/seeds.h"

#include <algorithm>
#include <chrono>

#include "twinstorm/base/seed.h"

namespace twinstorm::agent {

host::Host make_host(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                     WallAnchor anchor) {
    host::Kind kind = persona.options.kind;
    if (persona.options.mixed_kinds) {
        Random random(derive(derive(seed, device_id), "kind"));
        kind = static_cast<host::Kind>(random.below(host::kKindCount));
    }
    return host::Host(device_id, derive(seed, device_id), kind, anchor);
}

std::uint64_t own_seed(const Persona& persona, std::string_view device_id, std::uint64_t seed) {
    return derive(derive(seed, device_id), persona.name);
}

Duration first_collection(const AgentOptions& options, std::uint64_t own_seed) {
    using std::chrono::seconds;
    const Duration spread =
        std::max(options.first_collection_max - options.first_collection_min, Duration{});
    Random random(derive(own_seed, "first collection"));
    const auto draw = random.below(static_cast<std::uint64_t>(spread / seconds(1)) + 1);
    return options.first_collection_min + seconds(draw);
}

}  // namespace twinstorm::agent

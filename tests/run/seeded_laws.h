// What must be true at the end of every seeded world, whatever went wrong on the way.
#pragma once

#include <string>
#include <vector>

#include "run/seeded_world.h"

namespace twinstorm::run {

// One sentence for each law that is broken.
[[nodiscard]] std::vector<std::string> broken_laws(const SeededWorld& world, const WorldEnd& end);

}  // namespace twinstorm::run

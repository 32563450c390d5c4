// One instant on both clocks: run time for deadlines, wall time for tokens and documents.
#pragma once

#include "twinstorm/base/time.h"

namespace twinstorm::dps {

struct Instant {
    TimePoint run{};
    WallTime wall{};
};

}  // namespace twinstorm::dps

// One instant on both clocks: run time for deadlines, wall time for tokens and documents.
#pragma once

#include "twinstorm/base/time.h"

namespace twinstorm::hub {

struct Instant {
    TimePoint run{};
    WallTime wall{};
};

}  // namespace twinstorm::hub

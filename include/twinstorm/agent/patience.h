// How long an agent's messages may wait for a connection.
#pragma once

#include <cstdint>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

struct Patience {
    Duration at_most = Duration::max();
    bool only_newest = false;     // RTOS: the pending message gives way to the next one.
    bool build_offline = true;    // Legacy: events stay in the agent's cache until there is a link.
    std::uint64_t bytes_max = 0;  // 0: no limit of the agent's own.
};

}  // namespace twinstorm::agent

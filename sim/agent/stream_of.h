// Which of a host's streams a collector of the micro agent listens to.
#pragma once

#include <cstddef>

#include "twinstorm/agent/collector_set.h"
#include "twinstorm/base/check.h"
#include "twinstorm/host/event.h"

namespace twinstorm::agent {

// Of kEventCollectors only.
[[nodiscard]] inline host::Stream stream_of(Collector collector) {
    switch (collector) {
        case Collector::kLogin:
            return host::Stream::kLogins;
        case Collector::kProcess:
            return host::Stream::kProcesses;
        case Collector::kNetworkActivity:
            return host::Stream::kFlows;
        case Collector::kFileSystem:
            return host::Stream::kFiles;
        case Collector::kPeripheral:
            return host::Stream::kPeripherals;
        default:
            TWINSTORM_CHECK(collector == Collector::kLogCollector);
            return host::Stream::kLogs;
    }
}

}  // namespace twinstorm::agent

#include "twinstorm/host/event.h"

namespace twinstorm::host {

void Happenings::clear() {
    processes.clear();
    flows.clear();
    logins.clear();
    files.clear();
    peripherals.clear();
    logs.clear();
    skipped.fill(0);
}

}  // namespace twinstorm::host

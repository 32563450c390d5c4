#include "hub/fault_control.h"

#include <utility>

namespace twinstorm::hub {

// Why shared: see the header.
void FaultControl::set(std::shared_ptr<const Faults> faults, TimePoint now) {
    agenda_.cancel(next_);
    faults_ = std::move(faults);
    looked_ = now - Duration(1);  // What begins now is new.
    look(now);
}

// At each instant where a fault begins or ends.
void FaultControl::look(TimePoint now) {
    next_ = {};
    stalled_ = false;
    down_ = false;
    if (faults_ != nullptr) {
        for (const Faults::Restart& restart : faults_->restarts()) {
            if (restart.at > looked_ && restart.at <= now) {
                actions_.restart(restart.keeps_state, now);
            }
        }
        stalled_ = faults_->stalled_until(now).has_value();
        down_ = faults_->down_until(now).has_value();
        if (const auto next = faults_->next_change(now)) {
            next_ = agenda_.at(*next, [this](TimePoint then) { look(then); });
        }
    }
    looked_ = now;
    actions_.changed(now);
}

}  // namespace twinstorm::hub

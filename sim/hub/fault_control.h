// The faults that are on, at one shard: keeps the set, and does what happens at an instant.
//
// Use:    set() or clear(); the hub asks active() wherever something can go wrong. Stalls and
//         restarts begin and end by themselves.
// Owner:  a shard, on its loop. The set is shared by all shards and never changed.
#pragma once

#include <functional>
#include <memory>

#include "hub/agenda.h"
#include "hub/faults.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

class FaultControl {
public:
    struct Actions {
        std::function<void(TimePoint now)> changed;  // Connections look at the faults again.
        // All connections end; what is not kept is forgotten.
        std::function<void(bool keeps_state, TimePoint now)> restart;
    };

    FaultControl(Agenda& agenda, Actions actions) : agenda_(agenda), actions_(std::move(actions)) {}

    // Shared, because every shard reads the same set; it never changes.
    void set(std::shared_ptr<const Faults> faults, TimePoint now);  // None: clears.

    [[nodiscard]] const Faults* active() const { return faults_.get(); }
    [[nodiscard]] bool stalled() const { return stalled_; }
    [[nodiscard]] bool down() const { return down_; }

private:
    void look(TimePoint now);

    Agenda& agenda_;
    Actions actions_;
    std::shared_ptr<const Faults> faults_;  // Why shared: see set().
    Agenda::Entry next_;
    TimePoint looked_{};
    bool stalled_ = false;
    bool down_ = false;
};

}  // namespace twinstorm::hub

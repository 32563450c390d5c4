// Anything that lives in time: it says when it wants to be called next, and is called.
//
// Use:    a loop calls advance(now) once next_deadline() has passed, and asks for the next one.
// Owner:  one loop; never shared.
#pragma once

#include <optional>

#include "twinstorm/base/time.h"

namespace twinstorm::net {

class Activity {
public:
    Activity() = default;
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    virtual ~Activity() = default;

    virtual void advance(TimePoint now) = 0;
    [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;

    // A hint without effect: its turn comes soon, so what it looks at before `until` may be fetched
    // into the cache. Asked with each depth in turn, from 0, when what the one before fetched has
    // come: only that may be read.
    virtual void foresee(unsigned /*depth*/, TimePoint /*until*/) const {}
    static constexpr unsigned kDepths = 2;
};

}  // namespace twinstorm::net

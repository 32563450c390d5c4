// Sets a phase's faults at the mock hub when it begins, and takes them back when it ends.
//
// Use:    plan_for() when a phase begin is known, clear_at() when the last ends; advance()
//         when next_deadline() has come; notes() at the end.
// Owner:  the coordinator, on its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/http.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

class PhaseFaults {
public:
    // `on_failure` is told when faults that the plan asks for could not be set.
    PhaseFaults(net::HttpClient& http, const Target& target, std::uint64_t seed,
                std::function<void(Error, TimePoint)> on_failure);

    void plan_for(const plan::Phase& phase, TimePoint begin);
    void clear_at(TimePoint at);

    void advance(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return at_; }
    // Sentences for the result: a hub that takes no faults, faults that may still be there.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

private:
    void set(const plan::Phase& phase, TimePoint now);
    void clear(TimePoint now);

    net::HttpClient& http_;
    const Target& target_;
    std::uint64_t seed_;
    std::function<void(Error, TimePoint)> on_failure_;
    std::optional<TimePoint> at_;        // When to change something next ...
    const plan::Phase* next_ = nullptr;  // ... to this phase's faults, or to none.
    bool set_ = false;                   // The hub has faults of ours.
    std::vector<std::string> notes_;
};

}  // namespace twinstorm::run

// Turns the steps of an activity into events of one device.
//
// Use:    one Stage for each look; perform() appends what lies in [from, until) and is wanted.
// Rules:  an event depends on its activity and its step alone, never on the look.
// Owner:  the stack of one look.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/step.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/event.h"
#include "twinstorm/host/host.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::host {

inline constexpr std::size_t kStepsMax = 64;  // Of a script: six bits of an event's id.

struct Activity {
    Script script;
    TimePoint at;
    std::uint64_t seed = 0;
    std::uint64_t number = 0;      // Below 2^56; distinct for each activity of a device.
    std::uint32_t process_id = 0;  // Of the activity's own processes the one before the first.
    std::int32_t day = 0;          // Long connections keep their ports so long.
    bool played = false;
    PlayNumber play_number = 0;  // Of one that is played.
};

// Process ids grow with time, as Linux gives them out, and start over after some days.
[[nodiscard]] std::uint32_t process_id_at(std::uint64_t microseconds);

// Of a program that runs all the time; distinct for each, below those given out later.
[[nodiscard]] std::uint32_t service_process_id(std::uint16_t program, std::uint64_t seed);

class Stage {
public:
    Stage(const Profile& profile, std::uint64_t seed, StreamSet wanted, TimePoint from,
          TimePoint until, Happenings& seen)
        : profile_(profile),
          seed_(seed),
          wanted_(wanted),
          from_(from),
          until_(until),
          seen_(seen) {}

    void want(StreamSet wanted) { wanted_ = wanted; }
    void perform(const Activity& activity) const;
    // Whatever the chance of the step: it happens, at the activity's own instant.
    void perform_only(const Activity& activity, std::size_t step) const;

private:
    // What an event is made of.
    struct Cue {
        const Activity& activity;
        const Step& step;
        TimePoint at;
        std::uint64_t id;
        std::uint64_t bits;  // Drawn for this step.
        std::uint64_t cast;  // Drawn for the activity.
    };

    void dispatch(const Cue& cue) const;
    void add_process(const Cue& cue) const;
    void add_flow(const Cue& cue) const;
    void add_login(const Cue& cue) const;
    void add_peripheral(const Cue& cue) const;

    [[nodiscard]] std::uint32_t process_id(const Cue& cue, Actor actor) const;
    [[nodiscard]] std::uint16_t user(const Cue& cue) const;
    [[nodiscard]] std::uint32_t peer(const Cue& cue) const;
    [[nodiscard]] std::uint16_t client_port(const Cue& cue) const;

    const Profile& profile_;
    std::uint64_t seed_;
    StreamSet wanted_;
    TimePoint from_;
    TimePoint until_;
    Happenings& seen_;
};

}  // namespace twinstorm::host

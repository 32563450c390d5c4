// What one kind of event of a legacy agent has gathered and not yet sent: spans of time, no events.
//
// Use:    open(); next_step() gives each step that has ended, to be measured, and enqueue() takes
//         what was found there; front() is where the queue begins, and take() what was sent of it.
// Rules:  a step is an aggregation interval or the time between two snapshots; plain events are
//         asked for in bulk. What happened in a span can be looked up again, so its events need no
//         keeping. A change of the interval ends the step that is open once it is due.
// Limits: kSegmentsMax spans; what would need more is dropped.
// Units:  whole seconds since the agent's start.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace twinstorm::agent {

class Backlog {
public:
    static constexpr std::size_t kSegmentsMax = 2;
    static constexpr std::int32_t kPlainSpan = 3'600;  // Of plain events, looked up at once.
    static constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();

    struct Rhythm {
        bool on = false;
        bool aggregated = false;  // Or a snapshot: steps stand for themselves.
        std::int32_t step = 1;
        friend bool operator==(const Rhythm&, const Rhythm&) = default;
    };

    struct Step {
        std::int32_t begin = 0;
        std::int32_t end = 0;
        bool aggregated = false;
        std::uint32_t taken = 0;  // Entries from the first on that are gone.
    };

    // The first step begins at `begin`.
    void open(const Rhythm& rhythm, std::int32_t begin);
    void change(const Rhythm& rhythm, std::int32_t now);

    // The next step that has ended by `now`.
    [[nodiscard]] std::optional<Step> next_step(std::int32_t now);
    // What was found in it and kept; `complete`: nothing of it was dropped.
    void enqueue(const Step& step, std::uint32_t entries, std::uint32_t bytes, bool complete);
    [[nodiscard]] bool has_room_for(const Step& step) const;

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::uint32_t bytes() const { return bytes_; }
    [[nodiscard]] std::optional<Step> front() const;
    // When the front came into the queue.
    [[nodiscard]] std::int32_t front_end() const { return front() ? front()->end : kNever; }
    // One entry of the front; true: its span's last, so that the front is another one now.
    [[nodiscard]] bool take(std::uint32_t bytes);
    void skip();         // Entries of the front that were counted as dropped when it was measured.
    void leave_front();  // All its entries were seen: on to the next step.

    [[nodiscard]] bool on() const { return rhythm_.on; }
    [[nodiscard]] bool plain() const { return !rhythm_.aggregated; }
    [[nodiscard]] std::int32_t open_since() const { return open_begin_; }
    [[nodiscard]] std::int32_t next_end() const;  // Of the step that is open.

private:
    struct Segment {
        std::int32_t begin = 0;
        std::int32_t end = 0;
        std::int32_t step = 1;
        std::uint32_t taken = 0;  // Of its first step.
        std::uint32_t left = 0;   // Entries.
        bool aggregated = false;
        bool complete = true;
    };

    [[nodiscard]] bool continues(const Step& step) const;
    void pop();

    std::array<Segment, kSegmentsMax> segments_{};
    std::int32_t open_begin_ = 0;
    std::int32_t ends_at_ = kNever;  // The step that a change of rhythm has ended.
    Rhythm rhythm_;
    bool ends_aggregated_ = false;
    std::uint8_t count_ = 0;
    std::uint32_t bytes_ = 0;
};

}  // namespace twinstorm::agent

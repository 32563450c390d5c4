// The timers of one worker: a heap of deadlines with one entry for each activity.
//
// Use:    set() an entry's deadline as often as it changes; pop_due() what has passed, in order.
// Owner:  one loop. Entries are small numbers that the loop gives out. Equal deadlines keep the
//         order of their entries, so that a virtual run repeats exactly.
// Cost:   O(log n); nothing where a deadline is put off, as keep-alives are with each packet: the
//         heap learns of it when the old one comes up.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "twinstorm/base/time.h"

namespace twinstorm::net {

class DeadlineQueue {
public:
    using Entry = std::uint32_t;

    void set(Entry entry, std::optional<TimePoint> deadline);
    void clear(Entry entry) { set(entry, std::nullopt); }

    [[nodiscard]] std::optional<TimePoint> earliest();
    [[nodiscard]] std::optional<Entry> pop_due(TimePoint now);

private:
    struct Node {
        TimePoint deadline;
        Entry entry;
    };

    static bool before(const Node& a, const Node& b);
    void place(std::size_t index, const Node& node);
    void sift_up(std::size_t index);
    void sift_down(std::size_t index);
    void erase_at(std::size_t index);
    void settle_top();

    static constexpr std::uint32_t kAbsent = UINT32_MAX;
    struct Place {
        std::uint32_t index = kAbsent;
        TimePoint deadline;  // Never before that of its node.
    };
    std::vector<Node> heap_;
    std::vector<Place> places_;  // By entry.
};

}  // namespace twinstorm::net

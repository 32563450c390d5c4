// The timers of one worker, with one entry for each activity: a heap of those that are near, and a
// wheel of unsorted buckets, of a quarter of a second each, for those that come later.
//
// Use:    set() an entry's deadline as often as it changes; pop_due() what has passed, in order.
// Owner:  one loop. Entries are small numbers that the loop gives out. Equal deadlines keep the
//         order of their entries, so that a virtual run repeats exactly.
// Cost:   constant for all but the near ones; nothing where a deadline is put off, as
//         keep-alives are with each packet: that is seen when the old one comes up.
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

    // Counts up whenever another bucket's deadlines have come near.
    [[nodiscard]] std::uint64_t buckets_opened() const { return buckets_opened_; }
    // Those whose deadlines are near, in no order.
    template <class See>
    void each_near(See see) const {
        for (const Node& node : heap_) {
            see(node.entry);
        }
    }
    void prefetch(Entry entry) const { __builtin_prefetch(&places_[entry]); }

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
    void put(Entry entry);
    void put_into_heap(Entry entry);
    void settle_top();
    [[nodiscard]] bool load_next_bucket();

    using Bucket = std::int64_t;                    // Which one of all time.
    static constexpr unsigned kBucketBits = 28;     // Of nanoseconds: 0.27 s.
    static constexpr std::size_t kBuckets = 16384;  // 73 minutes; what is later passes by again.
    static Bucket bucket_of(TimePoint instant) {
        return instant.time_since_epoch().count() >> kBucketBits;
    }

    static constexpr std::uint32_t kAbsent = UINT32_MAX;
    static constexpr std::uint32_t kInWheel = UINT32_MAX - 1;
    static constexpr std::uint32_t kLeftInWheel = UINT32_MAX - 2;  // Cleared, but still listed.
    struct Place {
        std::uint32_t index = kAbsent;  // In the heap, or one of the above.
        std::uint32_t slot = 0;         // In the wheel.
        TimePoint deadline;             // Never before that of its node or bucket.
    };
    static bool in_heap(const Place& place) { return place.index < kLeftInWheel; }

    std::vector<Node> heap_;     // Whose buckets are before next_.
    std::vector<Place> places_;  // By entry.
    // By bucket. An entry that has left stays until its bucket's turn, and is passed over then.
    std::vector<std::vector<Entry>> wheel_ = std::vector<std::vector<Entry>>(kBuckets);
    std::size_t in_wheel_ = 0;
    Bucket next_ = 0;  // The first bucket that still is in the wheel.
    std::uint64_t buckets_opened_ = 0;
};

}  // namespace twinstorm::net

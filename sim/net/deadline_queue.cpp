#include "twinstorm/net/deadline_queue.h"

#include <algorithm>
#include <utility>

namespace twinstorm::net {
namespace {

constexpr std::size_t kArity = 4;  // Shallower than a binary heap, and its children share a line.

}  // namespace

void DeadlineQueue::set(Entry entry, std::optional<TimePoint> deadline) {
    if (entry >= places_.size()) {
        places_.resize(entry + 1);
    }
    Place& place = places_[entry];
    if (!deadline) {
        if (place.index == kInWheel) {
            place.index = kLeftInWheel;
        } else if (in_heap(place)) {
            erase_at(place.index);
        }
        return;
    }
    const bool earlier = *deadline < place.deadline;
    place.deadline = *deadline;
    if (!in_heap(place)) {
        if (place.index != kInWheel || earlier) {
            put(entry);
        }
    } else if (*deadline < heap_[place.index].deadline) {
        heap_[place.index].deadline = *deadline;
        sift_up(place.index);
    }
}

void DeadlineQueue::put(Entry entry) {
    Place& place = places_[entry];
    const Bucket bucket = std::min<Bucket>(bucket_of(place.deadline), next_ + kBuckets - 1);
    if (bucket < next_) {
        put_into_heap(entry);
        return;
    }
    const auto slot = static_cast<std::uint32_t>(bucket % kBuckets);
    const bool listed = place.index != kAbsent && place.slot == slot;
    place.index = kInWheel;
    if (listed) {
        return;
    }
    place.slot = slot;
    wheel_[slot].push_back(entry);
    ++in_wheel_;
}

void DeadlineQueue::put_into_heap(Entry entry) {
    heap_.push_back({places_[entry].deadline, entry});
    places_[entry].index = static_cast<std::uint32_t>(heap_.size() - 1);
    sift_up(heap_.size() - 1);
}

// Only when the heap is empty: everything in the wheel is later than all that was in the heap.
bool DeadlineQueue::load_next_bucket() {
    if (in_wheel_ == 0) {
        return false;
    }
    while (wheel_[static_cast<std::size_t>(next_) % kBuckets].empty()) {
        ++next_;
    }
    const auto slot = static_cast<std::uint32_t>(next_ % kBuckets);
    std::vector<Entry> bucket;
    bucket.swap(wheel_[slot]);
    in_wheel_ -= bucket.size();
    ++next_;
    ++buckets_opened_;
    for (const Entry entry : bucket) {
        Place& place = places_[entry];
        if (in_heap(place) || place.slot != slot) {
            continue;
        }
        if (std::exchange(place.index, kAbsent) == kInWheel) {
            put(entry);
        }
    }
    if (wheel_[slot].empty()) {  // Its memory serves the next round.
        bucket.clear();
        wheel_[slot] = std::move(bucket);
    }
    return true;
}

std::optional<TimePoint> DeadlineQueue::earliest() {
    settle_top();
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().deadline);
}

std::optional<DeadlineQueue::Entry> DeadlineQueue::pop_due(TimePoint now) {
    settle_top();
    if (heap_.empty() || heap_.front().deadline > now) {
        return std::nullopt;
    }
    const Entry entry = heap_.front().entry;
    erase_at(0);
    return entry;
}

// What was put off moves on, until the first node tells the truth. All others stand for deadlines
// that are no earlier, so it is the first in truth as well.
void DeadlineQueue::settle_top() {
    while (!heap_.empty() || load_next_bucket()) {
        if (heap_.empty()) {
            continue;  // All of that bucket were put off, or had left.
        }
        const Entry entry = heap_.front().entry;
        const TimePoint deadline = places_[entry].deadline;
        if (deadline == heap_.front().deadline) {
            return;
        }
        if (bucket_of(deadline) < next_) {
            heap_.front().deadline = deadline;
            sift_down(0);
        } else {
            erase_at(0);
            put(entry);
        }
    }
}

bool DeadlineQueue::before(const Node& a, const Node& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.entry < b.entry;
}

void DeadlineQueue::place(std::size_t index, const Node& node) {
    heap_[index] = node;
    places_[node.entry].index = static_cast<std::uint32_t>(index);
}

void DeadlineQueue::sift_up(std::size_t index) {
    const Node node = heap_[index];
    while (index > 0) {
        const std::size_t parent = (index - 1) / kArity;
        if (!before(node, heap_[parent])) {
            break;
        }
        place(index, heap_[parent]);
        index = parent;
    }
    place(index, node);
}

void DeadlineQueue::sift_down(std::size_t index) {
    const Node node = heap_[index];
    for (;;) {
        const std::size_t first = index * kArity + 1;
        if (first >= heap_.size()) {
            break;
        }
        const std::size_t last = std::min(first + kArity, heap_.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < last; ++child) {
            if (before(heap_[child], heap_[least])) {
                least = child;
            }
        }
        if (!before(heap_[least], node)) {
            break;
        }
        place(index, heap_[least]);
        index = least;
    }
    place(index, node);
}

void DeadlineQueue::erase_at(std::size_t index) {
    places_[heap_[index].entry].index = kAbsent;
    const Node last = heap_.back();
    heap_.pop_back();
    if (index < heap_.size()) {
        place(index, last);
        sift_up(index);
        sift_down(places_[last.entry].index);
    }
}

}  // namespace twinstorm::net

#include "twinstorm/net/deadline_queue.h"

#include <algorithm>

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
        if (place.index != kAbsent) {
            erase_at(place.index);
        }
        return;
    }
    place.deadline = *deadline;
    if (place.index == kAbsent) {
        heap_.push_back({*deadline, entry});
        place.index = static_cast<std::uint32_t>(heap_.size() - 1);
        sift_up(heap_.size() - 1);
    } else if (*deadline < heap_[place.index].deadline) {
        heap_[place.index].deadline = *deadline;
        sift_up(place.index);
    }
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

// What was put off moves down, until the first node tells the truth. All others stand for
// deadlines that are no earlier, so it is the first in truth as well.
void DeadlineQueue::settle_top() {
    while (!heap_.empty()) {
        const TimePoint deadline = places_[heap_.front().entry].deadline;
        if (deadline == heap_.front().deadline) {
            return;
        }
        heap_.front().deadline = deadline;
        sift_down(0);
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

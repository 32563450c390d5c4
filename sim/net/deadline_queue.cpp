#include "twinstorm/net/deadline_queue.h"

#include <algorithm>

namespace twinstorm::net {
namespace {

constexpr std::size_t kArity = 4;  // Shallower than a binary heap, and its children share a line.

}  // namespace

void DeadlineQueue::set(Entry entry, std::optional<TimePoint> deadline) {
    if (entry >= index_of_.size()) {
        index_of_.resize(entry + 1, kAbsent);
    }
    const std::uint32_t index = index_of_[entry];
    if (!deadline) {
        if (index != kAbsent) {
            erase_at(index);
        }
        return;
    }
    if (index == kAbsent) {
        heap_.push_back({*deadline, entry});
        index_of_[entry] = static_cast<std::uint32_t>(heap_.size() - 1);
        sift_up(heap_.size() - 1);
        return;
    }
    if (heap_[index].deadline == *deadline) {
        return;
    }
    const bool earlier = *deadline < heap_[index].deadline;
    heap_[index].deadline = *deadline;
    earlier ? sift_up(index) : sift_down(index);
}

std::optional<TimePoint> DeadlineQueue::earliest() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().deadline);
}

std::optional<DeadlineQueue::Entry> DeadlineQueue::pop_due(TimePoint now) {
    if (heap_.empty() || heap_.front().deadline > now) {
        return std::nullopt;
    }
    const Entry entry = heap_.front().entry;
    erase_at(0);
    return entry;
}

bool DeadlineQueue::before(const Node& a, const Node& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.entry < b.entry;
}

void DeadlineQueue::place(std::size_t index, const Node& node) {
    heap_[index] = node;
    index_of_[node.entry] = static_cast<std::uint32_t>(index);
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
    index_of_[heap_[index].entry] = kAbsent;
    const Node last = heap_.back();
    heap_.pop_back();
    if (index < heap_.size()) {
        place(index, last);
        sift_up(index);
        sift_down(index_of_[last.entry]);
    }
}

}  // namespace twinstorm::net

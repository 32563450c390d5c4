// What will happen in virtual time, in one total order: by instant, then by the order of asking.
//
// Use:    at() for work of any kind; deliver_at() for the bytes of a connection, which are most of
//         what happens and take nothing from the heap.
// Owner:  one loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/time.h"

namespace twinstorm::virtual_net {

struct Delivery {
    std::uint64_t connection = 0;
    bool to_server = false;
    Buffer bytes;
};

class EventQueue {
public:
    using Work = std::function<void(TimePoint now)>;

    // One of the two.
    struct Event {
        Work work;
        Delivery delivery;
    };

    void at(TimePoint instant, Work work) { push(instant).work = std::move(work); }
    void deliver_at(TimePoint instant, Delivery delivery) {
        push(instant).delivery = std::move(delivery);
    }

    [[nodiscard]] std::optional<TimePoint> earliest() const {
        return queue_.empty() ? std::nullopt : std::optional(queue_.top().instant);
    }

    [[nodiscard]] Event pop() {
        const std::size_t place = queue_.top().place;
        queue_.pop();
        free_.push_back(place);
        return std::exchange(events_[place], Event{});
    }

private:
    struct Item {
        TimePoint instant;
        std::uint64_t number;
        std::size_t place;
    };
    struct Later {
        bool operator()(const Item& a, const Item& b) const {
            return a.instant != b.instant ? a.instant > b.instant : a.number > b.number;
        }
    };

    [[nodiscard]] Event& push(TimePoint instant) {
        if (free_.empty()) {
            free_.push_back(events_.size());
            events_.emplace_back();
        }
        const std::size_t place = free_.back();
        free_.pop_back();
        queue_.push({instant, ++asked_, place});
        return events_[place];
    }

    std::priority_queue<Item, std::vector<Item>, Later> queue_;
    std::vector<Event> events_;  // In no order; the queue knows their places.
    std::vector<std::size_t> free_;
    std::uint64_t asked_ = 0;
};

}  // namespace twinstorm::virtual_net

// What will happen in virtual time, in one total order: by instant, then by the order of asking.
//
// Owner: one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "twinstorm/base/time.h"

namespace twinstorm::virtual_net {

class EventQueue {
public:
    using Event = std::function<void(TimePoint now)>;

    void at(TimePoint instant, Event event) { queue_.push({instant, ++asked_, std::move(event)}); }

    [[nodiscard]] std::optional<TimePoint> earliest() const {
        return queue_.empty() ? std::nullopt : std::optional(queue_.top().instant);
    }

    [[nodiscard]] Event pop() {
        // The queue only hands out constant references; the event is on its way out.
        Event event = std::move(const_cast<Item&>(queue_.top()).event);
        queue_.pop();
        return event;
    }

private:
    struct Item {
        TimePoint instant;
        std::uint64_t number;
        Event event;
    };
    struct Later {
        bool operator()(const Item& a, const Item& b) const {
            return a.instant != b.instant ? a.instant > b.instant : a.number > b.number;
        }
    };

    std::priority_queue<Item, std::vector<Item>, Later> queue_;
    std::uint64_t asked_ = 0;
};

}  // namespace twinstorm::virtual_net

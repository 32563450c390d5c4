// Who waits for an event of a partition: each is told once, when there is one.
//
// Use:    add() gives a Watch; ending it cancels. After each append: notify(sequence number), which
//         costs a comparison while nobody waits. The list may end before its watches.
// Owner:  one worker; callbacks come from notify(), or at once from add(), and may add and cancel.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

namespace twinstorm::events {

// Ending it means: do not call any more. Spent once its callback was called.
class Watch {
public:
    Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    virtual ~Watch() = default;
};

class WatchList {
public:
    // `ready` is called once an event with this sequence number, or a later one, is there.
    [[nodiscard]] std::unique_ptr<Watch> add(std::int64_t sequence_number,
                                             std::function<void()> ready);
    void notify(std::int64_t last_sequence_number) {
        last_ = last_sequence_number;
        if (last_ >= earliest_) {
            call_ready();
        }
    }

private:
    struct Entry {
        std::int64_t sequence_number = 0;
        std::function<void()> ready;
    };
    class ListedWatch;

    void call_ready();

    std::vector<std::weak_ptr<Entry>> entries_;
    std::int64_t earliest_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t last_ = -1;
};

}  // namespace twinstorm::events

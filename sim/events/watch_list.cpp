#include "twinstorm/events/watch_list.h"

#include <algorithm>
#include <utility>

namespace twinstorm::events {

// Owns its entry; the list only knows of it. That is why the entry is shared: either may end first.
class WatchList::ListedWatch final : public Watch {
public:
    explicit ListedWatch(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

private:
    std::shared_ptr<Entry> entry_;  // The list holds it weakly.
};

std::unique_ptr<Watch> WatchList::add(std::int64_t sequence_number, std::function<void()> ready) {
    // The watch owns it; the list holds it weakly.
    auto entry = std::make_shared<Entry>(Entry{sequence_number, std::move(ready)});
    auto watch = std::make_unique<ListedWatch>(entry);
    if (sequence_number <= last_) {
        // The callback may end the watch that it has not been given yet: it does not have it.
        entry->ready();
        return watch;
    }
    // Ended watches leave their place behind; it is taken again before the list grows.
    const auto place =
        std::ranges::find_if(entries_, [](const auto& each) { return each.expired(); });
    if (place != entries_.end()) {
        *place = entry;
    } else {
        entries_.push_back(entry);
    }
    earliest_ = std::min(earliest_, sequence_number);
    return watch;
}

void WatchList::call_ready() {
    std::vector<std::weak_ptr<Entry>> ready;
    std::vector<std::weak_ptr<Entry>> waiting;
    earliest_ = std::numeric_limits<std::int64_t>::max();
    for (auto& each : entries_) {
        const auto entry = each.lock();
        if (entry && entry->sequence_number <= last_) {
            ready.push_back(std::move(each));
        } else if (entry) {
            earliest_ = std::min(earliest_, entry->sequence_number);
            waiting.push_back(std::move(each));
        }
    }
    entries_ = std::move(waiting);
    // A callback may end other watches, or its own: each is looked at again, and held meanwhile.
    for (const auto& each : ready) {
        if (const auto entry = each.lock()) {
            entry->ready();
        }
    }
}

}  // namespace twinstorm::events

// What waits for a service that asks for it: feedback in batches, notifications of files.
//
// Use:    add(); take() locks the oldest that nobody holds, until settle() or the lock's end, which
//         puts it back. An Item has a `lock`, which is the queue's, and says when it was
//         `enqueued`.
// Owner:  the front shard, on its loop; every other shard's is empty.
// Limits: those of its options; the oldest goes first, and is counted.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "hub/agenda.h"
#include "hub/common.h"
#include "hub/instant.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/time.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::hub {

struct NoticeCounts {
    std::uint64_t taken = 0;
    std::uint64_t settled = 0;
    std::uint64_t lost = 0;  // Too old, too often given back, or too many.
};

struct NoticeQueueOptions {
    std::size_t items_max = 0;
    unsigned deliveries_max = 0;
    std::chrono::seconds lock{};
    std::chrono::seconds time_to_live{};
};

template <class Item>
class NoticeQueue {
public:
    NoticeQueue(const Common& common, Agenda& agenda, NoticeQueueOptions options)
        : common_(common), agenda_(agenda), options_(options) {}

    void add(Item item, Instant now) {
        drop_old(now);
        if (entries_.size() >= options_.items_max) {
            agenda_.cancel(entries_.front().lock_end);
            entries_.pop_front();
            ++counts_.lost;
        }
        entries_.push_back({std::move(item), {}, 0});
        tell_watchers();
    }

    // The oldest that nobody holds.
    [[nodiscard]] std::optional<Item> take(Instant now) {
        drop_old(now);
        const auto next = std::ranges::find_if(entries_, is_free);
        if (next == entries_.end()) {
            return std::nullopt;
        }
        const std::uint64_t lock = ++last_lock_;
        next->item.lock = lock;
        ++next->deliveries;
        ++counts_.taken;
        next->lock_end = agenda_.at(now.run + options_.lock, [this, lock](TimePoint then) {
            if (const auto held = holder_of(lock); held != entries_.end()) {
                release(held, common_.instant(then));
            }
        });
        return next->item;
    }

    // False: the lock is not held any more. kReleased puts the item back.
    bool settle(std::uint64_t lock, amqp::Settlement settlement, Instant now) {
        const auto held = holder_of(lock);
        if (held == entries_.end()) {
            return false;
        }
        if (settlement == amqp::Settlement::kReleased) {
            release(held, now);
            return true;
        }
        agenda_.cancel(held->lock_end);
        entries_.erase(held);
        ++counts_.settled;
        return true;
    }

    // Calls `ready` once there is an item to take.
    [[nodiscard]] std::unique_ptr<events::Watch> watch(std::function<void()> ready) {
        const bool there = std::ranges::any_of(entries_, is_free);
        return watchers_.add(there ? readiness_ : readiness_ + 1, std::move(ready));
    }

    [[nodiscard]] const NoticeCounts& counts() const { return counts_; }

private:
    struct Entry {
        Item item;  // Its lock is 0 while nobody holds it.
        Agenda::Entry lock_end;
        unsigned deliveries = 0;
    };
    using Entries = std::deque<Entry>;

    static bool is_free(const Entry& entry) { return entry.item.lock == 0; }

    [[nodiscard]] typename Entries::iterator holder_of(std::uint64_t lock) {
        return lock == 0 ? entries_.end()
                         : std::ranges::find_if(entries_, [lock](const Entry& entry) {
                               return entry.item.lock == lock;
                           });
    }

    void release(typename Entries::iterator entry, Instant now) {
        agenda_.cancel(entry->lock_end);
        entry->item.lock = 0;
        if (entry->deliveries >= options_.deliveries_max) {
            entries_.erase(entry);
            ++counts_.lost;
            return;
        }
        drop_old(now);
        tell_watchers();
    }

    // Only what nobody holds: whoever holds an item may still settle it.
    void drop_old(Instant now) {
        const WallTime oldest = now.wall - options_.time_to_live;
        counts_.lost += std::erase_if(entries_, [oldest](const Entry& entry) {
            return is_free(entry) && entry.item.enqueued <= oldest;
        });
    }

    void tell_watchers() {
        ++readiness_;
        watchers_.notify(readiness_);
    }

    const Common& common_;
    Agenda& agenda_;
    NoticeQueueOptions options_;
    Entries entries_;  // Oldest first.
    std::uint64_t last_lock_ = 0;
    std::int64_t readiness_ = 0;  // How often an item became there to take; watchers wait for it.
    events::WatchList watchers_;
    NoticeCounts counts_;
};

}  // namespace twinstorm::hub

// The throttles of one hub: a bucket of burst credit for each class of operations, then a queue
// that is served at the tier's rate, then refusals.
//
// Use:    ask() before an operation; serve it after `delay`, or answer `refused` at once. Those who
//         are told to wait come first come first served, because each took the next free slot.
// Owner:  Common; asked by all shards' threads. No lock: a class is one instant (its theoretical
//         arrival time, GCRA) and a few counters, all atomic. They are shared, against the habit of
//         this program, because a limit is the hub's: split over the workers, an uneven fleet would
//         be throttled below its tier's rate.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include <boost/json/object.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {

// Sizes as spans of time at the tier's rate: 60 s at 100/s are 6,000 operations. Microsoft
// publishes none of them.
struct ThrottleOptions {
    bool enabled = true;
    Duration burst = iothub::kBurstCredit;         // Credit of a hub that was idle for as long.
    Duration queue = std::chrono::seconds(60);     // What may wait.
    Duration wait_max = std::chrono::seconds(60);  // How long one operation may wait.
};

struct Decision {
    Duration delay{};
    // The queue has no room [429002], or the wait would be too long [429003]. Then nothing was
    // taken from the limit.
    std::optional<iothub::ServiceErrorCode> refused;
};

struct ThrottleCounts {
    std::uint64_t admitted = 0;  // Delayed ones included.
    std::uint64_t delayed = 0;
    std::uint64_t refused_queue_full = 0;
    std::uint64_t refused_wait = 0;
    Duration delay_sum{};
    Duration delay_max{};
    std::optional<TimePoint> first_limited;  // The first operation that was delayed or refused.
    std::optional<TimePoint> last_limited;   // The last one.
    Duration limited{};  // How long new operations could not be served at once, all times together.

    [[nodiscard]] std::uint64_t refused() const { return refused_queue_full + refused_wait; }
};

class Throttles {
public:
    Throttles(const iothub::TierLimits& limits, const ThrottleOptions& options);

    // `cost`: items of a bulk request, blocks of a method call. `rate_per_s`: in place of the
    // tier's, and enforced even where that is not; what the class has taken, it has taken. From any
    // thread.
    [[nodiscard]] Decision ask(iothub::OperationClass operation, TimePoint now,
                               std::uint32_t cost = 1,
                               std::optional<double> rate_per_s = std::nullopt);

    [[nodiscard]] ThrottleCounts counts(iothub::OperationClass operation) const;
    // Counting starts anew; what waits keeps its slot and the credit stays as it is.
    void reset_counts();
    [[nodiscard]] bool enabled() const { return options_.enabled; }

private:
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t kLongAgo = std::numeric_limits<std::int64_t>::min();

    // A line of the cache each, so that classes do not slow each other down. Instants and
    // durations in nanoseconds of run time.
    struct alignas(64) Class {
        std::atomic<std::int64_t> theoretical_arrival{0};
        std::int64_t interval_ns = 0;  // Between two operations at the rate. Set once.
        std::atomic<std::uint64_t> admitted{0};
        std::atomic<std::uint64_t> delayed{0};
        std::atomic<std::uint64_t> refused_queue_full{0};
        std::atomic<std::uint64_t> refused_wait{0};
        std::atomic<std::int64_t> delay_sum{0};
        std::atomic<std::int64_t> delay_max{0};
        std::atomic<std::int64_t> first_limited{kNever};
        std::atomic<std::int64_t> last_limited{kLongAgo};
        std::atomic<std::int64_t> limited_until{kLongAgo};
        std::atomic<std::int64_t> limited{0};
    };

    static void note_limited(Class& of, std::int64_t now, std::int64_t until);

    ThrottleOptions options_;
    std::array<Class, iothub::kOperationClassCount> classes_;
};

// For the admin endpoint, one member for each class:
//   {"twin_reads": {"rate_per_s", "admitted", "delayed", "refused", "refused_queue_full",
//    "refused_wait", "delay_us_mean", "delay_us_max", "first_limited", "first_limited_unix_us",
//    "last_limited", "last_limited_unix_us", "limited_us"}}
// The four instants are null for a class that never was at its limit.
[[nodiscard]] boost::json::object throttles_json(const Throttles& throttles,
                                                 const iothub::TierLimits& limits,
                                                 const WallAnchor& anchor);

}  // namespace twinstorm::hub

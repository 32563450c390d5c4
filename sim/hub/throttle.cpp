#include "hub/throttle.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "twinstorm/base/check.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

// All counters stand alone: nobody concludes from one of them that another was written.
constexpr auto kRelaxed = std::memory_order_relaxed;

void raise_to(std::atomic<std::int64_t>& highest, std::int64_t value) {
    std::int64_t seen = highest.load(kRelaxed);
    while (seen < value && !highest.compare_exchange_weak(seen, value, kRelaxed)) {
    }
}

void lower_to(std::atomic<std::int64_t>& lowest, std::int64_t value) {
    std::int64_t seen = lowest.load(kRelaxed);
    while (seen > value && !lowest.compare_exchange_weak(seen, value, kRelaxed)) {
    }
}

// A nanosecond is 0.06 % of a tier's shortest interval, that of 60,000 a second.
std::int64_t interval_of(double rate_per_s) {
    return std::max(std::llround(1e9 / rate_per_s), 1LL);
}

TimePoint instant(std::int64_t nanoseconds) {
    return TimePoint(Duration(nanoseconds));
}

std::int64_t microseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

void add_instant(json::object& object, const char* name, std::optional<TimePoint> at,
                 const WallAnchor& anchor) {
    const std::string number = std::string(name) + "_unix_us";
    if (!at) {
        object[name] = nullptr;
        object[number] = nullptr;
        return;
    }
    const WallTime wall = anchor.at(*at);
    object[name] = iothub::format_instant(wall);
    object[number] = microseconds(wall.time_since_epoch());
}

}  // namespace

Throttles::Throttles(const iothub::TierLimits& limits, const ThrottleOptions& options)
    : options_(options) {
    TWINSTORM_CHECK(options.burst >= Duration::zero() && options.queue >= Duration::zero() &&
                    options.wait_max >= Duration::zero());
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const double rate = limits.rate(static_cast<iothub::OperationClass>(i));
        TWINSTORM_CHECK(!options.enabled || rate > 0);
        classes_[i].interval_ns = rate > 0 ? interval_of(rate) : 1;
        // The credit is full when the hub starts.
        classes_[i].theoretical_arrival.store(kLongAgo, kRelaxed);
    }
}

// GCRA: each operation moves the theoretical arrival time on by its interval. What stands at most
// `burst` ahead of now is served at once; what stands further ahead waits until it does.
Decision Throttles::ask(iothub::OperationClass operation, TimePoint now, std::uint32_t cost,
                        std::optional<double> rate_per_s) {
    Class& of = classes_[static_cast<std::size_t>(operation)];
    if (!options_.enabled && !rate_per_s) {
        of.admitted.fetch_add(1, kRelaxed);
        return {};
    }
    const std::int64_t at = now.time_since_epoch().count();
    const std::int64_t interval_ns = rate_per_s ? interval_of(*rate_per_s) : of.interval_ns;
    const std::int64_t taken = interval_ns * std::int64_t{cost};
    // Of a rate below one in that time, there is credit for one all the same.
    const std::int64_t burst =
        rate_per_s ? std::max(options_.burst.count(), interval_ns) : options_.burst.count();
    std::int64_t before = of.theoretical_arrival.load(kRelaxed);
    std::int64_t after = 0;
    std::int64_t wait = 0;
    do {
        after = std::max(before, at) + taken;
        wait = after - at - burst;
        const std::int64_t wait_max = std::min(options_.queue.count(), options_.wait_max.count());
        if (wait > wait_max) {
            const bool full = wait > options_.queue.count();
            (full ? of.refused_queue_full : of.refused_wait).fetch_add(1, kRelaxed);
            note_limited(of, at, at + wait - wait_max);
            return {{},
                    full ? iothub::ServiceErrorCode::kThrottleBacklogLimitExceeded
                         : iothub::ServiceErrorCode::kThrottlingBacklogTimeout};
        }
    } while (!of.theoretical_arrival.compare_exchange_weak(before, after, kRelaxed));
    of.admitted.fetch_add(1, kRelaxed);
    if (wait <= 0) {
        return {};
    }
    of.delayed.fetch_add(1, kRelaxed);
    of.delay_sum.fetch_add(wait, kRelaxed);
    raise_to(of.delay_max, wait);
    note_limited(of, at, at + wait);
    return {Duration(wait), std::nullopt};
}

// The class is at its limit from `now` to `until`. Whoever moves `limited_until` on adds what it
// moved, so that overlapping spans count once, whichever thread comes first.
void Throttles::note_limited(Class& of, std::int64_t now, std::int64_t until) {
    lower_to(of.first_limited, now);
    raise_to(of.last_limited, now);
    std::int64_t seen = of.limited_until.load(kRelaxed);
    while (seen < until && !of.limited_until.compare_exchange_weak(seen, until, kRelaxed)) {
    }
    if (seen < until) {
        of.limited.fetch_add(until - std::max(seen, now), kRelaxed);
    }
}

ThrottleCounts Throttles::counts(iothub::OperationClass operation) const {
    const Class& of = classes_[static_cast<std::size_t>(operation)];
    ThrottleCounts counts;
    counts.admitted = of.admitted.load(kRelaxed);
    counts.delayed = of.delayed.load(kRelaxed);
    counts.refused_queue_full = of.refused_queue_full.load(kRelaxed);
    counts.refused_wait = of.refused_wait.load(kRelaxed);
    counts.delay_sum = Duration(of.delay_sum.load(kRelaxed));
    counts.delay_max = Duration(of.delay_max.load(kRelaxed));
    counts.limited = Duration(of.limited.load(kRelaxed));
    if (const std::int64_t first = of.first_limited.load(kRelaxed); first != kNever) {
        counts.first_limited = instant(first);
    }
    if (const std::int64_t last = of.last_limited.load(kRelaxed); last != kLongAgo) {
        counts.last_limited = instant(last);
    }
    return counts;
}

void Throttles::reset_counts() {
    for (Class& of : classes_) {
        for (auto* const count :
             {&of.admitted, &of.delayed, &of.refused_queue_full, &of.refused_wait}) {
            count->store(0, kRelaxed);
        }
        of.delay_sum.store(0, kRelaxed);
        of.delay_max.store(0, kRelaxed);
        of.first_limited.store(kNever, kRelaxed);
        of.last_limited.store(kLongAgo, kRelaxed);
        of.limited_until.store(kLongAgo, kRelaxed);
        of.limited.store(0, kRelaxed);
    }
}

json::object throttles_json(const Throttles& throttles, const iothub::TierLimits& limits,
                            const WallAnchor& anchor) {
    json::object all;
    for (std::size_t i = 0; i < iothub::kOperationClassCount; ++i) {
        const auto operation = static_cast<iothub::OperationClass>(i);
        const ThrottleCounts counts = throttles.counts(operation);
        const auto delayed = static_cast<std::int64_t>(std::max<std::uint64_t>(counts.delayed, 1));
        json::object one{{"rate_per_s", limits.rate(operation)},
                         {"admitted", counts.admitted},
                         {"delayed", counts.delayed},
                         {"refused", counts.refused()},
                         {"refused_queue_full", counts.refused_queue_full},
                         {"refused_wait", counts.refused_wait},
                         {"delay_us_mean", microseconds(counts.delay_sum / delayed)},
                         {"delay_us_max", microseconds(counts.delay_max)}};
        add_instant(one, "first_limited", counts.first_limited, anchor);
        add_instant(one, "last_limited", counts.last_limited, anchor);
        one["limited_us"] = microseconds(counts.limited);
        all.emplace(iothub::name(operation), std::move(one));
    }
    return all;
}

}  // namespace twinstorm::hub

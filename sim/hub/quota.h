// The daily message quota of one hub, and what was metered, by kind.
//
// Use:    charge() before a metered operation is carried out; a code means: do not carry it out.
//         count() what nobody asked for, such as an answer. The day starts anew at 00:00 UTC.
// Owner:  Common; charged by all shards' threads. Day and count are one atomic number, shared
//         because the quota is the hub's and not a worker's.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {

// What is billed. Registry operations, connects, keep-alive, management and statistics are not.
enum class QuotaKind : std::uint8_t {
    kDeviceMessages,
    kCloudToDeviceMessages,
    kDirectMethods,  // Request and response, also when the device is away.
    kTwinReads,
    kTwinUpdates,  // By either side.
    kTwinNotices,
    kQueries,  // Results that are data of devices.
    kJobOperations,
    kFileNotifications,
};
inline constexpr std::size_t kQuotaKindCount = 9;
[[nodiscard]] std::string_view name(QuotaKind kind);  // `twin_reads`

class Quota {
public:
    // Not enforced: counts, and never refuses.
    Quota(const iothub::TierLimits& limits, bool enforced);

    // Meters `bytes` in the tier's blocks. kIotHubQuotaExceeded [403002] when the day's rest does
    // not hold it: then nothing is taken. From any thread.
    [[nodiscard]] std::optional<iothub::ServiceErrorCode> charge(QuotaKind kind,
                                                                 std::uint64_t bytes, WallTime now);
    // For what is sent whether or not the day holds it: never refused, and counted all the same.
    void count(QuotaKind kind, std::uint64_t bytes, WallTime now);
    // The same for what was charged as one message before its size was known.
    void count_rest(QuotaKind kind, std::uint64_t bytes, WallTime now);
    // Whether even the smallest message is refused: devices that connect then are cut off again.
    [[nodiscard]] bool exceeded(WallTime now) const;

    [[nodiscard]] std::uint64_t used_today(WallTime now) const;
    [[nodiscard]] std::uint64_t charged(QuotaKind kind) const;  // Messages since counting began.
    [[nodiscard]] std::uint64_t refused() const;                // Operations, likewise.
    [[nodiscard]] std::optional<WallTime> first_refused() const;
    // What was used today stays used: only the counters start anew.
    void reset_counts();

    [[nodiscard]] bool enforced() const { return enforced_; }
    [[nodiscard]] std::uint64_t messages_per_day() const { return messages_per_day_; }
    [[nodiscard]] std::uint64_t block_bytes() const { return block_bytes_; }

private:
    void add(QuotaKind kind, std::uint64_t messages, WallTime now);

    const std::uint64_t messages_per_day_;
    const std::uint64_t block_bytes_;
    const bool enforced_;
    std::atomic<std::uint64_t> day_and_used_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::int64_t> first_refused_;  // Nanoseconds of wall time.
    std::array<std::atomic<std::uint64_t>, kQuotaKindCount> charged_{};
};

// For the admin endpoint:
//   {"enforced", "messages_per_day", "block_bytes", "used_today", "refused", "first_refused",
//    "first_refused_unix_us", "charged": {"twin_reads": 12, ...}}
[[nodiscard]] boost::json::object quota_json(const Quota& quota, WallTime now);

}  // namespace twinstorm::hub

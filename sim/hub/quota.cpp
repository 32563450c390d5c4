#include "hub/quota.h"

#include <algorithm>
#include <limits>

#include "twinstorm/base/check.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// Day and used messages in one number: 24 bits of days since 1970, 40 bits of messages, more than
// a hub of ten S3 units may take in a year.
constexpr int kUsedBits = 40;
constexpr std::uint64_t kUsedMax = (std::uint64_t{1} << kUsedBits) - 1;

// In the order of the enumeration.
constexpr std::array<std::string_view, kQuotaKindCount> kKindNames{
    "device_messages",   "cloud_to_device_messages",
    "direct_methods",    "twin_reads",
    "twin_updates",      "twin_notices",
    "queries",           "job_operations",
    "file_notifications"};
static_assert(static_cast<std::size_t>(QuotaKind::kFileNotifications) + 1 == kQuotaKindCount);

std::uint64_t day_of(WallTime now) {
    const auto days = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(days, 0));
}

// The day does not change by it, however much it is.
std::uint64_t day_and_used(std::uint64_t day, std::uint64_t used, std::uint64_t messages) {
    return day << kUsedBits | (used + std::min(messages, kUsedMax - used));
}

// Used of that day. A thread whose clock still reads yesterday counts for the day that has begun.
std::uint64_t used_of(std::uint64_t day_and_used, std::uint64_t day) {
    return day_and_used >> kUsedBits < day ? 0 : day_and_used & kUsedMax;
}

}  // namespace

std::string_view name(QuotaKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

Quota::Quota(const iothub::TierLimits& limits, bool enforced)
    : messages_per_day_(limits.messages_per_day),
      block_bytes_(limits.metering_block_bytes),
      enforced_(enforced),
      first_refused_(kNever) {
    TWINSTORM_CHECK(messages_per_day_ <= kUsedMax);
}

std::optional<iothub::ServiceErrorCode> Quota::charge(QuotaKind kind, std::uint64_t bytes,
                                                      WallTime now) {
    const std::uint64_t messages = iothub::metered_messages(bytes, block_bytes_);
    const std::uint64_t today = day_of(now);
    std::uint64_t before = day_and_used_.load(kRelaxed);
    std::uint64_t after = 0;
    do {
        const std::uint64_t used = used_of(before, today);
        if (enforced_ && (used >= messages_per_day_ || messages > messages_per_day_ - used)) {
            refused_.fetch_add(1, kRelaxed);
            const std::int64_t at = now.time_since_epoch().count();
            std::int64_t first = first_refused_.load(kRelaxed);
            while (at < first && !first_refused_.compare_exchange_weak(first, at, kRelaxed)) {
            }
            return iothub::ServiceErrorCode::kIotHubQuotaExceeded;
        }
        after = day_and_used(std::max(before >> kUsedBits, today), used, messages);
    } while (!day_and_used_.compare_exchange_weak(before, after, kRelaxed));
    charged_[static_cast<std::size_t>(kind)].fetch_add(messages, kRelaxed);
    return std::nullopt;
}

void Quota::count(QuotaKind kind, std::uint64_t bytes, WallTime now) {
    add(kind, iothub::metered_messages(bytes, block_bytes_), now);
}

void Quota::count_rest(QuotaKind kind, std::uint64_t bytes, WallTime now) {
    if (bytes > block_bytes_) {
        add(kind, iothub::metered_messages(bytes, block_bytes_) - 1, now);
    }
}

void Quota::add(QuotaKind kind, std::uint64_t messages, WallTime now) {
    const std::uint64_t today = day_of(now);
    std::uint64_t before = day_and_used_.load(kRelaxed);
    std::uint64_t after = 0;
    do {
        const std::uint64_t used = used_of(before, today);
        after = day_and_used(std::max(before >> kUsedBits, today), used, messages);
    } while (!day_and_used_.compare_exchange_weak(before, after, kRelaxed));
    charged_[static_cast<std::size_t>(kind)].fetch_add(messages, kRelaxed);
}

bool Quota::exceeded(WallTime now) const {
    return enforced_ && used_today(now) >= messages_per_day_;
}

std::uint64_t Quota::used_today(WallTime now) const {
    return used_of(day_and_used_.load(kRelaxed), day_of(now));
}

std::uint64_t Quota::charged(QuotaKind kind) const {
    return charged_[static_cast<std::size_t>(kind)].load(kRelaxed);
}

std::uint64_t Quota::refused() const {
    return refused_.load(kRelaxed);
}

std::optional<WallTime> Quota::first_refused() const {
    const std::int64_t first = first_refused_.load(kRelaxed);
    return first == kNever ? std::nullopt : std::optional(WallTime(Duration(first)));
}

void Quota::reset_counts() {
    refused_.store(0, kRelaxed);
    first_refused_.store(kNever, kRelaxed);
    for (auto& count : charged_) {
        count.store(0, kRelaxed);
    }
}

json::object quota_json(const Quota& quota, WallTime now) {
    json::object charged;
    for (std::size_t i = 0; i < kQuotaKindCount; ++i) {
        const auto kind = static_cast<QuotaKind>(i);
        charged.emplace(name(kind), quota.charged(kind));
    }
    json::object object{
        {"enforced", quota.enforced()},       {"messages_per_day", quota.messages_per_day()},
        {"block_bytes", quota.block_bytes()}, {"used_today", quota.used_today(now)},
        {"refused", quota.refused()},         {"first_refused", nullptr},
        {"first_refused_unix_us", nullptr}};
    if (const auto first = quota.first_refused()) {
        using std::chrono::microseconds;
        object["first_refused"] = iothub::format_instant(*first);
        object["first_refused_unix_us"] =
            std::chrono::duration_cast<microseconds>(first->time_since_epoch()).count();
    }
    object["charged"] = std::move(charged);
    return object;
}

}  // namespace twinstorm::hub

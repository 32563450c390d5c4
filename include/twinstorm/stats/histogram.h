// Counts of values in log-linear buckets, laid out as HdrHistogram does with three digits.
//
// Units:  whole microseconds, 0 .. kValueMax; larger values are clamped and counted as clamped.
// Error:  under 0.1 % of a value (exact to 2047). Merging is lossless and associative.
// Owner:  one worker records; a full one is swapped for an empty one. Grows with the largest value.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::stats {

class Histogram {
public:
    static constexpr std::uint64_t kValueMax = 86'400ULL * 1'000'000;  // A day.

    // In the header because it is the hot path: with the usual count it inlines to a few ns.
    void record(std::uint64_t value, std::uint64_t count = 1) {
        if (count == 0) {
            return;
        }
        if (value > kValueMax) [[unlikely]] {
            clamped_ += count;
            value = kValueMax;
        }
        const std::size_t index = index_of(value);
        if (index >= counts_.size()) [[unlikely]] {
            grow_to_hold(index);
        }
        counts_[index] += count;
        total_ += count;
        max_ = std::max(max_, value);
    }
    void record(Duration latency);  // Rounded to the nearest microsecond; negative counts as 0.
    void merge(const Histogram& other);
    void clear();  // Keeps its memory.

    [[nodiscard]] std::uint64_t count() const { return total_; }
    [[nodiscard]] bool empty() const { return total_ == 0; }
    [[nodiscard]] std::uint64_t clamped() const { return clamped_; }
    [[nodiscard]] std::uint64_t min() const;  // Of buckets: lowest equivalent value.
    // Exact while recording; after decoding, a bucket's highest, unless restored.
    [[nodiscard]] std::uint64_t max() const { return max_; }
    [[nodiscard]] double mean() const;  // Of bucket midpoints, as HdrHistogram.
    // The highest value of the bucket that holds the quantile, 0 <= quantile <= 1; 0 when empty.
    // Never above max(): a reader would take a p99 beyond the maximum for a mistake.
    [[nodiscard]] std::uint64_t value_at(double quantile) const;
    // The share of values at or below this one's bucket, 0..1.
    [[nodiscard]] double share_at_or_below(std::uint64_t value) const;

    // Every non-empty bucket, ascending: (highest equivalent value, count).
    void for_each_bucket(
        const std::function<void(std::uint64_t value, std::uint64_t count)>& visit) const;

    // HdrHistogram's V2 encoding, compressed, base64 (`HISTFAAA…`): what other tools read.
    [[nodiscard]] std::string encode() const;
    // Errors: kInvalidArgument (no such encoding), kLimitExceeded (values or counts too large).
    [[nodiscard]] static Result<Histogram> decode(std::string_view base64);
    // Puts back what the encoding leaves out; false, changing nothing, where the counts disagree.
    [[nodiscard]] bool restore(std::uint64_t max, std::uint64_t clamped);

    // The same counts, maximum and clamped values; spare memory does not matter.
    [[nodiscard]] bool operator==(const Histogram& other) const;

private:
    // HdrHistogram's layout for a lowest discernible value of 1 and three digits: values to 2047
    // have a bucket each; above, every doubling is cut into 1024 buckets.
    static constexpr unsigned kSubBucketHalfBits = 10;
    static constexpr std::size_t kSubBucketHalfCount = std::size_t{1} << kSubBucketHalfBits;

    static constexpr std::size_t index_of(std::uint64_t value) {
        const std::uint64_t widened = value | (2 * kSubBucketHalfCount - 1);
        const unsigned shift =
            static_cast<unsigned>(std::bit_width(widened)) - kSubBucketHalfBits - 1;
        return (std::size_t{shift} << kSubBucketHalfBits) +
               static_cast<std::size_t>(value >> shift);
    }
    static std::uint64_t lowest_value(std::size_t index);
    static std::uint64_t bucket_width(std::size_t index);
    static std::uint64_t highest_value(std::size_t index) {
        return lowest_value(index) + bucket_width(index) - 1;
    }

    void grow_to_hold(std::size_t index);
    // Buckets up to the last that is not empty; those behind it are spare.
    [[nodiscard]] std::size_t used() const { return empty() ? 0 : index_of(max_) + 1; }

    std::vector<std::uint64_t> counts_;
    std::uint64_t total_ = 0;
    std::uint64_t clamped_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace twinstorm::stats

// Counts of values in log-linear buckets, laid out as HdrHistogram does with three digits.
//
// Units:  whole microseconds, 0 .. kValueMax; larger values are clamped and counted as clamped.
// Error:  under 0.1 % of a value (exact to 2047). Merging is lossless and associative.
// Owner:  one worker records; a full one is swapped for an empty one. Grows with the largest value.
#pragma once

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

    void record(std::uint64_t value, std::uint64_t count = 1);
    void record(Duration latency);  // Rounded to the nearest microsecond; negative counts as 0.
    void merge(const Histogram& other);
    void clear();

    [[nodiscard]] std::uint64_t count() const { return total_; }
    [[nodiscard]] bool empty() const { return total_ == 0; }
    [[nodiscard]] std::uint64_t clamped() const { return clamped_; }
    [[nodiscard]] std::uint64_t min() const;  // Of buckets: lowest equivalent value.
    [[nodiscard]] std::uint64_t max() const;  // Exact while recording; after decoding, a bucket's highest.
    [[nodiscard]] double mean() const;        // Of bucket midpoints, as HdrHistogram.
    // The highest value of the bucket that holds the quantile, 0 <= quantile <= 1; 0 when empty.
    [[nodiscard]] std::uint64_t value_at(double quantile) const;
    // The share of values at or below this one's bucket, 0..1.
    [[nodiscard]] double share_at_or_below(std::uint64_t value) const;

    // Every non-empty bucket, ascending: (highest equivalent value, count).
    void for_each_bucket(
        const std::function<void(std::uint64_t value, std::uint64_t count)>& visit) const;

    // HdrHistogram's V2 encoding, compressed, base64 (`HISTFAAA…`): what other tools read.
    [[nodiscard]] std::string encode() const;
    [[nodiscard]] static Result<Histogram> decode(std::string_view base64);

private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t total_ = 0;
    std::uint64_t clamped_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace twinstorm::stats

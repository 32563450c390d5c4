#include "twinstorm/stats/histogram.h"

#include <cmath>
#include <span>
#include <utility>

#include "stats/hdr_encoding.h"
#include "twinstorm/base/check.h"

namespace twinstorm::stats {

std::uint64_t Histogram::bucket_width(std::size_t index) {
    const std::size_t half = index >> kSubBucketHalfBits;
    return std::uint64_t{1} << (half < 2 ? 0 : half - 1);
}

std::uint64_t Histogram::lowest_value(std::size_t index) {
    if (index < 2 * kSubBucketHalfCount) {
        return index;
    }
    const std::size_t sub_bucket = (index % kSubBucketHalfCount) + kSubBucketHalfCount;
    return sub_bucket * bucket_width(index);
}

// Whole doublings at a time, so that a distribution settles after few allocations.
void Histogram::grow_to_hold(std::size_t index) {
    counts_.resize((index / kSubBucketHalfCount + 1) * kSubBucketHalfCount, 0);
}

void Histogram::record(Duration latency) {
    const Duration::rep nanoseconds = std::max<Duration::rep>(latency.count(), 0);
    const Duration::rep rounded = nanoseconds / 1'000 + (nanoseconds % 1'000 >= 500 ? 1 : 0);
    record(static_cast<std::uint64_t>(rounded));
}

void Histogram::merge(const Histogram& other) {
    if (other.empty()) {
        return;
    }
    const std::size_t end = other.used();
    if (end > counts_.size()) {
        grow_to_hold(end - 1);
    }
    for (std::size_t i = 0; i < end; ++i) {
        counts_[i] += other.counts_[i];
    }
    total_ += other.total_;
    clamped_ += other.clamped_;
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
    std::fill_n(counts_.begin(), used(), 0);
    total_ = 0;
    clamped_ = 0;
    max_ = 0;
}

std::uint64_t Histogram::min() const {
    const std::size_t end = used();
    for (std::size_t i = 0; i < end; ++i) {
        if (counts_[i] > 0) {
            return lowest_value(i);
        }
    }
    return 0;
}

double Histogram::mean() const {
    if (empty()) {
        return 0;
    }
    double sum = 0;
    const std::size_t end = used();
    for (std::size_t i = 0; i < end; ++i) {
        if (counts_[i] > 0) {
            const std::uint64_t midpoint = lowest_value(i) + bucket_width(i) / 2;
            sum += static_cast<double>(midpoint) * static_cast<double>(counts_[i]);
        }
    }
    return sum / static_cast<double>(total_);
}

std::uint64_t Histogram::value_at(double quantile) const {
    TWINSTORM_CHECK(quantile >= 0 && quantile <= 1);
    if (empty()) {
        return 0;
    }
    // A step down first: 0.07 * 100 is a little over 7 in floating point, and would ask for the
    // 8th.
    const double wanted = std::nextafter(quantile, 0.0) * static_cast<double>(total_);
    const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(wanted)), 1);
    std::uint64_t seen = 0;
    const std::size_t end = used();
    for (std::size_t i = 0; i < end; ++i) {
        seen += counts_[i];
        if (seen >= rank) {
            return std::min(highest_value(i), max_);
        }
    }
    return max_;
}

double Histogram::share_at_or_below(std::uint64_t value) const {
    if (empty()) {
        return 0;
    }
    const std::size_t end = std::min(used(), index_of(std::min(value, kValueMax)) + 1);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < end; ++i) {
        seen += counts_[i];
    }
    return static_cast<double>(seen) / static_cast<double>(total_);
}

void Histogram::for_each_bucket(
    const std::function<void(std::uint64_t value, std::uint64_t count)>& visit) const {
    const std::size_t end = used();
    for (std::size_t i = 0; i < end; ++i) {
        if (counts_[i] > 0) {
            visit(highest_value(i), counts_[i]);
        }
    }
}

std::string Histogram::encode() const {
    return encode_hdr(std::span(counts_).first(used()), kValueMax);
}

Result<Histogram> Histogram::decode(std::string_view base64) {
    Result<std::vector<std::uint64_t>> counts = decode_hdr(base64, index_of(kValueMax) + 1);
    if (!counts) {
        return fail(std::move(counts).error());
    }
    Histogram histogram;
    histogram.counts_ = *std::move(counts);
    for (const std::uint64_t count : histogram.counts_) {
        histogram.total_ += count;
    }
    if (!histogram.empty()) {
        histogram.max_ = std::min(highest_value(histogram.counts_.size() - 1), kValueMax);
    }
    return histogram;
}

bool Histogram::restore(std::uint64_t max, std::uint64_t clamped) {
    if (empty()) {
        return max == 0 && clamped == 0;
    }
    const std::size_t last = used() - 1;
    const bool clamped_fits =
        clamped == 0 || (max == kValueMax && clamped <= counts_[index_of(kValueMax)]);
    if (max > kValueMax || index_of(max) != last || !clamped_fits) {
        return false;
    }
    max_ = max;
    clamped_ = clamped;
    return true;
}

bool Histogram::operator==(const Histogram& other) const {
    return total_ == other.total_ && clamped_ == other.clamped_ && max_ == other.max_ &&
           std::equal(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(used()),
                      other.counts_.begin());
}

}  // namespace twinstorm::stats

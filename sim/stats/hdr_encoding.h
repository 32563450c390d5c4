// HdrHistogram's V2 encoding of a counts array, compressed, in base64: `HISTFAAA...`.
//
// Use:    encode_hdr() takes the counts up to the last that is not zero; decode_hdr() gives them
//         back. Only our layout is read: lowest discernible value 1, three significant digits.
// Errors: kInvalidArgument for bytes that are no such encoding, kLimitExceeded for too much of it.
// Safety: input may be hostile. Nothing larger than counts_max * 9 + 40 bytes is ever allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"

namespace twinstorm::stats {

// JavaScript counts exactly up to here; no run comes near, and sums of many stay in 64 bits.
inline constexpr std::uint64_t kDecodedTotalMax = std::uint64_t{1} << 53;

[[nodiscard]] std::string encode_hdr(std::span<const std::uint64_t> counts,
                                     std::uint64_t highest_trackable);

// At most counts_max counts; the last of them is not zero.
[[nodiscard]] Result<std::vector<std::uint64_t>> decode_hdr(std::string_view base64,
                                                            std::size_t counts_max);

}  // namespace twinstorm::stats

#include "stats/hdr_encoding.h"

#include <bit>
#include <optional>

#include <fmt/format.h>
#include <zlib.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"

namespace twinstorm::stats {
namespace {

constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;  // 0x10: counts are ZigZag LEB128 words.
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::uint32_t kSignificantDigits = 3;
constexpr std::uint64_t kLowestDiscernible = 1;
constexpr std::uint64_t kHighestTrackableMin = 2 * kLowestDiscernible;
constexpr std::size_t kWrapperBytes = 8;  // Cookie, length of what is compressed.
constexpr std::size_t kHeaderBytes = 40;
// HdrHistogram's variant of LEB128 ends at nine bytes: the ninth carries eight bits.
constexpr std::size_t kWordBytesMax = 9;

Error malformed(std::string_view what) {
    return {ErrorCode::kInvalidArgument, fmt::format("histogram: {}", what)};
}

template <class Unsigned>
void put_big_endian(std::vector<std::byte>& out, Unsigned value) {
    for (std::size_t shift = sizeof(Unsigned) * 8; shift > 0; shift -= 8) {
        out.push_back(static_cast<std::byte>((value >> (shift - 8)) & 0xff));
    }
}

// Takes from the front; the caller has checked the length.
template <class Unsigned>
Unsigned take_big_endian(std::span<const std::byte>& in) {
    TWINSTORM_CHECK(in.size() >= sizeof(Unsigned));
    std::uint64_t value = 0;
    for (const std::byte byte : in.first(sizeof(Unsigned))) {
        value = (value << 8) | std::to_integer<std::uint64_t>(byte);
    }
    in = in.subspan(sizeof(Unsigned));
    return static_cast<Unsigned>(value);
}

void put_word(std::vector<std::byte>& out, std::int64_t value) {
    std::uint64_t rest =
        (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (std::size_t i = 1; i < kWordBytesMax && rest >= 0x80; ++i) {
        out.push_back(static_cast<std::byte>((rest & 0x7f) | 0x80));
        rest >>= 7;
    }
    out.push_back(static_cast<std::byte>(rest));
}

Result<std::int64_t> take_word(std::span<const std::byte>& in) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < kWordBytesMax; ++i) {
        if (i == in.size()) {
            return fail(malformed("a count is cut off"));
        }
        const auto byte = std::to_integer<std::uint64_t>(in[i]);
        const bool last = i + 1 == kWordBytesMax || byte < 0x80;
        word |= (last ? byte : byte & 0x7f) << (7 * i);
        if (last) {
            in = in.subspan(i + 1);
            break;
        }
    }
    return static_cast<std::int64_t>((word >> 1) ^ (0 - (word & 1)));
}

// A positive word is a count, a negative one the length of a run of zeros; a lone zero stands for
// itself. An empty histogram has one zero, as HdrHistogram writes it.
std::vector<std::byte> encode_counts(std::span<const std::uint64_t> counts) {
    std::vector<std::byte> out;
    out.reserve(counts.size());
    if (counts.empty()) {
        put_word(out, 0);
    }
    for (std::size_t at = 0; at < counts.size();) {
        std::size_t zeros = 0;
        while (at + zeros < counts.size() && counts[at + zeros] == 0) {
            ++zeros;
        }
        if (zeros > 1) {
            put_word(out, -static_cast<std::int64_t>(zeros));
            at += zeros;
        } else {
            put_word(out, static_cast<std::int64_t>(counts[at]));
            ++at;
        }
    }
    return out;
}

Result<std::vector<std::uint64_t>> decode_counts(std::span<const std::byte> in,
                                                 std::size_t counts_max) {
    std::vector<std::uint64_t> counts;
    std::size_t at = 0;
    std::uint64_t total = 0;
    while (!in.empty()) {
        const Result<std::int64_t> word = take_word(in);
        if (!word) {
            return fail(word.error());
        }
        const auto bits = static_cast<std::uint64_t>(*word);
        const std::uint64_t covered = *word < 0 ? 0 - bits : 1;
        if (covered > counts_max - at) {
            return fail(ErrorCode::kLimitExceeded, "histogram: a value beyond a day");
        }
        at += static_cast<std::size_t>(covered);
        if (*word <= 0) {
            continue;
        }
        if (bits > kDecodedTotalMax - total) {
            return fail(ErrorCode::kLimitExceeded, "histogram: more than 2^53 values");
        }
        total += bits;
        counts.resize(at, 0);
        counts.back() = bits;
    }
    return counts;
}

std::vector<std::byte> deflate_bytes(std::span<const std::byte> bytes) {
    uLongf length = compressBound(static_cast<uLong>(bytes.size()));
    std::vector<std::byte> out(length);
    const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &length,
                                 reinterpret_cast<const Bytef*>(bytes.data()),
                                 static_cast<uLong>(bytes.size()), Z_DEFAULT_COMPRESSION);
    TWINSTORM_CHECK(status == Z_OK);  // The bound leaves it nothing to run out of.
    out.resize(length);
    return out;
}

Result<std::vector<std::byte>> inflate_bytes(std::span<const std::byte> bytes,
                                             std::size_t bytes_max) {
    std::vector<std::byte> out(bytes_max);
    auto length = static_cast<uLongf>(out.size());
    auto taken = static_cast<uLong>(bytes.size());
    const int status = uncompress2(reinterpret_cast<Bytef*>(out.data()), &length,
                                   reinterpret_cast<const Bytef*>(bytes.data()), &taken);
    if (status != Z_OK || taken != bytes.size()) {
        return fail(malformed("the zlib stream is damaged, cut off or too long"));
    }
    out.resize(length);
    return out;
}

std::optional<Error> check_header(std::span<const std::byte> header) {
    if (take_big_endian<std::uint32_t>(header) != kCookie) {
        return malformed("not HdrHistogram's V2 encoding");
    }
    const auto payload_bytes = take_big_endian<std::uint32_t>(header);
    const auto index_offset = take_big_endian<std::uint32_t>(header);
    const auto digits = take_big_endian<std::uint32_t>(header);
    const auto lowest = take_big_endian<std::uint64_t>(header);
    const auto highest = take_big_endian<std::uint64_t>(header);
    const auto ratio_bits = take_big_endian<std::uint64_t>(header);
    if (payload_bytes != header.size()) {
        return malformed("the length of the counts is wrong");
    }
    if (digits != kSignificantDigits || lowest != kLowestDiscernible ||
        highest < kHighestTrackableMin) {
        return malformed("expected 3 significant digits and a lowest discernible value of 1");
    }
    // hdr-histogram-js writes the integer 1 into both of these fields, and reads neither.
    const bool from_javascript = index_offset == 1 && ratio_bits == 1;
    const bool plain = index_offset == 0 && ratio_bits == std::bit_cast<std::uint64_t>(1.0);
    if (!plain && !from_javascript) {
        return malformed("expected no index offset and a conversion ratio of 1");
    }
    return std::nullopt;
}

}  // namespace

std::string encode_hdr(std::span<const std::uint64_t> counts, std::uint64_t highest_trackable) {
    const std::vector<std::byte> payload = encode_counts(counts);
    std::vector<std::byte> plain;
    plain.reserve(kHeaderBytes + payload.size());
    put_big_endian(plain, kCookie);
    put_big_endian(plain, static_cast<std::uint32_t>(payload.size()));
    put_big_endian(plain, std::uint32_t{0});  // Normalizing index offset: never shifted.
    put_big_endian(plain, kSignificantDigits);
    put_big_endian(plain, kLowestDiscernible);
    put_big_endian(plain, highest_trackable);
    put_big_endian(plain, std::bit_cast<std::uint64_t>(1.0));  // Conversion ratio.
    plain.insert(plain.end(), payload.begin(), payload.end());

    const std::vector<std::byte> compressed = deflate_bytes(plain);
    std::vector<std::byte> wrapped;
    wrapped.reserve(kWrapperBytes + compressed.size());
    put_big_endian(wrapped, kCompressedCookie);
    put_big_endian(wrapped, static_cast<std::uint32_t>(compressed.size()));
    wrapped.insert(wrapped.end(), compressed.begin(), compressed.end());
    return base64_encode({reinterpret_cast<const char*>(wrapped.data()), wrapped.size()});
}

Result<std::vector<std::uint64_t>> decode_hdr(std::string_view base64, std::size_t counts_max) {
    const std::size_t plain_bytes_max = kHeaderBytes + counts_max * kWordBytesMax;
    const std::size_t wrapped_bytes_max =
        kWrapperBytes + compressBound(static_cast<uLong>(plain_bytes_max));
    if (base64.size() > (wrapped_bytes_max + 2) / 3 * 4) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("histogram: {} characters are too many", base64.size()));
    }
    const Result<std::string> wrapped = base64_decode(base64);
    if (!wrapped) {
        return fail(malformed(wrapped.error().message()));
    }
    std::span<const std::byte> rest = std::as_bytes(std::span(*wrapped));
    if (rest.size() < kWrapperBytes || take_big_endian<std::uint32_t>(rest) != kCompressedCookie) {
        return fail(malformed("not HdrHistogram's compressed V2 encoding"));
    }
    if (take_big_endian<std::uint32_t>(rest) != rest.size()) {
        return fail(malformed("the length of the zlib stream is wrong"));
    }
    const Result<std::vector<std::byte>> plain = inflate_bytes(rest, plain_bytes_max);
    if (!plain) {
        return fail(plain.error());
    }
    if (plain->size() < kHeaderBytes) {
        return fail(malformed("the header is cut off"));
    }
    if (std::optional<Error> error = check_header(*plain)) {
        return fail(*std::move(error));
    }
    return decode_counts(std::span(*plain).subspan(kHeaderBytes), counts_max);
}

}  // namespace twinstorm::stats

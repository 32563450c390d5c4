#include "stats/hdr_encoding.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::stats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Bytes = std::vector<std::byte>;
using Counts = std::vector<std::uint64_t>;

constexpr std::size_t kCountsMax = 28'000;
constexpr std::uint64_t kHighest = 86'400'000'000;

// What a hostile or a foreign writer may put into each field.
struct Fields {
    std::uint32_t wrapper_cookie = 0x1c849314;
    std::optional<std::uint32_t> wrapper_length = std::nullopt;
    std::uint32_t cookie = 0x1c849313;
    std::optional<std::uint32_t> payload_length = std::nullopt;
    std::uint32_t index_offset = 0;
    std::uint32_t digits = 3;
    std::uint64_t lowest = 1;
    std::uint64_t highest = kHighest;
    std::uint64_t ratio_bits = 0x3ff0000000000000;  // 1.0
    std::vector<int> payload{2};                    // One sample of value 0.
};

void put(Bytes& out, std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) {
        out.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xff));
    }
}

Bytes deflated(const Bytes& plain) {
    uLongf length = compressBound(plain.size());
    Bytes out(length);
    EXPECT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &length,
                       reinterpret_cast<const Bytef*>(plain.data()), plain.size()),
              Z_OK);
    out.resize(length);
    return out;
}

std::string wrapped(const Fields& fields, const Bytes& compressed) {
    Bytes out;
    put(out, fields.wrapper_cookie, 4);
    put(out, fields.wrapper_length.value_or(static_cast<std::uint32_t>(compressed.size())), 4);
    out.insert(out.end(), compressed.begin(), compressed.end());
    return base64_encode({reinterpret_cast<const char*>(out.data()), out.size()});
}

Bytes plain(const Fields& fields) {
    Bytes out;
    put(out, fields.cookie, 4);
    put(out, fields.payload_length.value_or(static_cast<std::uint32_t>(fields.payload.size())), 4);
    put(out, fields.index_offset, 4);
    put(out, fields.digits, 4);
    put(out, fields.lowest, 8);
    put(out, fields.highest, 8);
    put(out, fields.ratio_bits, 8);
    for (const int byte : fields.payload) {
        out.push_back(static_cast<std::byte>(byte));
    }
    return out;
}

std::string encoded(const Fields& fields) {
    return wrapped(fields, deflated(plain(fields)));
}

Bytes payload_of(const Counts& counts) {
    const auto bytes = base64_decode(encode_hdr(counts, kHighest));
    EXPECT_TRUE(bytes);
    Bytes out(1 << 20);
    uLongf length = out.size();
    EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                         reinterpret_cast<const Bytef*>(bytes->data() + 8), bytes->size() - 8),
              Z_OK);
    return {out.begin() + 40, out.begin() + static_cast<std::ptrdiff_t>(length)};
}

void expect_refused(const std::string& base64, ErrorCode code, const char* why) {
    const auto counts = decode_hdr(base64, kCountsMax);
    ASSERT_FALSE(counts) << why;
    EXPECT_EQ(counts.error().code, code);
    EXPECT_THAT(counts.error().detail, HasSubstr(why));
}

void expect_refused(const Fields& fields, const char* why) {
    expect_refused(encoded(fields), ErrorCode::kInvalidArgument, why);
}

TEST(HdrEncoding, WritesTheHeadersOfTheFormat) {
    const std::string base64 = encode_hdr(Counts{1}, kHighest);
    EXPECT_THAT(base64, testing::StartsWith("HISTFAAA"));
    const auto bytes = base64_decode(base64);
    ASSERT_TRUE(bytes);
    const Bytes header = plain({});  // Built from the description of the format alone.
    Bytes inflated(header.size());
    uLongf length = inflated.size();
    ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(inflated.data()), &length,
                         reinterpret_cast<const Bytef*>(bytes->data() + 8), bytes->size() - 8),
              Z_OK);
    EXPECT_EQ(inflated, header);
}

TEST(HdrEncoding, WritesCountsAsZigZagWordsAndRunsOfZerosAsNegativeOnes) {
    const auto b = [](int value) { return static_cast<std::byte>(value); };
    EXPECT_THAT(payload_of({}), ElementsAre(b(0)));
    EXPECT_THAT(payload_of({0, 1}), ElementsAre(b(0), b(2)));
    EXPECT_THAT(payload_of({0, 0, 0, 1}), ElementsAre(b(5), b(2)));
    EXPECT_THAT(payload_of({63, 64}), ElementsAre(b(126), b(0x80), b(1)));
    Counts sparse(201, 0);
    sparse.back() = 1;
    EXPECT_THAT(payload_of(sparse), ElementsAre(b(0x8f), b(3), b(2)));  // -200 is 399.
}

TEST(HdrEncoding, TheNinthByteOfAWordHoldsEightBits) {
    const Bytes payload = payload_of({std::uint64_t{1} << 62});
    ASSERT_EQ(payload.size(), 9u);
    EXPECT_EQ(payload.back(), std::byte{0x80});  // Bit 63 of the ZigZag word.
}

TEST(HdrEncoding, BringsBackWhatItWrote) {
    Random random(11);
    for (int round = 0; round < 200; ++round) {
        Counts counts(random.below(3'000), 0);
        const std::uint64_t density = 1 + random.below(20);
        for (std::uint64_t& count : counts) {
            count = random.below(density) == 0 ? random.bits() >> (24 + random.below(40)) : 0;
        }
        while (!counts.empty() && counts.back() == 0) {
            counts.pop_back();
        }
        const auto decoded = decode_hdr(encode_hdr(counts, kHighest), kCountsMax);
        ASSERT_TRUE(decoded) << decoded.error().detail;
        EXPECT_EQ(*decoded, counts);
    }
}

TEST(HdrEncoding, ReadsTheFieldsThatHdrHistogramJsFillsItsOwnWay) {
    Fields fields;
    fields.index_offset = 1;
    fields.ratio_bits = 1;
    fields.highest = 2;
    const auto counts = decode_hdr(encoded(fields), kCountsMax);
    ASSERT_TRUE(counts) << counts.error().detail;
    EXPECT_THAT(*counts, ElementsAre(1u));
}

TEST(HdrEncoding, DropsZerosAtTheEnd) {
    Fields fields;
    fields.payload = {2, 0, 9, 0};
    EXPECT_EQ(decode_hdr(encoded(fields), kCountsMax).value(), (Counts{1}));
    fields.payload = {};
    EXPECT_EQ(decode_hdr(encoded(fields), kCountsMax).value(), Counts{});
}

TEST(HdrEncoding, RefusesOtherFormatsByTheirFields) {
    expect_refused({.wrapper_cookie = 0x1c849304}, "compressed V2");
    expect_refused({.cookie = 0x1c849301}, "V2 encoding");
    expect_refused({.index_offset = 1}, "index offset");
    expect_refused({.index_offset = 7, .ratio_bits = 1}, "index offset");
    expect_refused({.digits = 2}, "3 significant digits");
    expect_refused({.lowest = 1000}, "lowest discernible value of 1");
    expect_refused({.highest = 1}, "lowest discernible value of 1");
    expect_refused({.ratio_bits = 0x7ff8000000000000}, "conversion ratio");
}

TEST(HdrEncoding, RefusesLengthsThatLie) {
    expect_refused({.wrapper_length = 0}, "zlib stream is wrong");
    expect_refused({.wrapper_length = 0xffffffff}, "zlib stream is wrong");
    expect_refused({.payload_length = 0}, "length of the counts");
    expect_refused({.payload_length = 0xffffffff}, "length of the counts");
}

TEST(HdrEncoding, RefusesDamagedAndOverlongZlibStreams) {
    const Bytes good = deflated(plain({}));
    for (std::size_t length = 0; length < good.size(); ++length) {
        const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
        expect_refused(wrapped({}, cut), ErrorCode::kInvalidArgument, "zlib stream");
    }
    Bytes longer = good;
    longer.push_back(std::byte{0});
    expect_refused(wrapped({}, longer), ErrorCode::kInvalidArgument, "zlib stream");
    const Bytes bomb = deflated(Bytes(64 << 20));  // 64 KiB of input for 64 MiB of zeros.
    expect_refused(wrapped({}, bomb), ErrorCode::kInvalidArgument, "zlib stream");
    expect_refused(wrapped({}, deflated(Bytes(39))), ErrorCode::kInvalidArgument, "header");
}

TEST(HdrEncoding, RefusesWhatIsTooShortOrTooLongToBeOne) {
    expect_refused("", ErrorCode::kInvalidArgument, "compressed V2");
    expect_refused("HIST", ErrorCode::kInvalidArgument, "compressed V2");
    expect_refused("not base64!!", ErrorCode::kInvalidArgument, "base64");
    expect_refused(std::string(std::size_t{4} << 20, 'A'), ErrorCode::kLimitExceeded, "too many");
}

TEST(HdrEncoding, RefusesCountsThatAreCutOffOrTooLarge) {
    Fields fields;
    fields.payload = {0x80};
    expect_refused(fields, "cut off");
    fields.payload = {2, 0xff, 0xff, 0xff};
    expect_refused(fields, "cut off");
    fields.payload = {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};  // 2^63 - 1.
    expect_refused(encoded(fields), ErrorCode::kLimitExceeded, "2^53");
    fields.payload = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 2};  // 2^53, then one more.
    expect_refused(encoded(fields), ErrorCode::kLimitExceeded, "2^53");
}

TEST(HdrEncoding, RefusesRunsOfZerosThatLeaveTheRange) {
    Fields fields;
    fields.payload = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2};  // -2^63.
    expect_refused(encoded(fields), ErrorCode::kLimitExceeded, "beyond a day");
    fields.payload = {0xbf, 0xb5, 3, 2};  // -28,000 zeros fill all there is.
    expect_refused(encoded(fields), ErrorCode::kLimitExceeded, "beyond a day");
    fields.payload = {0xbd, 0xb5, 3, 2};  // One less leaves room for a count.
    EXPECT_TRUE(decode_hdr(encoded(fields), kCountsMax));
}

TEST(HdrEncoding, NoiseNeverDoesHarm) {
    Random random(5);
    const std::string good = encode_hdr(Counts{1, 0, 0, 5, 1'000'000}, kHighest);
    int accepted = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::string text = good;
        text[random.below(text.size())] = static_cast<char>(random.below(256));
        const auto counts = decode_hdr(text, kCountsMax);
        accepted += counts ? 1 : 0;
        EXPECT_TRUE(!counts || counts->size() <= kCountsMax);
    }
    EXPECT_LT(accepted, 500);  // zlib's checksum lets only unchanged ones through.
}

TEST(HdrEncoding, NoiseInTheCountsNeverDoesHarm) {
    Random random(6);
    for (int round = 0; round < 5'000; ++round) {
        Fields fields;
        fields.payload.resize(random.below(40));
        for (int& byte : fields.payload) {
            byte = static_cast<int>(random.below(256));
        }
        const auto counts = decode_hdr(encoded(fields), kCountsMax);
        if (counts) {
            EXPECT_LE(counts->size(), kCountsMax);
            EXPECT_TRUE(counts->empty() || counts->back() > 0);
        } else {
            EXPECT_FALSE(counts.error().detail.empty());
        }
    }
}

}  // namespace
}  // namespace twinstorm::stats

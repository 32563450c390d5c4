#include "mqtt/text.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace twinstorm::mqtt {
namespace {

using namespace std::string_literals;
using enum Malformation;

constexpr std::uint32_t kCodePointMax = 0x10'FFFF;
constexpr std::size_t kPastTwoLanes = 40;  // Lengths that reach each branch of the fast path.

// An encoder of its own, so that the checker is not held against itself.
std::string utf8(std::uint32_t code_point) {
    const auto tail = [code_point](unsigned shift) {
        return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
    };
    if (code_point < 0x80) {
        return {static_cast<char>(code_point)};
    }
    if (code_point < 0x800) {
        return {static_cast<char>(0xC0 | code_point >> 6), tail(0)};
    }
    if (code_point < 0x1'0000) {
        return {static_cast<char>(0xE0 | code_point >> 12), tail(6), tail(0)};
    }
    return {static_cast<char>(0xF0 | code_point >> 18), tail(12), tail(6), tail(0)};
}

std::optional<Malformation> expected_for(std::uint32_t code_point) {
    if (code_point == 0) {
        return kNullCharacter;
    }
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    return surrogate || code_point > kCodePointMax ? std::optional(kInvalidUtf8) : std::nullopt;
}

TEST(Text, EveryCodePointButNullAndSurrogatesIsTaken) {
    for (std::uint32_t code_point = 0; code_point <= kCodePointMax + 0x1'0000; ++code_point) {
        ASSERT_EQ(check_text(utf8(code_point)), expected_for(code_point)) << code_point;
    }
}

TEST(Text, OverlongFormsAreRefused) {
    for (const auto& text : {"\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\x80"s, "\xE0\x9F\xBF"s,
                             "\xF0\x80\x80\x80"s, "\xF0\x8F\xBF\xBF"s}) {
        EXPECT_EQ(check_text(text), kInvalidUtf8);
    }
}

TEST(Text, BytesThatLeadNothingAreRefused) {
    for (const auto& text :
         {"\x80"s, "\xBF"s, "\xF5\x80\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "\xFE"s, "\xFF"s}) {
        EXPECT_EQ(check_text(text), kInvalidUtf8);
    }
}

TEST(Text, CharactersMustBeWhole) {
    for (const std::string& whole : {utf8(0xE9), utf8(0x20AC), utf8(0x1F329)}) {
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const std::string cut = whole.substr(0, size);
            EXPECT_EQ(check_text(cut), kInvalidUtf8);
            EXPECT_EQ(check_text(cut + "x"), kInvalidUtf8);
            EXPECT_EQ(check_text(cut + whole), kInvalidUtf8);
        }
        EXPECT_EQ(check_text(whole), std::nullopt);
    }
}

TEST(Text, TheFirstFaultIsTold) {
    EXPECT_EQ(check_text("a\0b\xFF"s), kNullCharacter);
    EXPECT_EQ(check_text("a\xFF"s + "b\0"s), kInvalidUtf8);
}

// The fast path takes sixteen bytes at a time: a fault is found at each place of each length.
TEST(Text, AFaultIsFoundAnywhere) {
    for (std::size_t size = 1; size <= kPastTwoLanes; ++size) {
        const std::string good(size, 'x');
        ASSERT_EQ(check_topic_name(good), std::nullopt);
        for (std::size_t at = 0; at < size; ++at) {
            const auto with = [&good, at](char c) {
                std::string text = good;
                text[at] = c;
                return text;
            };
            ASSERT_EQ(check_text(with('\0')), kNullCharacter) << size << " " << at;
            ASSERT_EQ(check_text(with('\x80')), kInvalidUtf8) << size << " " << at;
            ASSERT_EQ(check_topic_name(with('\0')), kNullCharacter) << size << " " << at;
            ASSERT_EQ(check_topic_name(with('\xFF')), kInvalidUtf8) << size << " " << at;
            ASSERT_EQ(check_topic_name(with('#')), kWildcardInTopic) << size << " " << at;
            ASSERT_EQ(check_topic_name(with('+')), kWildcardInTopic) << size << " " << at;
        }
    }
}

// The fast path may look twice at such bytes, but must not refuse them.
TEST(Text, BytesNextToTheForbiddenAreTaken) {
    for (int c = 1; c < 0x80; ++c) {
        const std::string text(kPastTwoLanes, static_cast<char>(c));
        EXPECT_EQ(check_text(text), std::nullopt) << c;
        const bool wildcard = c == '#' || c == '+';
        EXPECT_EQ(check_topic_name(text), wildcard ? std::optional(kWildcardInTopic) : std::nullopt)
            << c;
    }
}

TEST(Text, EmptyIsATextButNoTopic) {
    EXPECT_EQ(check_text(""), std::nullopt);
    EXPECT_EQ(check_text(std::string_view()), std::nullopt);
    EXPECT_EQ(check_topic_name(""), kEmptyTopic);
    EXPECT_EQ(check_filter(""), kEmptyTopic);
}

TEST(Topic, MayHoldAnythingButWildcards) {
    for (const auto* topic :
         {"/", "a//b", "$iothub/twin/GET/?$rid=1", "caf\xC3\xA9/\xE2\x82\xAC"}) {
        EXPECT_EQ(check_topic_name(topic), std::nullopt) << topic;
    }
    EXPECT_EQ(check_topic_name("caf\xC3\xA9/+"), kWildcardInTopic);
}

TEST(Filter, WildcardsFillWholeLevels) {
    for (const auto* filter : {"#", "+", "/", "a/#", "+/+", "/+", "+/", "a/+/b/#", "+/#", "a//#",
                               "$iothub/twin/res/#", "\xC3\xA9/+"}) {
        EXPECT_EQ(check_filter(filter), std::nullopt) << filter;
    }
    for (const auto* filter : {"a#", "#/", "#/a", "##", "a/#b", "a+", "+a", "a/+b/c", "++", "+#",
                               "a/b+/c", "#+", "\xC3\xA9+"}) {
        EXPECT_EQ(check_filter(filter), kBadFilter) << filter;
    }
}

TEST(Filter, IsATextFirst) {
    EXPECT_EQ(check_filter("a#\xFF"), kInvalidUtf8);
    EXPECT_EQ(check_filter("a#\0"s), kNullCharacter);
}

}  // namespace
}  // namespace twinstorm::mqtt

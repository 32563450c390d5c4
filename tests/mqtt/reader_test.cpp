#include "twinstorm/mqtt/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mqtt_equal.h"
#include "mqtt/examples.h"

namespace twinstorm::mqtt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::size_t kPacketBytesMax = 1'000;

struct Drained {
    std::vector<Raw> packets;  // Written again, since the packets themselves are views.
    std::optional<Malformation> malformation;

    bool operator==(const Drained&) const = default;
};

void drain(Reader& reader, Drained& drained) {
    for (auto next = reader.next();; next = reader.next()) {
        if (!next) {
            drained.malformation = next.error();
            return;
        }
        if (!*next) {
            return;
        }
        drained.packets.push_back(raw(encode(**next)));
    }
}

std::optional<Malformation> fault_of(Reader& reader) {
    const auto next = reader.next();
    return next ? std::nullopt : std::optional(next.error());
}

bool gives_none(Reader& reader) {
    const auto next = reader.next();
    return next && !*next;
}

// Each piece lies in memory of its own that is gone when the next is fed.
Drained read(const std::vector<Raw>& pieces) {
    Reader reader(kPacketBytesMax);
    Drained drained;
    for (const Raw& piece : pieces) {
        const Raw memory(piece);
        reader.feed(bytes(memory));
        drain(reader, drained);
    }
    return drained;
}

Raw stream_of_all_examples() {
    Raw stream;
    for (const ValidExample& example : valid_examples()) {
        stream += example.bytes;
    }
    return stream;
}

std::vector<Raw> packets_of_all_examples() {
    std::vector<Raw> packets;
    for (const ValidExample& example : valid_examples()) {
        packets.push_back(example.bytes);
    }
    return packets;
}

TEST(Reader, GivesThePacketsOfAStream) {
    EXPECT_EQ(read({stream_of_all_examples()}), (Drained{packets_of_all_examples(), {}}));
}

TEST(Reader, GivesTheSamePacketsWhereverTheStreamIsCut) {
    const Raw stream = stream_of_all_examples();
    const Drained expected{packets_of_all_examples(), {}};
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        ASSERT_EQ(read({stream.substr(0, cut), stream.substr(cut)}), expected) << cut;
    }
}

TEST(Reader, GivesTheSamePacketsInPiecesOfEachSize) {
    const Raw stream = stream_of_all_examples();
    for (std::size_t piece_bytes = 1; piece_bytes < stream.size(); ++piece_bytes) {
        std::vector<Raw> pieces;
        for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
            pieces.push_back(stream.substr(at, piece_bytes));
        }
        ASSERT_EQ(read(pieces), (Drained{packets_of_all_examples(), {}})) << piece_bytes;
    }
}

TEST(Reader, TellsTheSameMalformationWhereverTheStreamIsCut) {
    for (const MalformedExample& example : malformed_examples()) {
        const Raw stream = "\xC0\x00"s + example.bytes + "\xC0\x00"s;
        const Drained expected{{"\xC0\x00"s}, example.malformation};
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            ASSERT_EQ(read({stream.substr(0, cut), stream.substr(cut)}), expected)
                << example.name << " cut at " << cut;
        }
    }
}

TEST(Reader, RepeatsTheMalformationAndTakesNoMore) {
    Reader reader(kPacketBytesMax);
    reader.feed(bytes("\x00"sv));
    EXPECT_EQ(fault_of(reader), Malformation::kReservedType);
    EXPECT_EQ(fault_of(reader), Malformation::kReservedType);
    reader.feed(bytes("\xC0\x00"sv));
    EXPECT_EQ(fault_of(reader), Malformation::kReservedType);
    reader.feed(bytes("\xC0\x00"sv));
    EXPECT_EQ(fault_of(reader), Malformation::kReservedType);
}

TEST(Reader, StartsAnewAfterReset) {
    Reader reader(kPacketBytesMax);
    Drained drained;
    reader.feed(bytes("\x00"sv));
    drain(reader, drained);
    reader.reset();
    reader.feed(bytes("\x40\x02\x00"sv));  // Cut short by the end of its connection.
    EXPECT_TRUE(gives_none(reader));
    reader.reset();
    EXPECT_EQ(reader.stored_bytes(), 0U);
    drained = {};
    reader.feed(bytes("\xC0\x00"sv));
    drain(reader, drained);
    EXPECT_EQ(drained, (Drained{{"\xC0\x00"s}, {}}));
}

TEST(Reader, TakesAPacketAtItsLimit) {
    const Raw publish = packet(0x30, field("a") + Raw(94, 'x'));
    ASSERT_EQ(publish.size(), 99U);
    for (const std::size_t limit : {99U, 98U}) {
        Reader reader(limit);
        Drained drained;
        reader.feed(bytes(publish));
        drain(reader, drained);
        EXPECT_EQ(drained.malformation == Malformation::kPacketTooLarge, limit < publish.size());
        EXPECT_EQ(drained.packets.size(), limit < publish.size() ? 0U : 1U);
    }
}

TEST(Reader, RefusesATooLargePacketAsSoonAsItsLengthIsKnown) {
    const Raw header = "\x30\xE8\x07"s;  // 1,000 bytes follow, which makes 1,003.
    for (std::size_t cut = 0; cut <= header.size(); ++cut) {
        const Drained drained = read({header.substr(0, cut), header.substr(cut)});
        EXPECT_EQ(drained.malformation, Malformation::kPacketTooLarge) << cut;
    }
}

TEST(Reader, ViewsWholePacketsWhereTheyLie) {
    Reader reader(kPacketBytesMax);
    const Raw stream = packet(0x30, field("a") + "one") + packet(0x30, field("b") + "two");
    reader.feed(bytes(stream));
    for (const std::size_t offset : {5U, 13U}) {
        const auto next = reader.next();
        ASSERT_TRUE(next && *next);
        EXPECT_EQ(std::get<Publish>(**next).payload.data(), bytes(stream).data() + offset);
    }
    EXPECT_TRUE(gives_none(reader));
    EXPECT_EQ(reader.stored_bytes(), 0U);
}

TEST(Reader, HoldsAPacketInPiecesUntilNoneIsLeft) {
    Reader reader(kPacketBytesMax);
    const Raw publish = packet(0x30, field("topic") + "payload");
    reader.feed(bytes(publish).first(9));
    EXPECT_TRUE(gives_none(reader));
    EXPECT_GT(reader.stored_bytes(), 0U);

    const Raw rest = publish.substr(9) + "\xC0\x00"s + "\x40\x02"s;
    reader.feed(bytes(rest));
    const auto first = reader.next();
    const auto second = reader.next();
    ASSERT_TRUE(first && *first && second && *second);
    EXPECT_TRUE(std::holds_alternative<PingReq>(**second));
    EXPECT_EQ(std::get<Publish>(**first).topic, "topic");  // Still there after another packet.
    EXPECT_EQ(raw(std::get<Publish>(**first).payload), "payload");
    EXPECT_TRUE(gives_none(reader));

    const Raw end = "\x00\x09"s;
    reader.feed(bytes(end));
    const auto last = reader.next();
    ASSERT_TRUE(last && *last);
    EXPECT_EQ(std::get<PubAck>(**last).packet_id, 9);
    EXPECT_TRUE(gives_none(reader));
    EXPECT_EQ(reader.stored_bytes(), 0U);
}

TEST(Reader, HoldsOnlyWhatHasComeOfALargePacket) {
    constexpr std::size_t kHeaderBytesMax = 5;
    Reader reader(kHeaderBytesMax + kRemainingLengthMax);
    const Raw start = "\x30\xFF\xFF\xFF\x7F"s;  // Announces 256 MiB and sends nothing.
    reader.feed(bytes(start));
    EXPECT_TRUE(gives_none(reader));
    EXPECT_LT(reader.stored_bytes(), 1'000U);
}

TEST(Reader, ReusesItsStoreForAStreamThatIsCutAgainAndAgain) {
    Reader reader(kPacketBytesMax);
    const Raw publish = packet(0x30, field("topic") + Raw(100, 'x'));
    const Raw turned = publish.substr(50) + publish.substr(0, 50);
    Drained drained;
    reader.feed(bytes(publish).first(50));
    drain(reader, drained);
    reader.feed(bytes(turned));
    drain(reader, drained);
    const std::size_t stored_bytes = reader.stored_bytes();
    for (int count = 0; count < 100; ++count) {
        reader.feed(bytes(turned));
        drain(reader, drained);
        ASSERT_EQ(reader.stored_bytes(), stored_bytes);
    }
    EXPECT_EQ(drained.packets.size(), 101U);
}

TEST(Reader, AnEmptyFeedChangesNothing) {
    EXPECT_EQ(read({"", "\xC0"s, "", "\x00"s, ""}), (Drained{{"\xC0\x00"s}, {}}));
    EXPECT_THAT(read({""}).packets, IsEmpty());
}

TEST(ReaderDeathTest, FeedingBeforeAllIsReadIsABug) {
    Reader reader(kPacketBytesMax);
    reader.feed(bytes("\xC0\x00"sv));
    EXPECT_DEATH(reader.feed(bytes("\xC0\x00"sv)), "fed_");
}

}  // namespace
}  // namespace twinstorm::mqtt

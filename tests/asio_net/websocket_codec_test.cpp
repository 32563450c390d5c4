#include "asio_net/websocket_codec.h"

#include <gtest/gtest.h>

#include "asio_net/limits.h"
#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

using Side = asio_net::WebSocketCodec::Side;

constexpr std::uint8_t kLast = 0x80;
constexpr std::uint8_t kContinuation = 0x0;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kBinary = 0x2;
constexpr std::uint8_t kClose = 0x8;
constexpr std::uint8_t kPing = 0x9;
constexpr std::uint8_t kPong = 0xa;

// A frame of up to 125 bytes, by hand; masked as a client does it, or not.
std::string frame(std::uint8_t first, std::string_view payload, bool masked = true) {
    const std::string mask = "\x37\xfa\x21\x3d";
    std::string text{static_cast<char>(first),
                     static_cast<char>(payload.size() | (masked ? 0x80u : 0u))};
    text += masked ? mask : "";
    for (std::size_t at = 0; at < payload.size(); ++at) {
        text += static_cast<char>(payload[at] ^ (masked ? mask[at % 4] : 0));
    }
    return text;
}

std::string close_frame(std::uint16_t code) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return frame(kLast | kClose, payload, false);
}

class WebSocketCodec : public testing::Test {
protected:
    void hear(std::string_view text) {
        Buffer data;
        Buffer outgoing;
        server.decode(bytes_of(text), data, outgoing);
        heard += text_of(data);
        said += text_of(outgoing);
    }

    asio_net::WebSocketCodec server{Side::kServer};
    std::string heard;
    std::string said;
};

TEST_F(WebSocketCodec, ReadsAFrame) {
    hear(frame(kLast | kBinary, "Hello"));
    EXPECT_EQ(heard, "Hello");
    EXPECT_EQ(said, "");
    EXPECT_FALSE(server.ended());
}

TEST_F(WebSocketCodec, JoinsFramesAndFragmentsWithPingsBetween) {
    hear(frame(kBinary, "one ") + frame(kLast | kPing, "are you there") +
         frame(kContinuation, "two ") + frame(kLast | kContinuation, "three ") +
         frame(kLast | kBinary, "") + frame(kLast | kBinary, "four"));
    EXPECT_EQ(heard, "one two three four");
    EXPECT_EQ(said, frame(kLast | kPong, "are you there", false));
}

TEST_F(WebSocketCodec, ReadsByteByByte) {
    const std::string all = frame(kBinary, "one ") + frame(kLast | kPing, "x") +
                            frame(kLast | kContinuation, "two") + frame(kLast | kPong, "y") +
                            frame(kLast | kBinary, " three");
    for (const char byte : all) {
        hear(std::string_view(&byte, 1));
    }
    EXPECT_EQ(heard, "one two three");
    EXPECT_EQ(said, frame(kLast | kPong, "x", false));
}

// At each place where the context may or may not be given back.
TEST_F(WebSocketCodec, ReadsWhatIsCutInTwoAnywhere) {
    const std::string large(70'000, 'x');
    Buffer wire;
    asio_net::WebSocketCodec client(Side::kClient, 7);
    for (const std::string& text : {std::string("a"), std::string(126, 'b'), large}) {
        client.encode(bytes_of(text), wire);
    }
    for (std::size_t cut = 0; cut < 200; ++cut) {
        asio_net::WebSocketCodec fresh(Side::kServer);
        Buffer data;
        Buffer outgoing;
        fresh.decode(std::span(wire).first(cut), data, outgoing);
        fresh.decode(std::span(wire).subspan(cut), data, outgoing);
        ASSERT_EQ(text_of(data), "a" + std::string(126, 'b') + large) << cut;
        ASSERT_TRUE(outgoing.empty());
    }
}

TEST_F(WebSocketCodec, TheTwoSidesUnderstandEachOther) {
    asio_net::WebSocketCodec client(Side::kClient, 7);
    const std::string large(3 * kWebSocketSendBytesMax + 1, 'z');
    for (const std::string& text : {std::string("x"), large}) {
        Buffer there;
        client.encode(bytes_of(text), there);
        EXPECT_EQ(text_of(there).find("zzzz"), std::string::npos);  // Masked.
        hear(text_of(there));
        EXPECT_TRUE(std::exchange(heard, {}) == text);
        Buffer back;
        server.encode(bytes_of(text), back);
        Buffer data;
        Buffer outgoing;
        client.decode(back, data, outgoing);
        EXPECT_TRUE(text_of(data) == text);
    }
}

TEST_F(WebSocketCodec, NothingGivesNoFrame) {
    Buffer wire;
    server.encode({}, wire);
    EXPECT_TRUE(wire.empty());
}

TEST_F(WebSocketCodec, AnswersAClose) {
    hear(frame(kLast | kBinary, "last") + frame(kLast | kClose, "\x03\xe8"));
    EXPECT_EQ(heard, "last");
    EXPECT_EQ(said, close_frame(1000));
    ASSERT_TRUE(server.ended());
    ASSERT_TRUE(server.failure());
    EXPECT_EQ(server.failure()->code, ErrorCode::kClosedByPeer);
    EXPECT_NE(server.failure()->message().find("1000"), std::string::npos);
    hear(frame(kLast | kBinary, "later"));
    EXPECT_EQ(heard, "last");
}

TEST_F(WebSocketCodec, SaysGoodbyeOnce) {
    Buffer wire;
    server.end(1000, wire);
    server.end(1001, wire);
    server.encode(bytes_of("later"), wire);
    EXPECT_EQ(text_of(wire), close_frame(1000));
    EXPECT_TRUE(server.ended());
    EXPECT_FALSE(server.failure());
}

TEST_F(WebSocketCodec, RefusesText) {
    hear(frame(kLast | kBinary, "good") + frame(kLast | kText, "bad") +
         frame(kLast | kBinary, "too late"));
    EXPECT_EQ(heard, "good");
    EXPECT_EQ(said, close_frame(1003));
    EXPECT_TRUE(server.ended());
    EXPECT_EQ(server.failure().value().code, ErrorCode::kProtocolViolation);
}

TEST_F(WebSocketCodec, RefusesWhatIsNotMasked) {
    hear(frame(kLast | kBinary, "Hello", false));
    EXPECT_EQ(heard, "");
    EXPECT_EQ(said, close_frame(1002));
    EXPECT_EQ(server.failure().value().code, ErrorCode::kProtocolViolation);
}

TEST_F(WebSocketCodec, AClientRefusesMasks) {
    asio_net::WebSocketCodec client(Side::kClient, 7);
    Buffer data;
    Buffer outgoing;
    client.decode(bytes_of(frame(kLast | kBinary, "Hello")), data, outgoing);
    EXPECT_TRUE(data.empty());
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(client.failure().value().code, ErrorCode::kProtocolViolation);
}

TEST_F(WebSocketCodec, RefusesATooLargeFrameByItsHeader) {
    const std::uint64_t size = kWebSocketFrameBytesMax + 1;
    std::string header{static_cast<char>(kLast | kBinary), '\xff'};
    for (int shift = 56; shift >= 0; shift -= 8) {
        header += static_cast<char>(size >> shift & 0xff);
    }
    hear(header + "mask" + "x");
    EXPECT_EQ(heard, "");
    EXPECT_EQ(said, close_frame(1009));
    EXPECT_EQ(server.failure().value().code, ErrorCode::kLimitExceeded);
}

TEST_F(WebSocketCodec, RefusesWhatIsNoFrame) {
    const std::string cases[] = {
        frame(kLast | 0x40 | kBinary, "x"),           // A reserved bit.
        frame(kLast | 0x3, "x"),                      // A reserved opcode.
        frame(kLast | kContinuation, "x"),            // Of nothing.
        frame(kBinary, "x") + frame(kBinary, "y"),    // A message inside another one.
        frame(kPing, "x"),                            // A control frame in fragments.
        std::string("\x89\xfe\x00\x7e", 4) + "mask",  // A ping of 126 bytes.
        "GET / HTTP/1.1\r\n\r\n",
    };
    for (const std::string& bytes : cases) {
        asio_net::WebSocketCodec fresh(Side::kServer);
        Buffer data;
        Buffer outgoing;
        fresh.decode(bytes_of(bytes), data, outgoing);
        EXPECT_TRUE(fresh.ended()) << testing::PrintToString(bytes);
        EXPECT_EQ(fresh.failure().value_or(Error{}).code, ErrorCode::kProtocolViolation)
            << testing::PrintToString(bytes);
        EXPECT_FALSE(outgoing.empty()) << testing::PrintToString(bytes);
    }
}

}  // namespace
}  // namespace twinstorm::asio_net

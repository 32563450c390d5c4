#include "asio_net/websocket_handshake.h"

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

const char* const kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455, 1.3.
const char* const kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

class WebSocketHandshake : public testing::Test {
protected:
    // What azure-iot-device-mqtt sends, with one header changed.
    static net::HttpRequest request(const std::string& name = "", const std::string& value = "") {
        net::HttpRequest made{"GET",
                              "/$iothub/websocket?iothub-no-client-cert=true",
                              {{"Connection", "keep-alive, Upgrade"},
                               {"Upgrade", "WebSocket"},
                               {"Sec-WebSocket-Version", "13"},
                               {"Sec-WebSocket-Key", kKey},
                               {"Sec-WebSocket-Protocol", "mqtt"}},
                              ""};
        for (auto& [each, old] : made.headers) {
            old = each == name ? value : old;
        }
        return made;
    }

    TalkService mqtt{echo};
    TalkService amqp{echo};
    std::vector<WebSocketRoute> routes{{"/$iothub/websocket", "mqtt", &mqtt},
                                       {"/$iothub/websocket", "AMQPWSB10", &amqp},
                                       {"/$servicebus/websocket", "AMQPWSB10", &amqp}};
};

TEST_F(WebSocketHandshake, AgreesAsTheStandardsExample) {
    ASSERT_TRUE(wants_websocket(request(), routes));
    const auto upgrade = judge_upgrade(request(), routes);
    ASSERT_TRUE(upgrade);
    EXPECT_EQ(upgrade->route->service, &mqtt);
    Buffer answer;
    append_agreement(answer, *upgrade);
    EXPECT_EQ(text_of(answer), std::string("HTTP/1.1 101 Switching Protocols\r\n"
                                           "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                           "Sec-WebSocket-Accept: ") +
                                   kAccept + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
}

TEST_F(WebSocketHandshake, TheSubprotocolChoosesTheService) {
    const auto first = judge_upgrade(request("Sec-WebSocket-Protocol", "v9, amqpwsb10"), routes);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->route->service, &amqp);
    EXPECT_EQ(first->subprotocol, "amqpwsb10");  // As the client spells it.
    const auto both = judge_upgrade(request("Sec-WebSocket-Protocol", "mqtt, AMQPWSB10"), routes);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->route->service, &mqtt);
    for (const char* const unknown : {"", "amqp", "mqttv3.1"}) {
        const auto none = judge_upgrade(request("Sec-WebSocket-Protocol", unknown), routes);
        ASSERT_FALSE(none) << unknown;
        EXPECT_EQ(none.error().status, 400u);
    }
}

TEST_F(WebSocketHandshake, LeavesOtherRequestsToTheHandler) {
    EXPECT_FALSE(wants_websocket(request("Upgrade", "h2c"), routes));
    EXPECT_FALSE(wants_websocket(request("Connection", "keep-alive"), routes));
    EXPECT_FALSE(wants_websocket(request(), {}));
    net::HttpRequest elsewhere = request();
    elsewhere.target = "/$iothub/websockets";
    EXPECT_FALSE(wants_websocket(elsewhere, routes));
}

TEST_F(WebSocketHandshake, RefusesWhatIsNotVersion13) {
    const auto old = judge_upgrade(request("Sec-WebSocket-Version", "8"), routes);
    ASSERT_FALSE(old);
    EXPECT_EQ(old.error().status, 426u);
    EXPECT_EQ(net::find_header(old.error().headers, "Sec-WebSocket-Version"), "13");
}

TEST_F(WebSocketHandshake, RefusesABadKeyAndABadMethod) {
    for (const char* const key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ", "AAAA"}) {
        const auto bad = judge_upgrade(request("Sec-WebSocket-Key", key), routes);
        ASSERT_FALSE(bad) << key;
        EXPECT_EQ(bad.error().status, 400u);
    }
    net::HttpRequest post = request();
    post.method = "POST";
    EXPECT_EQ(judge_upgrade(post, routes).error().status, 400u);
}

class Agreement : public WebSocketHandshake {
protected:
    [[nodiscard]] Result<void> check(const std::string& header) const {
        return check_agreement(bytes_of(header), asked);
    }
    [[nodiscard]] static std::string answer(const std::string& accept,
                                            const std::string& subprotocol) {
        return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
               "sec-websocket-accept: " +
               accept + "\r\n" + subprotocol + "\r\n";
    }

    UpgradeRequest asked{"/$iothub/websocket", "hub:443", "mqtt", kKey};
};

TEST_F(Agreement, IsAsked) {
    Buffer text;
    append_upgrade(text, asked);
    EXPECT_EQ(text_of(text), std::string("GET /$iothub/websocket HTTP/1.1\r\nHost: hub:443\r\n"
                                         "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                         "Sec-WebSocket-Key: ") +
                                 kKey +
                                 "\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Protocol: mqtt\r\n\r\n");
}

TEST_F(Agreement, IsChecked) {
    const std::string protocol = "Sec-WebSocket-Protocol: mqtt\r\n";
    EXPECT_TRUE(check(answer(kAccept, protocol)));
    EXPECT_EQ(check(answer("AAAA", protocol)).error().code, ErrorCode::kProtocolViolation);
    EXPECT_EQ(check(answer(kAccept, "")).error().code, ErrorCode::kProtocolViolation);
    EXPECT_EQ(check("SSH-2.0-OpenSSH\r\n\r\n").error().code, ErrorCode::kProtocolViolation);
    const auto refused = check("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_NE(refused.error().message().find("answered 503"), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::asio_net

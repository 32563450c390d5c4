// WebSockets over sockets, client and server in one loop.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

const char* const kPath = "/$iothub/websocket";

class Handler : public net::HttpHandler {
public:
    int requests = 0;
    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint) override {
        ++requests;
        reply({404, {}, request.target});
    }
};

std::string upgrade(const std::string& subprotocol, const std::string& target = kPath) {
    return "GET " + target +
           " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: " +
           subprotocol + "\r\n\r\n";
}

class WebSocket : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static bool tls() { return GetParam(); }
    [[nodiscard]] net::Destination serve(net::Service& service, const std::string& query = "") {
        net::Destination there = world.serve_http(handler, tls(), {{kPath, "mqtt", &service}});
        there.websocket_path = kPath + query;
        return there;
    }

    LiveWorld world;
    Handler handler;
};

INSTANTIATE_TEST_SUITE_P(Over, WebSocket, testing::Bool(),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(WebSocket, CarriesBytesBothWays) {
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) { self.say("welcome; "); };
        talk.on_receive = [](Talk& self) { self.say("you said " + self.heard); };
    });
    Talk client;
    client.on_connected = [](Talk& self) { self.say("hello"); };
    static_cast<void>(world.loop->carry(client, serve(service, "?iothub-no-client-cert=true")));
    world.run_until([&] { return client.heard == "welcome; you said hello"; });
    EXPECT_EQ(client.times_connected, 1);
    EXPECT_EQ(client.times_sent, 1);  // What is the WebSocket's own is not the conversation's.
    EXPECT_TRUE(service.peers.at(0).starts_with("127.0.0.1:"));
    EXPECT_EQ(handler.requests, 0);
}

TEST_P(WebSocket, CarriesTenMegabytesThereAndBack) {
    constexpr std::size_t kLarge = 10'000'000;
    std::string large(kLarge, '\0');
    for (std::size_t at = 0; at < kLarge; ++at) {
        large[at] = static_cast<char>(at * 7 + at / 251);
    }
    TalkService service(echo);
    Talk client;
    client.on_connected = [&](Talk& self) { self.say(large); };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return client.heard.size() >= kLarge; });
    EXPECT_TRUE(client.heard == large);
}

TEST_P(WebSocket, FlushesBeforeItIsClosedByTheServer) {
    std::vector<Error> server_ends;
    const std::string last(1'000'000, 'x');
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            self.say(last);
            self.wants = false;
        };
        talk.on_disconnected = [&](Talk& self) { server_ends = self.ends; };
    });
    Talk client;
    client.on_connected = [](Talk& self) { self.say("give me all and go"); };
    client.on_disconnected = [](Talk& self) { self.wants = false; };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return !client.ends.empty() && !server_ends.empty(); });
    EXPECT_TRUE(client.heard == last);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kClosedByPeer);
    EXPECT_NE(client.ends[0].message().find("1000"), std::string::npos);
    EXPECT_EQ(server_ends[0].code, ErrorCode::kCancelled);
}

TEST_P(WebSocket, FlushesBeforeItIsClosedByTheClient) {
    std::string heard;
    std::vector<Error> server_ends;
    TalkService service([&](Talk& talk) {
        talk.on_disconnected = [&](Talk& self) {
            heard = self.heard;
            server_ends = self.ends;
        };
    });
    const std::string last(1'000'000, 'y');
    Talk client;
    client.on_connected = [&](Talk& self) {
        self.say(last);
        self.wants = false;
    };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return !client.ends.empty() && !server_ends.empty(); });
    EXPECT_TRUE(heard == last);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kCancelled);
    EXPECT_EQ(server_ends[0].code, ErrorCode::kClosedByPeer);
}

TEST_P(WebSocket, IsDialledAnew) {
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) {
            self.say("not now");
            self.wants = false;
        };
    });
    Talk client;
    client.on_disconnected = [](Talk& self) { self.wants = self.ends.size() < 3; };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return client.ends.size() == 3; });
    EXPECT_EQ(client.times_connected, 3);
    EXPECT_EQ(client.heard, "not nownot nownot now");
}

TEST_P(WebSocket, SaysWhyItWasRefused) {
    TalkService service(echo);
    service.refuses = true;
    Talk client;
    client.on_disconnected = [](Talk& self) { self.wants = false; };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return !client.ends.empty(); });
    EXPECT_EQ(client.times_connected, 0);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kRefused);
    EXPECT_NE(client.ends[0].message().find("503"), std::string::npos);

    Talk lost;
    lost.on_disconnected = [](Talk& self) { self.wants = false; };
    net::Destination elsewhere = serve(service);
    elsewhere.websocket_path = "/elsewhere";
    static_cast<void>(world.loop->carry(lost, elsewhere));
    world.run_until([&] { return !lost.ends.empty(); });
    EXPECT_NE(lost.ends[0].message().find("404"), std::string::npos);
    EXPECT_EQ(handler.requests, 1);
}

TEST_P(WebSocket, MayBeRemovedFromInsideEachCall) {
    for (const int stage : {0, 1, 2}) {
        bool server_gone = false;
        TalkService service([&](Talk& talk) {
            talk.on_connected = [](Talk& self) { self.say("x"); };
            talk.on_receive = [](Talk& self) { self.wants = false; };
            talk.on_disconnected = [&](Talk&) { server_gone = true; };
        });
        auto client = std::make_unique<Talk>();
        net::Handle handle = 0;
        const auto leave = [&](Talk&) {
            world.loop->remove(handle);
            client.reset();  // Its owner may destroy it at once.
        };
        client->on_receive = [](Talk& self) { self.say("y"); };
        (stage == 0   ? client->on_connected
         : stage == 1 ? client->on_receive
                      : client->on_disconnected) = leave;
        handle = world.loop->carry(*client, serve(service));
        world.run_until([&] { return server_gone && client == nullptr; });
        EXPECT_EQ(client, nullptr) << stage;
    }
}

TEST_P(WebSocket, IsHandedOverToAnotherLoop) {
    constexpr std::size_t kLarge = 2'000'000;
    AsioLoop other(world.clock, {});
    std::thread thread([&] { other.run(); });
    TalkService* serving = nullptr;
    std::atomic<int> moves = 0;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            if (moves == 0) {
                world.loop->hand_over(serving->handles.at(0), other);
            } else {
                self.say(std::exchange(self.heard, {}));
            }
        };
        talk.on_moved = [&](Talk& self) {
            ++moves;
            self.say(std::exchange(self.heard, {}));
        };
    });
    serving = &service;
    const std::string large(kLarge, 'l');
    Talk client;
    client.on_connected = [&](Talk& self) { self.say(large); };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return client.heard.size() == kLarge; });
    EXPECT_TRUE(client.heard == large);
    EXPECT_EQ(moves, 1);
    other.stop();
    thread.join();
}

TEST_P(WebSocket, AServerThatAcceptsNoInputIsWaitedFor) {
    Talk* server = nullptr;
    TalkService service([&](Talk& talk) {
        server = &talk;
        talk.on_receive = [](Talk& self) { self.accepts = false; };
    });
    Talk client;
    client.on_connected = [](Talk& self) { self.say(std::string(20'000'000, 'x')); };
    static_cast<void>(world.loop->carry(client, serve(service)));
    world.run_until([&] { return server != nullptr && !server->heard.empty(); });
    EXPECT_LE(server->heard.size(), kReadBytes);
    server->on_receive = [](Talk& self) { self.heard.clear(); };
    world.loop->post([&](TimePoint) {
        server->accepts = true;
        world.loop->wake(service.handles.at(0));
    });
    world.run_until([&] { return client.times_sent == 1; });
    EXPECT_EQ(client.times_sent, 1);
}

class PlainWebSocket : public testing::Test {
protected:
    std::string ask(const std::string& text) {
        const net::Destination there =
            world.serve_http(handler, false, {{kPath, "mqtt", &mqtt}, {kPath, "AMQPWSB10", &amqp}});
        RawPeer peer(there.port);
        peer.send(text);
        peer.finish_sending();
        std::string answer;
        world.run_until([&] { return peer.receive_until_end(answer); });
        return answer;
    }

    LiveWorld world;
    Handler handler;
    TalkService mqtt{echo};
    TalkService amqp{echo};
};

TEST_F(PlainWebSocket, TheSubprotocolChoosesTheService) {
    EXPECT_TRUE(ask(upgrade("AMQPWSB10")).starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(amqp.peers.size(), 1u);
    EXPECT_TRUE(ask(upgrade("mqtt", std::string(kPath) + "?x=1")).starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(mqtt.peers.size(), 1u);
    const std::string unknown = ask(upgrade("stomp"));
    EXPECT_TRUE(unknown.starts_with("HTTP/1.1 400 ")) << unknown;
    EXPECT_NE(unknown.find("Connection: close"), std::string::npos);
}

TEST_F(PlainWebSocket, ARequestThatWaitedBehindAnotherIsUpgraded) {
    const std::string answer = ask("GET /a HTTP/1.1\r\nHost: h\r\n\r\n" + upgrade("mqtt"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 "));
    EXPECT_NE(answer.find("HTTP/1.1 101 "), std::string::npos);
    EXPECT_EQ(mqtt.peers.size(), 1u);
}

TEST_F(PlainWebSocket, AClientThatDoesNotWaitIsRefused) {
    const std::string answer = ask(upgrade("mqtt") + "\x82");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_TRUE(mqtt.peers.empty());
}

TEST_F(PlainWebSocket, EndsWithTheRightCodeForText) {
    std::vector<Error> ends;
    TalkService service(
        [&](Talk& talk) { talk.on_disconnected = [&](Talk& self) { ends = self.ends; }; });
    const net::Destination there = world.serve_http(handler, false, {{kPath, "mqtt", &service}});
    RawPeer peer(there.port);
    peer.send(upgrade("mqtt"));
    world.run_until([&] { return service.peers.size() == 1; });
    peer.send(std::string("\x81\x81\0\0\0\0x", 7));
    std::string answer;
    world.run_until([&] { return peer.receive_until_end(answer) && !ends.empty(); });
    EXPECT_TRUE(answer.ends_with("\x88\x02\x03\xeb")) << testing::PrintToString(answer);
    EXPECT_EQ(ends[0].code, ErrorCode::kProtocolViolation);
}

}  // namespace
}  // namespace twinstorm::asio_net

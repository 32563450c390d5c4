// HTTP over sockets, client and server in one loop.
#include <deque>

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

class Handler : public net::HttpHandler {
public:
    std::function<void(net::HttpRequest, net::HttpReply)> on_request;

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint) override {
        on_request(std::move(request), std::move(reply));
    }
};

class Http : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static bool tls() { return GetParam(); }

    void mirror() {
        handler.on_request = [](const net::HttpRequest& request, const net::HttpReply& reply) {
            reply({200, {{"Method", request.method}}, request.target + " " + request.body});
        };
    }
    // One request after the other, each when the one before is answered.
    Result<net::HttpResponse> ask(net::HttpClient& client, net::HttpRequest request) {
        std::optional<Result<net::HttpResponse>> answer;
        world.loop->post([&](TimePoint now) {
            client.send(
                std::move(request),
                [&](Result<net::HttpResponse> result, TimePoint) {
                    answer = std::move(result);
                    world.loop->stop();
                },
                now);
        });
        world.run();
        return answer ? *std::move(answer) : fail(ErrorCode::kInternal, "no answer");
    }

    LiveWorld world;
    Handler handler;
};

INSTANTIATE_TEST_SUITE_P(Over, Http, testing::Bool(),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(Http, GoesThereAndBackOverOneConnection) {
    mirror();
    const auto client = world.loop->http_client(world.serve_http(handler, tls()), 4);
    for (int number = 0; number < 5; ++number) {
        const auto answer = ask(*client, {"PATCH", "/twins/a", {}, std::to_string(number)});
        ASSERT_TRUE(answer) << answer.error().message();
        EXPECT_EQ(answer->status, 200u);
        EXPECT_EQ(net::find_header(answer->headers, "method"), "PATCH");
        EXPECT_EQ(answer->body, "/twins/a " + std::to_string(number));
    }
    EXPECT_EQ(world.loop->counts().accepted, 1u);
}

TEST_P(Http, QueuesBeyondItsConnections) {
    mirror();
    const auto client = world.loop->http_client(world.serve_http(handler, tls()), 3);
    std::size_t answered = 0;
    world.loop->post([&](TimePoint now) {
        for (int number = 0; number < 100; ++number) {
            const std::string body = std::to_string(number);
            client->send(
                {"PUT", "/", {}, body},
                [&, body](const Result<net::HttpResponse>& result, TimePoint) {
                    EXPECT_EQ(result.value().body, "/ " + body);
                    if (++answered == 100) {
                        world.loop->stop();
                    }
                },
                now);
        }
    });
    world.run();
    EXPECT_EQ(answered, 100u);
    EXPECT_EQ(world.loop->counts().accepted, 3u);
}

TEST_P(Http, CarriesTheLargestBodiesAndNoLarger) {
    mirror();
    const auto client = world.loop->http_client(world.serve_http(handler, tls()), 1);
    const auto fits = ask(*client, {"PUT", "/", {}, std::string(net::kHttpBodyBytesMax - 2, 'x')});
    ASSERT_TRUE(fits) << fits.error().message();
    EXPECT_EQ(fits->status, 200u);
    EXPECT_EQ(fits->body.size(), net::kHttpBodyBytesMax);
    const auto larger =
        ask(*client, {"PUT", "/", {}, std::string(net::kHttpBodyBytesMax + 1, 'x')});
    ASSERT_TRUE(larger) << larger.error().message();
    EXPECT_EQ(larger->status, 413u);
    const auto header =
        ask(*client, {"GET", "/", {{"X", std::string(net::kHttpHeaderBytesMax, 'x')}}, ""});
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(header->status, 431u);
    EXPECT_TRUE(ask(*client, {"GET", "/", {}, ""}));  // Dialled anew.
}

TEST_P(Http, AnswersLater) {
    std::deque<net::HttpReply> later;
    handler.on_request = [&](const net::HttpRequest&, net::HttpReply reply) {
        later.push_back(std::move(reply));
        world.loop->post([&](TimePoint) {
            later.front()({202, {}, "later"});
            later.pop_front();
        });
    };
    const auto client = world.loop->http_client(world.serve_http(handler, tls()), 1);
    for (int number = 0; number < 3; ++number) {
        const auto answer = ask(*client, {"GET", "/", {}, ""});
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 202u);
        EXPECT_EQ(answer->body, "later");
    }
}

TEST_P(Http, AReplyMayComeAfterTheClientHasGone) {
    std::deque<net::HttpReply> later;
    handler.on_request = [&](const net::HttpRequest&, net::HttpReply reply) {
        later.push_back(std::move(reply));
    };
    const net::Destination destination = world.serve_http(handler, tls());
    auto client = world.loop->http_client(destination, 1);
    world.loop->post([&](TimePoint now) {
        client->send(
            {"GET", "/", {}, ""},
            [](const Result<net::HttpResponse>&, TimePoint) { ADD_FAILURE(); }, now);
    });
    world.run_until([&] { return !later.empty(); });
    client.reset();
    mirror();
    const auto next = world.loop->http_client(destination, 1);
    EXPECT_TRUE(ask(*next, {"GET", "/", {}, ""}));  // The loop has seen the first one go by now.
    later.front()({200, {}, "too late"});
    EXPECT_TRUE(ask(*next, {"GET", "/", {}, ""}));
}

TEST_P(Http, MaySendAndDestroyFromInsideAnAnswer) {
    mirror();
    auto client = world.loop->http_client(world.serve_http(handler, tls()), 1);
    int answers = 0;
    std::function<void(Result<net::HttpResponse>, TimePoint)> again =
        [&](const Result<net::HttpResponse>& result, TimePoint now) {
            EXPECT_TRUE(result);
            if (++answers < 10) {
                client->send({"GET", "/", {}, ""}, again, now);
            } else {
                client.reset();
                world.loop->stop();
            }
        };
    world.loop->post([&](TimePoint now) { client->send({"GET", "/", {}, ""}, again, now); });
    world.run();
    EXPECT_EQ(answers, 10);
}

// The server of the second connection is not the one of the first, as after a restart.
TEST_P(Http, RepeatsAGetWhoseKeptConnectionWasClosed) {
    int connections = 0;
    TalkService service([&](Talk& talk) {
        const bool first = ++connections == 1;
        talk.on_receive = [first, served = 0](Talk& self) mutable {
            if (!self.heard.ends_with("\r\n\r\n")) {
                return;
            }
            if (first && ++served == 2) {
                self.wants = false;  // Closes without a word.
                return;
            }
            self.heard.clear();
            self.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
    });
    const auto client = world.loop->http_client(world.serve(service, tls()), 1);
    EXPECT_TRUE(ask(*client, {"GET", "/1", {}, ""}));
    const auto answer = ask(*client, {"GET", "/2", {}, ""});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->body, "ok");
    EXPECT_EQ(connections, 2);
}

TEST_P(Http, FailsOnceForEachRequestWhenNobodyListens) {
    const ClosedPort closed;
    const net::Destination nobody{"127.0.0.1", closed.port(), "", tls()};
    const auto client = world.loop->http_client(nobody, 2);
    for (int number = 0; number < 3; ++number) {
        const auto answer = ask(*client, {"GET", "/", {}, ""});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::kUnreachable);
    }
}

TEST(PlainHttp, AnswersAClientThatClosedItsHalf) {
    LiveWorld world;
    Handler handler;
    const std::string large(1'000'000, 'x');
    handler.on_request = [&](const net::HttpRequest&, const net::HttpReply& reply) {
        reply({200, {}, large});
    };
    RawPeer peer(world.serve_http(handler, false).port);
    peer.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    peer.finish_sending();
    std::string answer;
    world.run_until([&] { return peer.receive_until_end(answer); });
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + large));
}

TEST_P(Http, AnswersLateAClientThatClosedItsHalf) {
    std::deque<net::HttpReply> later;
    handler.on_request = [&](const net::HttpRequest&, net::HttpReply reply) {
        later.push_back(std::move(reply));
    };
    RawPeer peer(world.serve_http(handler, false).port);
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer.finish_sending();
    world.run_until([&] { return later.size() == 1; });
    bool idle = false;
    world.loop->post([&](TimePoint) { idle = true; });
    std::string answer;
    world.run_until([&] { return idle; });
    EXPECT_FALSE(peer.receive_until_end(answer));
    world.loop->post([&](TimePoint) { later.front()({200, {}, std::string(1'000'000, 'x')}); });
    world.run_until([&] { return peer.receive_until_end(answer); });
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK"));
    EXPECT_TRUE(answer.ends_with(std::string(1'000'000, 'x')));
}

TEST_P(Http, AClientThatGoesAwayMeanwhileHurtsNobody) {
    std::deque<net::HttpReply> later;
    handler.on_request = [&](const net::HttpRequest&, net::HttpReply reply) {
        later.push_back(std::move(reply));
    };
    const net::Destination there = world.serve_http(handler, false);
    RawPeer closing(there.port);
    RawPeer resetting(there.port);
    for (RawPeer* const peer : {&closing, &resetting}) {
        peer->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    world.run_until([&] { return later.size() == 2; });
    closing.close();
    resetting.close_with_reset();
    world.loop->post([](TimePoint) {});
    bool answered = false;
    world.loop->post([&](TimePoint) {
        for (const net::HttpReply& reply : later) {
            reply({200, {}, std::string(1'000'000, 'x')});
        }
        answered = true;
    });
    world.run_until([&] { return answered; });
    mirror();
    const auto client = world.loop->http_client(there, 1);
    EXPECT_TRUE(ask(*client, {"GET", "/", {}, ""}));
}

TEST(HttpConnections, BeyondTheLimitTheOneThatIdlesLongestGoes) {
    LoopOptions options;
    options.http_connections_max = 3;
    LiveWorld world(options);
    Handler handler;
    std::deque<net::HttpReply> later;
    handler.on_request = [&](const net::HttpRequest&, net::HttpReply reply) {
        later.push_back(std::move(reply));
    };
    const net::Destination there = world.serve_http(handler, false);
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    RawPeer busy(there.port);
    busy.send(request);
    world.run_until([&] { return later.size() == 1; });
    RawPeer idle(there.port);
    RawPeer slow(there.port);
    slow.send("GET / HT");
    world.run_until([&] { return world.loop->counts().accepted == 3; });
    RawPeer fresh(there.port);
    fresh.send(request);
    std::string nothing;
    world.run_until([&] { return later.size() == 2 && idle.receive_until_end(nothing); });
    EXPECT_FALSE(slow.receive_until_end(nothing));
    EXPECT_FALSE(busy.receive_until_end(nothing));
    world.loop->post([&](TimePoint) { later.front()({200, {}, "done"}); });
    std::string answer;
    world.run_until([&] {
        static_cast<void>(busy.receive_until_end(answer));
        return answer.ends_with("done");
    });
}

}  // namespace
}  // namespace twinstorm::asio_net

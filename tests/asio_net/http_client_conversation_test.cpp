#include "asio_net/http_client_conversation.h"

#include <gtest/gtest.h>

#include "asio_net/fake_loop.h"
#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

using namespace std::chrono_literals;

const Error kGone{ErrorCode::kClosedByPeer, "gone"};

class HttpClientConversation : public testing::Test, protected HttpClientOwner {
protected:
    void on_ready(TimePoint) override { ++ready; }

    void start(const std::string& method, const std::string& body = {}) {
        client.start(
            {method, "/x", {{"A", "b"}}, body},
            [this](Result<net::HttpResponse> result, TimePoint) {
                results.push_back(std::move(result));
            },
            loop.time);
    }
    void hear(std::string_view text) { client.receive(bytes_of(text), loop.time); }
    [[nodiscard]] std::string said(bool all_of_it = true) {
        Buffer buffer;
        client.take_outgoing(buffer);
        if (all_of_it && !buffer.empty()) {
            client.sent(loop.time);
        }
        return text_of(buffer);
    }
    // Connected, with one exchange behind it.
    void serve_one() {
        start("GET");
        client.connected(loop.time);
        static_cast<void>(said());
        hear("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        ASSERT_EQ(results.size(), 1u);
        results.clear();
    }

    FakeLoop loop;
    int ready = 0;
    std::vector<Result<net::HttpResponse>> results;
    asio_net::HttpClientConversation client{*this, loop, "hub.example"};
};

TEST_F(HttpClientConversation, DialsOnDemand) {
    EXPECT_FALSE(client.wants_connection());
    start("PATCH", "{}");
    EXPECT_TRUE(client.wants_connection());
    EXPECT_EQ(said(), "");
    client.connected(loop.time);
    EXPECT_EQ(said(),
              "PATCH /x HTTP/1.1\r\nHost: hub.example\r\nA: b\r\nContent-Length: 2\r\n\r\n{}");
    hear("HTTP/1.1 200 OK\r\nETag: \"2\"\r\nContent-Length: 4\r\n\r\nte");
    EXPECT_TRUE(results.empty());
    hear("xt");
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0]->status, 200u);
    EXPECT_EQ(results[0]->body, "text");
    EXPECT_EQ(net::find_header(results[0]->headers, "etag"), "\"2\"");
    EXPECT_EQ(ready, 1);
    EXPECT_TRUE(client.wants_connection());  // Kept alive.
}

TEST_F(HttpClientConversation, UnderstandsEveryFormOfAnAnswer) {
    start("POST");
    client.connected(loop.time);
    EXPECT_NE(said().find("Content-Length: 0\r\n"), std::string::npos);
    hear("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    hear("3\r\nabc\r\n0\r\n\r\n");
    start("HEAD");
    static_cast<void>(said());
    hear("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    start("DELETE");
    static_cast<void>(said());
    hear("HTTP/1.1 204 No Content\r\n\r\n");
    start("GET");
    static_cast<void>(said());
    hear("HTTP/1.1 200 OK\r\n\r\nuntil the");
    hear(" end");
    client.disconnected(kGone, loop.time);
    ASSERT_EQ(results.size(), 4u);
    EXPECT_EQ(results[0]->body, "abc");
    EXPECT_EQ(results[1]->body, "");
    EXPECT_EQ(results[2]->status, 204u);
    EXPECT_EQ(results[3]->body, "until the end");
}

TEST_F(HttpClientConversation, ClosesAfterAnAnswerThatSaysSo) {
    start("GET");
    client.connected(loop.time);
    static_cast<void>(said());
    hear("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(results.size(), 1u);
    EXPECT_FALSE(client.wants_connection());
    EXPECT_FALSE(client.ready());
    EXPECT_EQ(ready, 0);
    client.disconnected(Error{ErrorCode::kCancelled, ""}, loop.time);
    EXPECT_TRUE(client.ready());
    EXPECT_EQ(ready, 1);
}

TEST_F(HttpClientConversation, RefusesAnAnswerThatIsNone) {
    start("GET");
    client.connected(loop.time);
    static_cast<void>(said());
    hear("+OK POP3 server ready\r\n");
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].error().code, ErrorCode::kProtocolViolation);
    EXPECT_FALSE(client.wants_connection());
}

TEST_F(HttpClientConversation, RefusesATooLargeAnswer) {
    start("GET");
    client.connected(loop.time);
    static_cast<void>(said());
    hear("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(net::kHttpBodyBytesMax + 1) +
         "\r\n\r\n");
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].error().code, ErrorCode::kLimitExceeded);
}

TEST_F(HttpClientConversation, ClosesWhenSomethingComesUnasked) {
    serve_one();
    hear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_FALSE(client.wants_connection());
    EXPECT_TRUE(results.empty());
}

TEST_F(HttpClientConversation, FailsWhenNoConnectionCanBeMade) {
    start("GET");
    client.disconnected(Error{ErrorCode::kUnreachable, "nobody there"}, loop.time);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].error().message(), "nobody there");
    EXPECT_FALSE(client.wants_connection());
}

TEST_F(HttpClientConversation, ANewConnectionThatEndsIsNoReasonToRepeat) {
    start("GET");
    client.connected(loop.time);
    static_cast<void>(said());
    client.disconnected(kGone, loop.time);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].error().code, ErrorCode::kClosedByPeer);
}

struct Repetition {
    const char* method;
    bool all_sent;
    bool answer_begun;
    bool repeated;
};

class Retry : public HttpClientConversation, public testing::WithParamInterface<Repetition> {};

INSTANTIATE_TEST_SUITE_P(
    OfHttp, Retry,
    testing::Values(Repetition{"GET", true, false, true}, Repetition{"HEAD", true, false, true},
                    Repetition{"GET", true, true, false}, Repetition{"PATCH", true, false, false},
                    Repetition{"PUT", true, false, false}, Repetition{"DELETE", true, false, false},
                    Repetition{"PATCH", false, false, true}));

TEST_P(Retry, OnlyWhenTheServerCannotHaveActed) {
    serve_one();
    start(GetParam().method);
    const std::string first = said(GetParam().all_sent);
    if (GetParam().answer_begun) {
        hear("HTTP/1.1 2");
    }
    client.disconnected(kGone, loop.time);
    ASSERT_EQ(client.wants_connection(), GetParam().repeated);
    if (!GetParam().repeated) {
        ASSERT_EQ(results.size(), 1u);
        EXPECT_EQ(results[0].error().code, ErrorCode::kClosedByPeer);
        return;
    }
    EXPECT_TRUE(results.empty());
    client.connected(loop.time);
    EXPECT_EQ(said(), first);
    client.disconnected(kGone, loop.time);  // Once, and no more.
    ASSERT_EQ(results.size(), 1u);
    EXPECT_FALSE(results[0]);
}

TEST_F(HttpClientConversation, GivesUpOnAnAnswerThatDoesNotCome) {
    start("GET");
    client.connected(loop.time);
    static_cast<void>(said());
    const TimePoint due = client.next_deadline().value();
    client.advance(due - 1ns);
    EXPECT_TRUE(client.wants_connection());
    client.advance(due);
    EXPECT_FALSE(client.wants_connection());
    client.disconnected(Error{ErrorCode::kCancelled, "by us"}, due);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(results[0].error().code, ErrorCode::kTimedOut);
    EXPECT_TRUE(client.ready());
}

TEST_F(HttpClientConversation, LetsGoOfAnIdleConnectionBeforeTheServerDoes) {
    serve_one();
    client.advance(client.next_deadline().value());
    EXPECT_FALSE(client.wants_connection());
    client.disconnected(Error{ErrorCode::kCancelled, ""}, loop.time);
    EXPECT_TRUE(results.empty());
    start("GET");
    EXPECT_TRUE(client.wants_connection());
}

}  // namespace
}  // namespace twinstorm::asio_net

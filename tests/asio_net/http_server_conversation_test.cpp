#include "asio_net/http_server_conversation.h"

#include <deque>

#include <gtest/gtest.h>

#include "asio_net/fake_loop.h"
#include "asio_net/limits.h"
#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

using namespace std::chrono_literals;

// Keeps requests and replies, and answers at once when told so.
class Desk : public net::HttpHandler {
public:
    std::deque<net::HttpRequest> requests;
    std::deque<net::HttpReply> replies;
    std::optional<net::HttpResponse> at_once;

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint) override {
        requests.push_back(std::move(request));
        at_once ? reply(*at_once) : replies.push_back(std::move(reply));
    }
    void answer(net::HttpResponse response) {
        const net::HttpReply reply = std::move(replies.front());
        replies.pop_front();
        reply(std::move(response));
    }
};

class HttpServerConversation : public testing::Test {
protected:
    void hear(std::string_view text) { server->receive(bytes_of(text), loop.time); }
    [[nodiscard]] std::string said() {
        Buffer buffer;
        server->take_outgoing(buffer);
        return text_of(buffer);
    }

    FakeLoop loop;
    Desk desk;
    HttpService service{desk, loop, {}, 8};
    std::unique_ptr<asio_net::HttpServerConversation> server =
        std::make_unique<asio_net::HttpServerConversation>(service, 7, net::Peer{}, kRunStart);
};

TEST_F(HttpServerConversation, AnswersARequest) {
    desk.at_once = net::HttpResponse{200, {{"ETag", "\"1\""}}, "{}"};
    hear("PATCH /twins/a?x=1 HTTP/1.1\r\nHost: h\r\nIf-Match: *\r\nContent-Length: 3\r\n\r\nabc");
    ASSERT_EQ(desk.requests.size(), 1u);
    EXPECT_EQ(desk.requests[0].method, "PATCH");
    EXPECT_EQ(desk.requests[0].target, "/twins/a?x=1");
    EXPECT_EQ(net::find_header(desk.requests[0].headers, "if-match"), "*");
    EXPECT_EQ(desk.requests[0].body, "abc");
    EXPECT_EQ(said(), "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(server->wants_connection());
}

TEST_F(HttpServerConversation, TakesARequestByteByByte) {
    desk.at_once = net::HttpResponse{204, {}, ""};
    const std::string request =
        "PUT /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    for (const char byte : request) {
        hear(std::string_view(&byte, 1));
    }
    ASSERT_EQ(desk.requests.size(), 1u);
    EXPECT_EQ(desk.requests[0].body, "abcdefg");
    EXPECT_EQ(said(), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(HttpServerConversation, HandsPipelinedRequestsOverOneByOne) {
    hear("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HT");
    ASSERT_EQ(desk.requests.size(), 1u);
    desk.answer({200, {}, "one"});
    EXPECT_EQ(loop.wakes, 1);
    ASSERT_EQ(desk.requests.size(), 2u);
    hear("TP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(desk.requests.size(), 2u);
    desk.answer({200, {}, "two"});
    ASSERT_EQ(desk.requests.size(), 3u);
    EXPECT_EQ(desk.requests[2].target, "/3");
    desk.answer({200, {}, "three"});
    const std::string all = said();
    EXPECT_LT(all.find("one"), all.find("two"));
    EXPECT_LT(all.find("two"), all.find("three"));
}

TEST_F(HttpServerConversation, ClosesWhenTheClientAsksForIt) {
    desk.at_once = net::HttpResponse{200, {}, "bye"};
    hear("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(said(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbye");
    EXPECT_FALSE(server->wants_connection());
}

TEST_F(HttpServerConversation, AnswersHeadWithoutABody) {
    desk.at_once = net::HttpResponse{200, {}, "12345"};
    hear("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(said(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST_F(HttpServerConversation, InvitesABodyThatWaits) {
    desk.at_once = net::HttpResponse{200, {}, ""};
    hear("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(said(), "HTTP/1.1 100 Continue\r\n\r\n");
    hear("a");
    EXPECT_EQ(said(), "");
    hear("b");
    EXPECT_TRUE(said().starts_with("HTTP/1.1 200 OK"));
    EXPECT_EQ(desk.requests.at(0).body, "ab");
}

TEST_F(HttpServerConversation, RefusesATooLargeBodyBeforeItComes) {
    hear("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: " +
         std::to_string(net::kHttpBodyBytesMax + 1) + "\r\n\r\n");
    EXPECT_TRUE(said().starts_with("HTTP/1.1 413 "));
    EXPECT_FALSE(server->wants_connection());
    EXPECT_TRUE(desk.requests.empty());
}

TEST_F(HttpServerConversation, RefusesATooLargeChunkedBody) {
    hear("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
    for (int number = 0; number < 5; ++number) {
        hear(chunk);
    }
    EXPECT_TRUE(said().starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerConversation, RefusesATooLargeHeader) {
    hear("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(net::kHttpHeaderBytesMax, 'x'));
    EXPECT_TRUE(said().starts_with("HTTP/1.1 431 "));
    EXPECT_FALSE(server->wants_connection());
}

TEST_F(HttpServerConversation, RefusesWhatIsNoHttp) {
    hear("\x16\x03\x01\x02 hello\r\n\r\n");
    const std::string answer = said();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n")) << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    hear("GET / HTTP/1.1\r\nHost: h\r\n\r\n");  // It does not listen any more.
    EXPECT_TRUE(desk.requests.empty());
}

TEST_F(HttpServerConversation, RefusesARequestWithoutATarget) {
    hear("GET  HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(said().starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(desk.requests.empty());
}

TEST_F(HttpServerConversation, RefusesPipeliningWithoutEnd) {
    hear("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string part(1'000'000, 'x');
    for (int number = 0; number < 5; ++number) {
        hear(part);
    }
    EXPECT_FALSE(server->wants_connection());
}

TEST_F(HttpServerConversation, AReplyForADeadConnectionGoesNowhere) {
    hear("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    server->disconnected(Error{ErrorCode::kClosedByPeer, ""}, loop.time);
    desk.replies.push_back(desk.replies.front());
    desk.answer({200, {}, "x"});
    server.reset();
    desk.answer({200, {}, "x"});
    EXPECT_EQ(loop.wakes, 0);
}

TEST_F(HttpServerConversation, NoHeaderValueForgesAnother) {
    desk.at_once =
        net::HttpResponse{200, {{"ETag", "a\r\nSet-Cookie: b"}, {"content-length", "9"}}, ""};
    hear("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(said(), "HTTP/1.1 200 OK\r\nETag: a  Set-Cookie: b\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(HttpServerConversation, GivesUpOnASlowRequest) {
    hear("GET / HT");
    ASSERT_TRUE(server->next_deadline());
    server->advance(*server->next_deadline() - 1ns);
    EXPECT_TRUE(server->wants_connection());
    server->advance(*server->next_deadline());
    EXPECT_TRUE(said().starts_with("HTTP/1.1 408 "));
    EXPECT_FALSE(server->wants_connection());
}

// However steadily its bytes come.
TEST_F(HttpServerConversation, GivesUpOnASlowHeader) {
    hear("GET / HTTP/1.1\r\nHost: h\r\n");
    for (int second = 1; second < kHttpHeaderTimeout / 1s; ++second) {
        loop.time = kRunStart + std::chrono::seconds(second);
        hear("X: y\r\n");
        ASSERT_EQ(server->next_deadline(), kRunStart + kHttpHeaderTimeout);
    }
    server->advance(kRunStart + kHttpHeaderTimeout);
    EXPECT_TRUE(said().starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpServerConversation, GivesUpOnASlowBody) {
    hear("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
    for (int second = 1; second < kHttpRequestTimeout / 1s; ++second) {
        loop.time = kRunStart + std::chrono::seconds(second);
        hear("x");
        ASSERT_EQ(server->next_deadline(), kRunStart + kHttpRequestTimeout);
    }
    server->advance(kRunStart + kHttpRequestTimeout);
    EXPECT_TRUE(said().starts_with("HTTP/1.1 408 "));
    EXPECT_FALSE(server->wants_connection());
}

TEST_F(HttpServerConversation, IsPatientBetweenRequestsOnly) {
    EXPECT_EQ(server->next_deadline(), kRunStart + kHttpFirstByteTimeout);
    desk.at_once = net::HttpResponse{204, {}, ""};
    loop.time = kRunStart + 10s;
    hear("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(server->next_deadline(), loop.time + kHttpServerIdleTimeout);
    loop.time += 100s;
    hear("G");
    EXPECT_EQ(server->next_deadline(), loop.time + kHttpHeaderTimeout);
}

// A client that pipelines and does not read costs no more than its share.
TEST_F(HttpServerConversation, StopsAnsweringAClientThatDoesNotRead) {
    desk.at_once = net::HttpResponse{200, {}, std::string(kHttpAnswerBytesMax / 4, 'x')};
    for (int number = 0; number < 10; ++number) {
        hear("GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    EXPECT_EQ(desk.requests.size(), 4u);
    EXPECT_FALSE(server->accepts_input());
    for (std::size_t answered = 4; answered < 10; answered = desk.requests.size()) {
        EXPECT_GE(said().size(), kHttpAnswerBytesMax);
        server->sent(loop.time);  // The rest is read when the answers are on their way.
        ASSERT_GT(desk.requests.size(), answered);
    }
    EXPECT_EQ(desk.requests.back().target, "/9");
    EXPECT_FALSE(said().empty());
    EXPECT_TRUE(server->accepts_input());
}

TEST_F(HttpServerConversation, ReadsNoMoreWhileManyRequestsWait) {
    hear("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(server->accepts_input());
    hear(std::string(kHttpPipelineBytesMax, 'x'));
    EXPECT_FALSE(server->accepts_input());
}

TEST_F(HttpServerConversation, OwesItsAnswerUntilItWasGiven) {
    EXPECT_FALSE(server->owes_answer());
    hear("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(server->owes_answer());
    desk.answer({200, {}, ""});
    EXPECT_FALSE(server->owes_answer());
}

TEST_F(HttpServerConversation, TooManyLargeRequestsAtTheSameTimeAreRefused) {
    const std::size_t size = net::kHttpBodyBytesMax;
    const std::string part(size - 1, 'x');
    const std::string head =
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    std::vector<std::unique_ptr<asio_net::HttpServerConversation>> many;
    for (std::size_t held = 0; held + size < kHttpUnreadBytesMax; held += size) {
        many.push_back(
            std::make_unique<asio_net::HttpServerConversation>(service, 8, net::Peer{}, kRunStart));
        many.back()->receive(bytes_of(head + part), loop.time);
    }
    hear(head + part);
    EXPECT_TRUE(said().starts_with("HTTP/1.1 503 "));
    EXPECT_FALSE(server->wants_connection());
    EXPECT_TRUE(many.back()->wants_connection());
    many.clear();  // What they held is free again.
    asio_net::HttpServerConversation next(service, 9, net::Peer{}, kRunStart);
    next.receive(bytes_of(head + part), loop.time);
    EXPECT_TRUE(next.wants_connection());
}

TEST_F(HttpServerConversation, LeavesAnIdleConnectionWithoutAWord) {
    server->advance(server->next_deadline().value());
    EXPECT_EQ(said(), "");
    EXPECT_FALSE(server->wants_connection());
}

TEST_F(HttpServerConversation, WaitsForItsHandlerWithoutLimit) {
    hear("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_FALSE(server->next_deadline());
}

}  // namespace
}  // namespace twinstorm::asio_net

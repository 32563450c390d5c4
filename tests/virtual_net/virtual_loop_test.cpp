#include "twinstorm/virtual_net/virtual_loop.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::virtual_net {
namespace {

using namespace std::chrono_literals;

Buffer bytes_of(std::string_view text) {
    Buffer buffer(text.size());
    std::ranges::transform(text, buffer.begin(), [](char c) { return std::byte(c); });
    return buffer;
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes down what happens to it, and says what it is told to say.
class Talk : public net::ServerConversation {
public:
    bool wants_connection() const override { return wanted; }
    void connected(TimePoint now) override { note("connected", now); }
    void receive(std::span<const std::byte> bytes, TimePoint now) override {
        note(text_of(bytes), now);
        on_receive();
        if (echo) {
            outgoing = bytes_of(text_of(bytes));
        }
    }
    void disconnected(const Error& why, TimePoint now) override {
        note("disconnected: " + why.message(), now);
        wanted = false;
        on_disconnected();
    }
    void take_outgoing(Buffer& buffer) override { std::swap(buffer, outgoing); }
    void sent(TimePoint) override { ++sends; }
    void advance(TimePoint now) override {
        if (deadline && *deadline <= now) {
            deadline.reset();
            note("deadline", now);
            on_deadline();
        }
    }
    std::optional<TimePoint> next_deadline() const override { return deadline; }
    bool accepts_input() const override { return accepts; }
    void moved(net::Handle handle, TimePoint now) override {
        note("moved", now);
        on_moved(handle);
    }

    void note(std::string what, TimePoint now) {
        events.push_back(std::move(what));
        instants.push_back(now);
    }

    bool wanted = true;
    bool echo = false;
    bool accepts = true;
    int sends = 0;
    Buffer outgoing;
    std::optional<TimePoint> deadline;
    std::function<void()> on_deadline = [] {};
    std::function<void()> on_receive = [] {};
    std::function<void()> on_disconnected = [] {};
    std::function<void(net::Handle)> on_moved = [](net::Handle) {};
    std::vector<std::string> events;
    std::vector<TimePoint> instants;
};

// Answers every connection with an echo; its conversations write into `log`.
class EchoService final : public net::Service {
public:
    std::unique_ptr<net::ServerConversation> accept(net::Handle handle, const net::Peer& peer,
                                                    TimePoint) override {
        ++accepted;
        if (refuse) {
            return nullptr;
        }
        auto talk = std::make_unique<Talk>();
        talk->echo = true;
        talk->on_disconnected = [this] { ended = true; };
        last = talk.get();
        last_handle = handle;
        last_peer = peer;
        return talk;
    }

    int accepted = 0;
    bool refuse = false;
    bool ended = false;
    Talk* last = nullptr;
    net::Handle last_handle = 0;
    net::Peer last_peer;
};

class VirtualLoopTest : public testing::Test {
protected:
    VirtualLoopTest() : loop_(1, Latency{200us, 100us}) { loop_.serve("hub", 8883, service_); }

    EchoService service_;
    VirtualLoop loop_;
    Talk talk_;
    net::Destination hub_{"hub", 8883, {}, true};
};

TEST_F(VirtualLoopTest, CarriesBytesBothWaysWithItsLatency) {
    talk_.outgoing = bytes_of("hello");
    loop_.carry(talk_, hub_);
    loop_.run();  // Ends by itself: nothing is left to happen.
    EXPECT_THAT(talk_.events, testing::ElementsAre("connected", "hello"));
    EXPECT_GE(talk_.instants[0] - kRunStart, 800us);  // Four one-way delays to connect.
    EXPECT_GE(talk_.instants[1] - talk_.instants[0], 400us);
    EXPECT_LT(talk_.instants[1] - talk_.instants[0], 5ms);
    EXPECT_EQ(talk_.sends, 1);
}

TEST_F(VirtualLoopTest, KeepsTheOrderOfBytes) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    std::string expected;
    for (int number = 0; number < 200; ++number) {
        expected += std::to_string(number) + " ";
    }
    loop_.run();
    talk_.events.clear();
    for (int number = 0; number < 200; ++number) {
        talk_.outgoing = bytes_of(std::to_string(number) + " ");
        loop_.wake(handle);
        loop_.post([this](TimePoint) { loop_.stop(); });
        loop_.run();
    }
    loop_.run();
    EXPECT_EQ(talk_.events.size(), 200u);
    std::string all;
    for (const std::string& event : talk_.events) {
        all += event;
    }
    EXPECT_EQ(all, expected);
}

TEST_F(VirtualLoopTest, NobodyListens) {
    loop_.carry(talk_, {"nowhere", 1, {}, true});
    loop_.run();
    EXPECT_THAT(talk_.events, testing::ElementsAre("disconnected: connection refused"));
}

TEST_F(VirtualLoopTest, AServiceMayRefuse) {
    service_.refuse = true;
    loop_.carry(talk_, hub_);
    loop_.run();
    EXPECT_EQ(service_.accepted, 1);
    EXPECT_THAT(talk_.events, testing::ElementsAre("disconnected: connection refused"));
}

TEST_F(VirtualLoopTest, AWithdrawnDialNeverConnects) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.post([this, handle](TimePoint) {
        talk_.wanted = false;
        loop_.wake(handle);
    });
    loop_.run();
    EXPECT_THAT(talk_.events, testing::ElementsAre("disconnected: no longer wanted"));
    EXPECT_EQ(service_.accepted, 0);
}

TEST_F(VirtualLoopTest, LosingAllConnectionsTellsBothSides) {
    loop_.carry(talk_, hub_);
    talk_.deadline = kRunStart + 1s;
    talk_.on_deadline = [this] { loop_.cut_all({ErrorCode::kClosedByPeer, "cut"}); };
    loop_.run();
    EXPECT_THAT(talk_.events, testing::ElementsAre("connected", "deadline", "disconnected: cut"));
}

TEST_F(VirtualLoopTest, AStalledServerAnswersWhenItGoesOn) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    talk_.deadline = kRunStart + 1s;
    talk_.on_deadline = [this, handle] {
        loop_.stall_servers_until(kRunStart + 3s);
        talk_.outgoing = bytes_of("late");
        loop_.wake(handle);
    };
    loop_.run();
    EXPECT_THAT(talk_.events, testing::ElementsAre("connected", "deadline", "late"));
    EXPECT_GE(talk_.instants[2], kRunStart + 3s);
    EXPECT_LT(talk_.instants[2], kRunStart + 3s + 5ms);
}

TEST_F(VirtualLoopTest, WhatIsRemovedHearsNothingMore) {
    talk_.outgoing = bytes_of("hello");
    const net::Handle handle = loop_.carry(talk_, hub_);
    Talk clock;
    clock.deadline = kRunStart + 1500us;
    clock.on_deadline = [this, handle] { loop_.remove(handle); };
    loop_.add(clock);
    loop_.run();
    const std::size_t events = talk_.events.size();
    loop_.run();
    EXPECT_EQ(talk_.events.size(), events);
}

TEST_F(VirtualLoopTest, DeadlinesAreServedAtTheirInstantInOrder) {
    Talk first;
    Talk second;
    first.deadline = kRunStart + 2s;
    second.deadline = kRunStart + 1s;
    std::string order;
    first.on_deadline = [&order] { order += "first "; };
    second.on_deadline = [&order] { order += "second "; };
    loop_.add(first);
    loop_.add(second);
    loop_.run();
    EXPECT_EQ(order, "second first ");
    EXPECT_EQ(loop_.now(), kRunStart + 2s);
}

TEST_F(VirtualLoopTest, BytesWaitForAServerThatAcceptsNone) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.run();
    service_.last->accepts = false;
    for (const char* const text : {"one", "two", "three"}) {
        talk_.outgoing = bytes_of(text);
        loop_.wake(handle);
        loop_.run();
    }
    EXPECT_THAT(service_.last->events, testing::ElementsAre("connected"));
    service_.last->accepts = true;
    loop_.wake(service_.last_handle);
    loop_.run();
    EXPECT_THAT(service_.last->events, testing::ElementsAre("connected", "one", "two", "three"));
    EXPECT_THAT(talk_.events, testing::ElementsAre("connected", "one", "two", "three"));
}

TEST_F(VirtualLoopTest, BytesThatWaitComeOneByOneWhenOneIsEnough) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.run();
    Talk& server = *service_.last;
    server.accepts = false;
    for (const char* const text : {"one", "two"}) {
        talk_.outgoing = bytes_of(text);
        loop_.wake(handle);
        loop_.run();
    }
    server.on_receive = [&] { server.accepts = false; };
    for (const std::size_t events : {2u, 3u}) {
        server.accepts = true;
        loop_.wake(service_.last_handle);
        loop_.run();
        EXPECT_EQ(server.events.size(), events);
    }
}

TEST_F(VirtualLoopTest, TheEndIsHeardAfterAllThatWaits) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.run();
    std::vector<std::string> events;
    Talk& server = *service_.last;
    server.accepts = false;
    server.on_receive = [&] { events = server.events; };
    talk_.outgoing = bytes_of("last");
    talk_.wanted = false;
    loop_.wake(handle);
    loop_.run();
    EXPECT_THAT(talk_.events, testing::ElementsAre("connected", testing::HasSubstr("this side")));
    EXPECT_TRUE(events.empty());
    EXPECT_FALSE(service_.ended);
    server.accepts = true;
    loop_.wake(service_.last_handle);
    loop_.run();
    EXPECT_THAT(events, testing::ElementsAre("connected", "last"));
    EXPECT_TRUE(service_.ended);
}

TEST_F(VirtualLoopTest, AConnectionIsHandedOverAfterTheTurn) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.run();
    Talk& server = *service_.last;
    bool inside = false;
    std::vector<net::Handle> handles;
    server.on_receive = [&] {
        inside = true;
        loop_.hand_over(service_.last_handle, loop_);
        EXPECT_TRUE(handles.empty());
        inside = false;
    };
    server.on_moved = [&](net::Handle moved) {
        EXPECT_FALSE(inside);
        handles.push_back(moved);
        server.outgoing = bytes_of("moved");
    };
    server.echo = false;
    talk_.outgoing = bytes_of("go");
    loop_.wake(handle);
    loop_.run();
    ASSERT_EQ(handles.size(), 1u);
    EXPECT_NE(handles[0], service_.last_handle);
    EXPECT_THAT(server.events, testing::ElementsAre("connected", "go", "moved"));
    server.on_receive = [] {};
    server.echo = true;
    talk_.outgoing = bytes_of("on");
    loop_.wake(handle);
    loop_.run();
    server.outgoing = bytes_of("by its new handle");
    loop_.wake(handles[0]);
    loop_.run();
    EXPECT_THAT(talk_.events,
                testing::ElementsAre("connected", "moved", "on", "by its new handle"));
    talk_.wanted = false;
    loop_.wake(handle);
    loop_.run();
    EXPECT_TRUE(service_.ended);
}

TEST_F(VirtualLoopTest, AHandOverLosesItsConnectionInTheSameTurn) {
    const net::Handle handle = loop_.carry(talk_, hub_);
    loop_.run();
    Talk& server = *service_.last;
    server.on_moved = [](net::Handle) { ADD_FAILURE() << "its connection has gone"; };
    server.on_receive = [&] {
        loop_.hand_over(service_.last_handle, loop_);
        loop_.post([](TimePoint) {});
        loop_.cut_all({ErrorCode::kClosedByPeer, "cut"});
    };
    server.echo = false;
    talk_.outgoing = bytes_of("go");
    loop_.wake(handle);
    loop_.run();
    EXPECT_TRUE(service_.ended);
}

TEST_F(VirtualLoopTest, AClientsCertificatesReachTheService) {
    const std::string block =
        "-----BEGIN CERTIFICATE-----\nAAEC\nAwQF\n-----END CERTIFICATE-----\n";
    const net::ClientCertificate certificate{
        "a comment\n" + block +
            "-----BEGIN CERTIFICATE-----\r\n/w==\r\n"
            "-----END CERTIFICATE-----\r\n-----BEGIN CERTIFICATE-----\nAA",
        Secret("key")};
    net::Destination destination = hub_;
    destination.certificate = &certificate;
    loop_.carry(talk_, destination);
    loop_.run();
    EXPECT_THAT(service_.last_peer.certificates,
                testing::ElementsAre(std::string("\0\1\2\3\4\5", 6), "\xff"));
}

TEST_F(VirtualLoopTest, HttpRequestsReachTheirHandler) {
    class Handler final : public net::HttpHandler {
    public:
        void handle(net::HttpRequest request, net::HttpReply reply, TimePoint) override {
            reply({200, {}, request.method + " " + request.target});
        }
    } handler;
    loop_.serve_http("hub", 443, handler);
    const auto client = loop_.http_client({"hub", 443, {}, true}, 4);
    std::vector<std::string> answers;
    const auto done = [&answers](const Result<net::HttpResponse>& answer, TimePoint) {
        answers.push_back(std::to_string(answer->status) + " " + answer->body);
    };
    client->send({"GET", "/twins/a", {}, {}}, done, kRunStart);
    loop_.http_client({"elsewhere", 443, {}, true}, 4)->send({"GET", "/", {}, {}}, done, kRunStart);
    loop_.run();
    EXPECT_THAT(answers, testing::UnorderedElementsAre("200 GET /twins/a",
                                                       "503 nothing listens at this address"));
}

TEST_F(VirtualLoopTest, TheSameSeedGivesTheSameInstants) {
    const auto instants = [](std::uint64_t seed) {
        EchoService service;
        VirtualLoop loop(seed, Latency{});
        loop.serve("hub", 8883, service);
        Talk talk;
        talk.outgoing = bytes_of("hello");
        loop.carry(talk, {"hub", 8883, {}, true});
        loop.run();
        return talk.instants;
    };
    EXPECT_EQ(instants(5), instants(5));
    EXPECT_NE(instants(5), instants(6));
}

}  // namespace
}  // namespace twinstorm::virtual_net

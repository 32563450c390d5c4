#include <algorithm>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

class Connection : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static bool tls() { return GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Over, Connection, testing::Bool(),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(Connection, CarriesBytesBothWays) {
    LiveWorld world;
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) { self.say("welcome"); };
        talk.on_receive = [](Talk& self) { self.say("you said " + self.heard); };
    });
    Talk client;
    client.on_receive = [&](Talk& self) {
        if (self.heard == "welcome") {
            self.say("hello");
        } else if (self.heard == "welcomeyou said hello") {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_EQ(client.heard, "welcomeyou said hello");
    EXPECT_EQ(client.times_sent, 1);
    EXPECT_EQ(client.times_connected, 1);
    EXPECT_TRUE(client.ends.empty());
    ASSERT_EQ(service.peers.size(), 1u);
    EXPECT_TRUE(service.peers[0].starts_with("127.0.0.1:")) << service.peers[0];
}

TEST_P(Connection, CarriesManyAtOnce) {
    constexpr std::size_t kMany = 200;
    LiveWorld world;
    TalkService service(echo);
    const net::Destination destination = world.serve(service, tls());
    std::size_t answered = 0;
    std::vector<std::unique_ptr<Talk>> clients;
    for (std::size_t number = 0; number < kMany; ++number) {
        clients.push_back(std::make_unique<Talk>());
        Talk& client = *clients.back();
        client.on_connected = [number](Talk& self) { self.say("I am " + std::to_string(number)); };
        client.on_receive = [&, number](Talk& self) {
            EXPECT_EQ(self.heard, "I am " + std::to_string(number));
            if (++answered == kMany) {
                world.loop->stop();
            }
        };
        static_cast<void>(world.loop->carry(client, destination));
    }
    world.run();
    EXPECT_EQ(answered, kMany);
    EXPECT_EQ(world.loop->counts().accepted, kMany);
}

// What waits in the kernel waits for us: how long, and that there was no room for more.
TEST_P(Connection, ANeglectedReceiveBufferIsNoticed) {
    stats::Recorder recorder;
    recorder.open_window(kRunStart);
    LoopOptions options;
    options.recorder = &recorder;
    LiveWorld world(options);
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) { self.say(std::string(50'000'000, 'x')); };
    });
    Talk client;
    client.on_connected = [&](Talk& self) {
        self.accepts = false;
        self.deadline = world.loop->now() + std::chrono::milliseconds(500);
    };
    client.on_advance = [](Talk& self) {
        self.deadline.reset();
        self.accepts = true;
    };
    client.on_receive = [&](Talk&) { world.loop->stop(); };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    const stats::Recording& recording = recorder.current();
    EXPECT_EQ(recording.counts[stats::Counter::kReceiveBufferFull], 1u);
    // Zero-window probes push in a little now and then, so the newest of it may be young.
    EXPECT_GE(recording[stats::Metric::kReceiveLag].count(), 1u);
    EXPECT_LT(recording[stats::Metric::kReceiveLag].max(), 60'000'000u);
}

// Far beyond what the kernel buffers, so that both ends have to wait for room.
TEST_P(Connection, CarriesTenMegabytesThereAndBack) {
    constexpr std::size_t kLarge = 10'000'000;
    std::string large(kLarge, '\0');
    for (std::size_t at = 0; at < kLarge; ++at) {
        large[at] = static_cast<char>(at * 7 + at / 251);
    }
    LiveWorld world;
    TalkService service(echo);
    Talk client;
    client.on_connected = [&](Talk& self) { self.say(large); };
    client.on_receive = [&](Talk& self) {
        if (self.heard.size() >= kLarge) {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_TRUE(client.heard == large);
    EXPECT_EQ(client.times_sent, 1);
}

TEST_P(Connection, FlushesBeforeItIsClosedByTheServer) {
    LiveWorld world;
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
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_TRUE(client.heard == last);
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kClosedByPeer);
    ASSERT_EQ(server_ends.size(), 1u);
    EXPECT_EQ(server_ends[0].code, ErrorCode::kCancelled);
}

TEST_P(Connection, FlushesBeforeItIsClosedByTheClient) {
    LiveWorld world;
    std::string heard;
    std::vector<Error> server_ends;
    TalkService service([&](Talk& talk) {
        talk.on_disconnected = [&](Talk& self) {
            heard = self.heard;
            server_ends = self.ends;
            world.loop->stop();
        };
    });
    const std::string last(1'000'000, 'y');
    Talk client;
    client.on_connected = [&](Talk& self) {
        self.say(last);
        self.wants = false;
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_TRUE(heard == last);
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kCancelled);
    ASSERT_EQ(server_ends.size(), 1u);
    EXPECT_EQ(server_ends[0].code, ErrorCode::kClosedByPeer);
}

TEST_P(Connection, IsMadeAnewWhileItIsWanted) {
    LiveWorld world;
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) {
            self.say("not now");
            self.wants = false;
        };
    });
    Talk client;
    client.on_disconnected = [&](Talk& self) {
        if (self.ends.size() == 3) {
            self.wants = false;
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_EQ(client.times_connected, 3);
    EXPECT_EQ(client.heard, "not nownot nownot now");
}

TEST_P(Connection, RestsUntilTheConversationWantsItAgain) {
    LiveWorld world;
    TalkService service(
        [](Talk& talk) { talk.on_connected = [](Talk& self) { self.wants = false; }; });
    Talk client;
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        self.deadline = world.loop->now() + std::chrono::milliseconds(20);
    };
    client.on_advance = [&](Talk& self) {
        if (self.ends.size() == 2) {
            world.loop->stop();
        }
        self.wants = true;
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_EQ(client.times_connected, 2);
}

TEST_P(Connection, IsRefusedByTheService) {
    LiveWorld world;
    TalkService service(echo);
    service.refuses = true;
    Talk client;
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kClosedByPeer);
}

TEST_P(Connection, MayBeRemovedFromInsideEachCall) {
    for (const int stage : {0, 1, 2}) {
        LiveWorld world;
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
        handle = world.loop->carry(*client, world.serve(service, tls()));
        world.run_until([&] { return server_gone && client == nullptr; });
        EXPECT_EQ(client, nullptr) << stage;
    }
}

TEST_P(Connection, OfAServerMayBeRemovedFromInside) {
    LiveWorld world;
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk&) { world.loop->remove(serving->handles.at(0)); };
        talk.on_disconnected = [](Talk&) { ADD_FAILURE() << "nothing is said after remove()"; };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("go"); };
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_EQ(client.ends.size(), 1u);
}

TEST_P(Connection, SendsWhatItIsGivenFromOutsideAfterAWake) {
    LiveWorld world;
    std::vector<Talk*> inside;
    TalkService service([&](Talk& talk) {
        inside.push_back(&talk);
        talk.on_receive = [&](Talk& self) {
            // The second is given something by the first, as a hub does with two devices.
            if (self.heard == "pass it on") {
                inside.at(0)->say("news");
                world.loop->wake(service.handles.at(0));
            }
        };
    });
    const net::Destination destination = world.serve(service, tls());
    Talk first;
    Talk second;
    first.on_connected = [&](Talk&) { static_cast<void>(world.loop->carry(second, destination)); };
    first.on_receive = [&](Talk&) { world.loop->stop(); };
    second.on_connected = [](Talk& self) { self.say("pass it on"); };
    // Only accepted once the first one's server side is there.
    static_cast<void>(world.loop->carry(first, destination));
    world.run();
    EXPECT_EQ(first.heard, "news");
}

TEST_P(Connection, GivesOthersTheirTurnWhenOneHasAlwaysMore) {
    LiveWorld world;
    std::size_t received = 0;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) { received += std::exchange(self.heard, {}).size(); };
    });
    class Endless : public Talk {
    public:
        void sent(TimePoint now) override {
            Talk::sent(now);
            say(std::string(1'000, 'z'));
        }
    };
    Endless client;
    client.on_connected = [](Talk& self) { self.say("start"); };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run_until([&] { return received > 1'000'000; });
    EXPECT_GT(received, 1'000'000u);
}

TEST_P(Connection, SurvivesAPeerThatResets) {
    LiveWorld world;
    std::vector<Error> ends;
    TalkService service([&](Talk& talk) {
        talk.on_connected = [](Talk& self) { self.say("hello"); };
        talk.on_disconnected = [&](Talk& self) { ends = self.ends; };
    });
    const net::Destination destination = world.serve(service, tls());
    RawPeer peer(destination.port);
    peer.send("x");
    world.run_until([&] { return world.loop->counts().accepted == 1; });
    peer.close_with_reset();
    world.run_until(
        [&] { return tls() ? world.loop->counts().handshakes_failed == 1 : !ends.empty(); });
    if (!tls()) {
        EXPECT_EQ(ends[0].code, ErrorCode::kClosedByPeer);
    }
}

TEST(PlainConnection, AnswersAPeerThatClosedItsHalf) {
    LiveWorld world;
    std::vector<Error> ends;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [](Talk& self) { self.say("you said " + self.heard); };
        talk.on_disconnected = [&](Talk& self) { ends = self.ends; };
    });
    const net::Destination destination = world.serve(service, false);
    RawPeer peer(destination.port);
    peer.send("ping");
    peer.finish_sending();
    std::string answer;
    world.run_until([&] { return peer.receive_until_end(answer) && !ends.empty(); });
    EXPECT_EQ(ends.at(0).code, ErrorCode::kClosedByPeer);
    EXPECT_EQ(answer, "you said ping");
}

// The kernel and TLS hold what it does not accept; nothing is lost, and deadlines are served.
TEST_P(Connection, WaitsForAConversationThatAcceptsNoInput) {
    constexpr std::size_t kLarge = 20'000'000;
    LiveWorld world;
    Talk* server = nullptr;
    bool advanced = false;
    std::size_t received = 0;
    TalkService service([&](Talk& talk) {
        server = &talk;
        talk.on_receive = [&](Talk& self) {
            received += std::exchange(self.heard, {}).size();
            self.accepts = false;
            self.deadline = world.loop->now() + std::chrono::milliseconds(1);
        };
        talk.on_advance = [&](Talk&) { advanced = true; };
    });
    Talk client;
    client.on_connected = [](Talk& self) { self.say(std::string(kLarge, 'x')); };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run_until([&] { return advanced; });
    EXPECT_LE(received, kReadBytes);
    EXPECT_EQ(client.times_sent, 0);
    const std::size_t before = received;
    world.loop->post([&](TimePoint) { world.loop->wake(service.handles.at(0)); });
    bool again = false;
    world.loop->post([&](TimePoint) { again = true; });
    world.run_until([&] { return again; });
    EXPECT_EQ(received, before);  // It was asked, and still accepts none.
    server->on_receive = [&](Talk& self) { received += std::exchange(self.heard, {}).size(); };
    world.loop->post([&](TimePoint) {
        server->accepts = true;
        world.loop->wake(service.handles.at(0));
    });
    world.run_until([&] { return received == kLarge; });
    EXPECT_EQ(client.times_sent, 1);
}

// It accepts again once its answer has been sent, and nobody wakes it.
TEST_P(Connection, ReadsOnAfterTheConversationHasSent) {
    constexpr int kMany = 50;
    class OneByOne : public Talk {
    public:
        void sent(TimePoint now) override {
            Talk::sent(now);
            accepts = true;
        }
    };
    class Service : public net::Service {
    public:
        std::unique_ptr<net::ServerConversation> accept(net::Handle, const net::Peer&,
                                                        TimePoint) override {
            auto talk = std::make_unique<OneByOne>();
            talk->on_receive = [](Talk& self) {
                self.accepts = false;
                self.say(std::to_string(self.heard.size()) + "\n");
            };
            return talk;
        }
    } service;
    LiveWorld world;
    Talk client;
    client.on_connected = [](Talk& self) { self.say(std::string(kMany * kReadBytes, 'x')); };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    const std::string last = std::to_string(kMany * kReadBytes) + "\n";
    world.run_until([&] { return client.heard.ends_with(last); });
    EXPECT_GE(std::ranges::count(client.heard, '\n'), kMany);
}

TEST(PlainConnection, HearsTheEndOnceItAcceptsInputAgain) {
    LiveWorld world;
    std::vector<Error> ends;
    std::string heard;
    TalkService service([&](Talk& talk) {
        talk.accepts = false;
        talk.deadline = world.loop->now() + std::chrono::milliseconds(20);
        talk.on_advance = [](Talk& self) {
            EXPECT_EQ(self.heard, "");
            self.accepts = true;
        };
        talk.on_receive = [](Talk& self) { self.say("you said " + self.heard); };
        talk.on_disconnected = [&](Talk& self) { ends = self.ends; };
    });
    RawPeer peer(world.serve(service, false).port);
    peer.send("ping");
    peer.finish_sending();
    std::string answer;
    world.run_until([&] { return peer.receive_until_end(answer) && !ends.empty(); });
    EXPECT_EQ(answer, "you said ping");
    EXPECT_EQ(ends.at(0).code, ErrorCode::kClosedByPeer);
}

// Clients that connect and say nothing must not keep the others out.
TEST(TlsConnection, TheSlowestInAHandshakeGivesWay) {
    LoopOptions options;
    options.unadmitted_max = 2;
    LiveWorld world(options);
    TalkService service(echo);
    const net::Destination destination = world.serve(service, true);
    RawPeer first(destination.port);
    RawPeer second(destination.port);
    world.run_until([&] { return world.loop->counts().accepted == 2; });
    EXPECT_EQ(world.loop->counts().turned_away, 0u);
    Talk client;
    static_cast<void>(world.loop->carry(client, destination));
    std::string nothing;
    world.run_until(
        [&] { return client.times_connected == 1 && first.receive_until_end(nothing); });
    EXPECT_EQ(world.loop->counts().turned_away, 1u);
    EXPECT_FALSE(second.receive_until_end(nothing));
    std::vector<std::unique_ptr<Talk>> more;  // Who is admitted makes room.
    for (int number = 0; number < 5; ++number) {
        more.push_back(std::make_unique<Talk>());
        static_cast<void>(world.loop->carry(*more.back(), destination));
        world.run_until([&] { return more.back()->times_connected == 1; });
    }
    EXPECT_EQ(world.loop->counts().turned_away, 1u);
    EXPECT_TRUE(client.ends.empty());
}

// A hub that runs out of files waits for better times instead of spinning or ending.
TEST(PlainConnection, AcceptsAgainAfterTooFewFiles) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer looks at objects through a pipe, and here are no files left";
#endif
    LiveWorld world;
    TalkService service(echo);
    const net::Destination destination = world.serve(service, false);
    RawPeer peer(destination.port);
    std::vector<int> taken;
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{128, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int file = ::dup(0); file >= 0; file = ::dup(0)) {
        taken.push_back(file);
    }
    Talk client;
    client.on_disconnected = [](Talk& self) { self.wants = false; };
    static_cast<void>(world.loop->carry(client, destination));
    world.run_until(
        [&] { return world.loop->counts().accepts_paused == 1 && !client.ends.empty(); });
    EXPECT_EQ(world.loop->counts().accepted, 0u);
    EXPECT_EQ(client.ends.at(0).code, ErrorCode::kExhausted);
    for (const int file : taken) {
        ::close(file);
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    world.run_until([&] { return world.loop->counts().accepted == 1; });
    EXPECT_EQ(service.peers.size(), 1u);
}

}  // namespace
}  // namespace twinstorm::asio_net

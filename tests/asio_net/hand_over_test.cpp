// Connections that go from one loop to another: sockets, TLS, what is unsent and what is unread.
#include <atomic>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::size_t kLarge = 3'000'000;

std::string large_text() {
    std::string text(kLarge, '\0');
    for (std::size_t at = 0; at < kLarge; ++at) {
        text[at] = static_cast<char>(at * 7 + at / 251);
    }
    return text;
}

// A second loop with a thread of its own.
class OtherLoop {
public:
    explicit OtherLoop(const RealClock& clock) : loop(clock, {}), thread_([this] { run(); }) {}
    ~OtherLoop() { end(); }
    OtherLoop(const OtherLoop&) = delete;
    OtherLoop& operator=(const OtherLoop&) = delete;

    void end() {
        if (thread_.joinable()) {
            loop.stop();
            thread_.join();
        }
    }

    AsioLoop loop;

private:
    void run() { loop.run(); }
    std::thread thread_;
};

class HandOver : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static bool tls() { return GetParam(); }

    LiveWorld world;
};

INSTANTIATE_TEST_SUITE_P(Over, HandOver, testing::Bool(),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(HandOver, GoesOnInTheOtherThread) {
    OtherLoop other(world.clock);
    std::thread::id moved_in;
    std::thread::id heard_in;
    const std::thread::id here = std::this_thread::get_id();
    std::atomic<int> moves = 0;
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            if (moves == 0) {
                world.loop->hand_over(serving->handles.at(0), other.loop);
                return;
            }
            heard_in = std::this_thread::get_id();
            self.say("you said " + self.heard);
        };
        talk.on_moved = [&](Talk& self) {
            moved_in = std::this_thread::get_id();
            EXPECT_NE(moved_in, here);
            ++moves;
            self.say("here; ");
        };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("go "); };
    client.on_receive = [&](Talk& self) {
        if (self.heard == "here; ") {
            self.say("on");
        } else if (self.heard == "here; you said go on") {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    other.end();
    EXPECT_EQ(client.heard, "here; you said go on");
    EXPECT_EQ(heard_in, moved_in);
    EXPECT_EQ(moves, 1);
}

// More than one read takes: the rest is in the kernel, and decrypted or not inside of TLS.
TEST_P(HandOver, LosesNoByteThatCameMeanwhile) {
    OtherLoop other(world.clock);
    const std::string large = large_text();
    std::atomic<bool> whole = false;
    std::string heard;
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            if (self.handles.empty()) {
                world.loop->hand_over(serving->handles.at(0), other.loop);
            } else if (self.heard.size() == kLarge) {
                heard = self.heard;
                whole = true;
            }
        };
    });
    serving = &service;
    Talk client;
    client.on_connected = [&](Talk& self) { self.say(large); };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run_until([&] { return whole.load(); });
    other.end();
    EXPECT_TRUE(heard == large);
}

TEST_P(HandOver, TakesAlongWhatTheKernelHasNotTaken) {
    OtherLoop other(world.clock);
    const std::string large = large_text();
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            self.say(large);
            self.deadline = kRunStart;  // At once, when the first part has been written.
        };
        talk.on_advance = [&](Talk&) { world.loop->hand_over(serving->handles.at(0), other.loop); };
        talk.on_moved = [](Talk& self) { self.say("end"); };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("all"); };
    client.on_receive = [&](Talk& self) {
        if (self.heard.size() == kLarge + 3) {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    other.end();
    EXPECT_TRUE(client.heard == large + "end");
}

TEST_P(HandOver, MayGoToItself) {
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            if (self.handles.empty()) {
                world.loop->hand_over(serving->handles.at(0), *world.loop);
            }
        };
        talk.on_moved = [](Talk& self) {
            self.say("moved with " + self.heard);
            self.wants = false;
        };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("bag"); };
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    EXPECT_EQ(client.heard, "moved with bag");
}

TEST_P(HandOver, BackAndForthWhileBytesFlowBothWays) {
    constexpr std::size_t kMoves = 20;
    OtherLoop other(world.clock);
    const std::string large = large_text();
    std::atomic<std::size_t> moves = 0;
    const auto move = [&](Talk& self, net::Handle handle) {
        const bool here = self.handles.size() % 2 == 0;
        (here ? *world.loop : other.loop).hand_over(handle, here ? other.loop : *world.loop);
    };
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_receive = [&](Talk& self) {
            self.say(std::exchange(self.heard, {}));
            if (self.handles.size() < kMoves) {
                move(self, self.handles.empty() ? serving->handles.at(0) : self.handles.back());
            }
        };
        talk.on_moved = [&](Talk& self) { moves = self.handles.size(); };
    });
    serving = &service;
    Talk client;
    client.on_connected = [&](Talk& self) { self.say(large); };
    client.on_receive = [&](Talk& self) {
        if (self.heard.size() == kLarge) {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run();
    other.end();
    EXPECT_TRUE(client.heard == large);
    EXPECT_EQ(moves, kMoves);
}

TEST_P(HandOver, IsClosedWhenTheOtherLoopHasEnded) {
    auto other = std::make_unique<AsioLoop>(world.clock, LoopOptions{});  // It never runs.
    bool handed = false;
    bool gone = false;
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        const std::shared_ptr<void> life(nullptr, [&](void*) { gone = true; });
        talk.on_moved = [life](Talk&) { ADD_FAILURE() << "the loop never ran"; };
        talk.on_receive = [&](Talk&) {
            world.loop->hand_over(serving->handles.at(0), *other);
            handed = true;
        };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("go"); };
    client.on_disconnected = [](Talk& self) { self.wants = false; };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run_until([&] { return handed; });
    EXPECT_FALSE(gone);
    other.reset();
    EXPECT_TRUE(gone);
    world.run_until([&] { return !client.ends.empty(); });
    EXPECT_EQ(client.ends.at(0).code, ErrorCode::kClosedByPeer);
}

TEST_P(HandOver, OfAConnectionThatHasEndedDoesNothing) {
    TalkService* serving = nullptr;
    TalkService service([&](Talk& talk) {
        talk.on_moved = [](Talk&) { ADD_FAILURE() << "it was removed first"; };
        talk.on_receive = [&](Talk&) {
            world.loop->remove(serving->handles.at(0));
            world.loop->hand_over(serving->handles.at(0), *world.loop);
        };
    });
    serving = &service;
    Talk client;
    client.on_connected = [](Talk& self) { self.say("go"); };
    client.on_disconnected = [](Talk& self) { self.wants = false; };
    static_cast<void>(world.loop->carry(client, world.serve(service, tls())));
    world.run_until([&] { return !client.ends.empty(); });
    EXPECT_EQ(client.ends.at(0).code, ErrorCode::kClosedByPeer);
}

}  // namespace
}  // namespace twinstorm::asio_net

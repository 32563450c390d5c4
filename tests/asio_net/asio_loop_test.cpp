#include "twinstorm/asio_net/asio_loop.h"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

using namespace std::chrono_literals;

class Timer : public net::Activity {
public:
    std::optional<TimePoint> deadline;
    std::function<void(TimePoint)> on_advance;

    void advance(TimePoint now) override {
        const TimePoint due = *deadline;
        EXPECT_GE(now, due);
        deadline.reset();
        on_advance(now);
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return deadline; }
};

TEST(AsioLoop, ServesDeadlinesInOrder) {
    LiveWorld world;
    const TimePoint start = world.loop->now();
    std::vector<int> order;
    Timer timers[5];
    const int milliseconds[5] = {30, 10, 20, 0, 25};
    for (int number = 0; number < 5; ++number) {
        timers[number].deadline = start + std::chrono::milliseconds(milliseconds[number]);
        timers[number].on_advance = [&, number](TimePoint) {
            order.push_back(number);
            if (order.size() == 5) {
                world.loop->stop();
            }
        };
        static_cast<void>(world.loop->add(timers[number]));
    }
    world.run();
    EXPECT_EQ(order, (std::vector<int>{3, 1, 2, 4, 0}));
}

TEST(AsioLoop, OnATickServesDeadlinesPostsAndConnections) {
    LoopOptions options;
    options.tick = 2ms;
    LiveWorld world(options);
    TalkService service(echo);
    Talk client;
    std::vector<int> order;
    Timer timers[3];
    for (int number = 0; number < 3; ++number) {
        timers[number].deadline = world.loop->now() + number * 3ms;
        timers[number].on_advance = [&, number](TimePoint) { order.push_back(number); };
        static_cast<void>(world.loop->add(timers[number]));
    }
    client.on_connected = [](Talk& self) { self.say("hello"); };
    client.on_receive = [&](Talk& self) {
        self.deadline = world.loop->now() + 10ms;
        EXPECT_EQ(self.heard, "hello");
    };
    client.on_advance = [&](Talk&) { world.loop->post([&](TimePoint) { world.loop->stop(); }); };
    static_cast<void>(world.loop->carry(client, world.serve(service, true)));
    world.run();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(client.heard, "hello");
}

TEST(AsioLoop, OnATickServesMoreThanOneTurnTakes) {
    constexpr int kMany = 5'000;
    LoopOptions options;
    options.tick = 1ms;
    LiveWorld world(options);
    int served = 0;
    std::vector<std::unique_ptr<Timer>> timers;
    for (int number = 0; number < kMany; ++number) {
        timers.push_back(std::make_unique<Timer>());
        timers.back()->deadline = world.loop->now();
        timers.back()->on_advance = [&](TimePoint) {
            if (++served == kMany) {
                world.loop->stop();
            }
        };
        static_cast<void>(world.loop->add(*timers.back()));
    }
    world.run();
    EXPECT_EQ(served, kMany);
}

TEST(AsioLoop, LooksAtADeadlineAgainAfterAWake) {
    LiveWorld world;
    Timer timer;
    timer.deadline = world.loop->now() + 1h;
    timer.on_advance = [&](TimePoint) { world.loop->stop(); };
    const net::Handle handle = world.loop->add(timer);
    world.loop->post([&](TimePoint now) {
        timer.deadline = now + 1ms;
        world.loop->wake(handle);
        world.loop->wake(handle);
    });
    world.run();
    EXPECT_FALSE(timer.deadline);
}

TEST(AsioLoop, DoesNotServeWhatWasRemovedInTheSameTurn) {
    LiveWorld world;
    const TimePoint start = world.loop->now();
    Timer first;
    Timer second;
    net::Handle removed = 0;
    first.deadline = start;
    second.deadline = start + 1us;
    second.on_advance = [](TimePoint) { ADD_FAILURE() << "it was removed"; };
    Timer heir;  // Takes over the handle, and must not inherit the deadline.
    heir.deadline = start + 1h;
    heir.on_advance = [](TimePoint) { ADD_FAILURE() << "it is not due"; };
    first.on_advance = [&](TimePoint) {
        world.loop->remove(removed);
        EXPECT_EQ(world.loop->add(heir), removed);
        world.loop->post([&](TimePoint) { world.loop->stop(); });
    };
    static_cast<void>(world.loop->add(first));
    removed = world.loop->add(second);
    world.run();
    EXPECT_FALSE(first.deadline);
}

TEST(AsioLoop, AnActivityMayRemoveItself) {
    LiveWorld world;
    auto timer = std::make_unique<Timer>();
    timer->deadline = world.loop->now();
    net::Handle handle = 0;
    timer->on_advance = [&](TimePoint) {
        world.loop->remove(handle);
        world.loop->stop();
    };
    handle = world.loop->add(*timer);
    world.run();
    EXPECT_FALSE(timer->deadline);
}

// One who is always due must not keep the others from theirs.
TEST(AsioLoop, LetsOthersInWhenOneIsAlwaysDue) {
    LiveWorld world;
    Timer greedy;
    int served = 0;
    greedy.deadline = world.loop->now();
    greedy.on_advance = [&](TimePoint now) {
        ++served;
        greedy.deadline = now;
    };
    static_cast<void>(world.loop->add(greedy));
    world.run_until([&] { return served >= 100; });
    EXPECT_GE(served, 100);
}

TEST(AsioLoop, RecordsItsLag) {
    LiveWorld world;
    stats::Recorder recorder;
    recorder.open_window(kRunStart);
    world.loop->set_recorder(&recorder);
    Timer timer;
    timer.deadline = world.loop->now() + 1ms;
    timer.on_advance = [&](TimePoint) { world.loop->stop(); };
    static_cast<void>(world.loop->add(timer));
    world.run();
    EXPECT_EQ(
        recorder.current().histograms[static_cast<std::size_t>(stats::Metric::kLoopLag)].count(),
        1u);
}

TEST(AsioLoop, TakesWorkFromOtherThreadsInOrder) {
    constexpr int kMany = 1'000;
    LiveWorld world;
    std::vector<int> order;
    std::thread other([&] {
        for (int number = 0; number < kMany; ++number) {
            world.loop->post([&, number](TimePoint) {
                order.push_back(number);
                if (number == kMany - 1) {
                    world.loop->stop();
                }
            });
        }
    });
    world.run();
    other.join();
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kMany));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(AsioLoop, AStopThatComesFirstStillCounts) {
    LiveWorld world;
    world.loop->stop();
    world.run();  // The watchdog would find out.
    bool ran = false;
    world.loop->post([&](TimePoint) {
        ran = true;
        world.loop->stop();
    });
    world.run();
    EXPECT_TRUE(ran);
}

TEST(AsioLoop, HearsASignalOnce) {
    LiveWorld world;
    int heard = 0;
    world.loop->on_signal([&](int signal) {
        heard = signal;
        world.loop->stop();
    });
    world.loop->post([](TimePoint) { std::raise(SIGTERM); });
    world.run();
    EXPECT_EQ(heard, SIGTERM);
}

TEST(AsioLoop, SaysWhyItCannotListen) {
    LiveWorld world;
    TalkService service(echo);
    const net::Destination taken = world.serve(service, false);
    const auto twice = world.loop->listen({"127.0.0.1", taken.port, nullptr}, service);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::kIo);
    EXPECT_NE(twice.error().message().find("in use"), std::string::npos);
    const auto elsewhere = world.loop->listen({"192.0.2.1", 0, nullptr}, service);
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().code, ErrorCode::kIo);
    const auto nowhere = world.loop->listen({"not an address", 0, nullptr}, service);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::kInvalidArgument);
}

// The kernel spreads the clients; all are served, wherever they land.
TEST(AsioLoop, SharesAPortWithOthers) {
    LiveWorld world;
    AsioLoop other(world.clock, {});
    TalkService here([](Talk& talk) { talk.on_connected = [](Talk& self) { self.say("here"); }; });
    TalkService there(
        [](Talk& talk) { talk.on_connected = [](Talk& self) { self.say("there"); }; });
    const auto port = world.loop->listen({"127.0.0.1", 0, nullptr, true}, here);
    ASSERT_TRUE(port) << port.error().message();
    const auto same = other.listen({"127.0.0.1", *port, nullptr, true}, there);
    ASSERT_TRUE(same) << same.error().message();
    EXPECT_EQ(*same, *port);
    std::thread thread([&] { other.run(); });
    constexpr std::size_t kMany = 64;
    std::vector<std::unique_ptr<Talk>> clients;
    for (std::size_t number = 0; number < kMany; ++number) {
        clients.push_back(std::make_unique<Talk>());
        static_cast<void>(world.loop->carry(*clients.back(), {"127.0.0.1", *port, "", false}));
    }
    std::size_t answered = 0;
    std::size_t elsewhere = 0;
    world.run_until([&] {
        answered = elsewhere = 0;
        for (const auto& client : clients) {
            answered += client->heard == "here" || client->heard == "there" ? 1 : 0;
            elsewhere += client->heard == "there" ? 1 : 0;
        }
        return answered == kMany;
    });
    other.stop();
    thread.join();
    EXPECT_GT(elsewhere, 0u);  // Each way with 1 in 2^64.
    EXPECT_LT(elsewhere, kMany);
    const auto alone = world.loop->listen({"127.0.0.1", *port, nullptr}, here);
    ASSERT_FALSE(alone);
    EXPECT_NE(alone.error().message().find("in use"), std::string::npos);
}

TEST(AsioLoop, MayGoWhileConnectionsAreOpen) {
    auto world = std::make_unique<LiveWorld>();
    TalkService service([](Talk& talk) {
        talk.on_disconnected = [](Talk&) { ADD_FAILURE() << "the service may be gone by then"; };
    });
    Talk client;
    client.on_disconnected = [](Talk&) { ADD_FAILURE() << "nobody is told any more"; };
    static_cast<void>(world->loop->carry(client, world->serve(service, true)));
    world->run_until([&] { return client.times_connected == 1 && service.peers.size() == 1; });
    world.reset();
    EXPECT_TRUE(client.ends.empty());
}

}  // namespace
}  // namespace twinstorm::asio_net

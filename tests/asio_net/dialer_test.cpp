#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

Error end_of(LiveWorld& world, const net::Destination& destination) {
    Talk client;
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    const net::Handle handle = world.loop->carry(client, destination);
    world.run();
    world.loop->remove(handle);
    EXPECT_EQ(client.times_connected, 0);
    return client.ends.empty() ? Error{} : client.ends[0];
}

TEST(Dialer, SaysWhichPortNobodyListensAt) {
    LiveWorld world;
    const ClosedPort closed;
    const Error why = end_of(world, {"127.0.0.1", closed.port(), "", false});
    EXPECT_EQ(why.code, ErrorCode::kUnreachable);
    EXPECT_EQ(why.message(), "127.0.0.1:" + std::to_string(closed.port()) + ": Connection refused");
}

TEST(Dialer, DoesNotKeepTheLoopWhileADialFailsAgainAndAgain) {
    LiveWorld world;
    const ClosedPort closed;
    Talk stubborn;
    stubborn.on_disconnected = [&](Talk& self) { EXPECT_EQ(self.times_connected, 0); };
    static_cast<void>(world.loop->carry(stubborn, {"127.0.0.1", closed.port(), "", false}));
    world.run_until([&] { return stubborn.ends.size() >= 5; });
    EXPECT_GE(stubborn.ends.size(), 5u);
}

TEST(Dialer, SaysWhichNameIsUnknown) {
    LiveWorld world;
    const std::string name(300, 'a');  // Too long for any name: no server is asked.
    const Error why = end_of(world, {name, 8883, "", false});
    EXPECT_EQ(why.code, ErrorCode::kUnreachable);
    EXPECT_TRUE(why.message().starts_with(name + ":8883: the name was not resolved"))
        << why.message();
}

// `localhost` may be ::1 first, where nobody listens.
TEST(Dialer, ResolvesANameOnceForAllWhoWait) {
    LiveWorld world;
    TalkService service(echo);
    net::Destination destination = world.serve(service, false);
    destination.host = "localhost";
    int connected = 0;
    std::vector<std::unique_ptr<Talk>> clients;
    for (int number = 0; number < 5; ++number) {
        clients.push_back(std::make_unique<Talk>());
        clients.back()->on_connected = [&](Talk&) {
            if (++connected == 5) {
                world.loop->stop();
            }
        };
        static_cast<void>(world.loop->carry(*clients.back(), destination));
    }
    world.run();
    EXPECT_EQ(connected, 5);
}

TEST(Dialer, TakesTheSourceAddressesInTurn) {
    LoopOptions options;
    options.source_addresses = {"127.0.0.2", "127.0.0.3"};
    LiveWorld world(options);
    TalkService service(echo);
    const net::Destination destination = world.serve(service, false);
    std::vector<std::unique_ptr<Talk>> clients;
    for (int number = 0; number < 4; ++number) {
        clients.push_back(std::make_unique<Talk>());
        static_cast<void>(world.loop->carry(*clients.back(), destination));
    }
    world.run_until([&] { return service.peers.size() == 4; });
    int second = 0;
    int third = 0;
    for (const std::string& peer : service.peers) {
        second += peer.starts_with("127.0.0.2:") ? 1 : 0;
        third += peer.starts_with("127.0.0.3:") ? 1 : 0;
    }
    EXPECT_EQ(second, 2);
    EXPECT_EQ(third, 2);
}

TEST(Dialer, NamesTheSourceAddressThatThisMachineDoesNotHave) {
    LoopOptions options;
    options.source_addresses = {"192.0.2.1"};
    LiveWorld world(options);
    TalkService service(echo);
    const Error why = end_of(world, world.serve(service, false));
    EXPECT_EQ(why.code, ErrorCode::kExhausted);
    EXPECT_NE(why.message().find("from 192.0.2.1"), std::string::npos) << why.message();
}

class InOrder : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Over, InOrder, testing::Bool(),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(InOrder, OneDialAfterTheOtherWhenOneIsTheLimit) {
    constexpr int kMany = 20;
    LoopOptions options;
    options.connects_in_flight_max = 1;
    LiveWorld world(options);
    TalkService service(echo);
    const net::Destination destination = world.serve(service, GetParam());
    std::vector<int> order;
    std::vector<std::unique_ptr<Talk>> clients;
    for (int number = 0; number < kMany; ++number) {
        clients.push_back(std::make_unique<Talk>());
        clients.back()->on_connected = [&, number](Talk&) { order.push_back(number); };
        static_cast<void>(world.loop->carry(*clients.back(), destination));
    }
    world.run_until([&] { return order.size() == kMany; });
    for (int number = 0; number < kMany; ++number) {
        EXPECT_EQ(order[static_cast<std::size_t>(number)], number);
    }
}

TEST_P(InOrder, ADialThatIsNoLongerWantedEndsInDisconnected) {
    LoopOptions options;
    options.connects_in_flight_max = 1;
    LiveWorld world(options);
    TalkService service(echo);
    const net::Destination destination = world.serve(service, GetParam());
    Talk first;
    Talk withdrawn;
    Talk last;
    net::Handle waiting = 0;
    bool asked = false;
    static_cast<void>(world.loop->carry(first, destination));
    waiting = world.loop->carry(withdrawn, destination);
    static_cast<void>(world.loop->carry(last, destination));
    world.loop->post([&](TimePoint) {
        withdrawn.wants = false;
        world.loop->wake(waiting);
        asked = true;
    });
    world.run_until([&] { return last.times_connected == 1; });
    EXPECT_TRUE(asked);
    EXPECT_EQ(withdrawn.times_connected, 0);
    ASSERT_EQ(withdrawn.ends.size(), 1u);
    EXPECT_EQ(withdrawn.ends[0].code, ErrorCode::kCancelled);
    EXPECT_EQ(first.times_connected, 1);
}

TEST_P(InOrder, ARemovedDialGivesItsPlaceToTheNext) {
    LoopOptions options;
    options.connects_in_flight_max = 1;
    LiveWorld world(options);
    TalkService silent([](Talk&) {});
    const net::Destination destination = world.serve(silent, GetParam());
    auto removed = std::make_unique<Talk>();
    Talk next;
    const net::Handle handle = world.loop->carry(*removed, destination);
    static_cast<void>(world.loop->carry(next, destination));
    world.loop->post([&](TimePoint) {
        world.loop->remove(handle);
        removed.reset();
    });
    world.run_until([&] { return next.times_connected == 1; });
    EXPECT_EQ(next.times_connected, 1);
}

}  // namespace
}  // namespace twinstorm::asio_net

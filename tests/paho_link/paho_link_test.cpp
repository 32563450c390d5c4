// What is PahoLink's own, beside the law of the port: its ways out when Paho is stuck, and the
// words it finds for what Paho does not say.
#include "twinstorm/paho_link/paho_link.h"

#include <algorithm>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "paho_link/paho_kind.h"

namespace twinstorm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Welcome = ScriptedBroker::Welcome;

// Accepts an MQTT client, and then reads nothing more: what is written to it gets stuck.
class DeafServer {
public:
    DeafServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_, generic, size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this] { welcome(); });
    }
    ~DeafServer() {
        thread_.join();
        ::close(connection_);
        ::close(listener_);
    }
    DeafServer(const DeafServer&) = delete;
    DeafServer& operator=(const DeafServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    void welcome() {
        connection_ = ::accept(listener_, nullptr, nullptr);
        char connect[1024];
        EXPECT_GT(::recv(connection_, connect, sizeof connect, 0), 0);
        const unsigned char accepted[] = {0x20, 0x02, 0x00, 0x00};
        EXPECT_EQ(::send(connection_, accepted, sizeof accepted, MSG_NOSIGNAL), 4);
    }

    int listener_;
    int connection_ = -1;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};

TEST(PahoLink, ClosesBeforeItHasBegunToConnect) {
    MessageLinkWorld world(paho_kind());
    world.open();
    world.close();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kCancelled);
    EXPECT_THAT(world.user.opened, IsEmpty());
    ASSERT_TRUE(world.open_and_wait());
    EXPECT_EQ(world.user.closed.size(), 1u);
}

TEST(PahoLink, ClosesInTimeWhenTheServerReadsNoMore) {
    DeafServer deaf;
    MessageLinkWorld world(paho_kind());
    world.connect_to({"127.0.0.1", deaf.port(), "", false});
    ASSERT_TRUE(world.open_and_wait());
    const std::string large(256 * 1024, 'x');
    for (int number = 0; number < 64; ++number) {  // More than the kernel takes in.
        world.publish("topic", large);
    }
    world.close();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kCancelled);
    EXPECT_THAT(world.user.acknowledged, IsEmpty());
}

TEST(PahoLink, GoesInTimeWhenTheServerReadsNoMore) {
    DeafServer deaf;
    MessageLinkWorld world(paho_kind());
    world.connect_to({"127.0.0.1", deaf.port(), "", false});
    ASSERT_TRUE(world.open_and_wait());
    const std::string large(256 * 1024, 'x');
    for (int number = 0; number < 64; ++number) {
        world.publish("topic", large);
    }
    world.drop_link();
    const std::size_t told = world.user.told.size();
    world.run_what_is_posted();
    EXPECT_EQ(world.user.told.size(), told);
}

// Its attempt to connect is thrown away with Paho's client: the link still has the message.
TEST(PahoLink, SendsAgainWhatAThrownAwayClientHadInFlight) {
    MessageLinkWorld world(paho_kind());
    world.broker.acknowledges = false;
    world.broker.session_present = true;
    ASSERT_TRUE(world.open_and_wait());
    const auto first = world.publish("topic", "first");
    const auto second = world.publish("topic", "second");
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 2; }));
    world.broker.hang_up();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    world.broker.welcome = Welcome::kSilence;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.broker.connects.size() == 2; }));
    world.close();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 2; }));

    world.broker.welcome = Welcome::kAccept;
    world.broker.acknowledges = true;
    ASSERT_TRUE(world.open_and_wait());
    const auto third = world.publish("topic", "third");
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 3; }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(first, second, third));
    EXPECT_EQ(world.broker.publications.size(), 5u);
    EXPECT_EQ(world.broker.publications[2].payload, "first");
    EXPECT_EQ(world.broker.publications[4].payload, "third");
}

TEST(PahoLink, OpensForAnotherClientId) {
    MessageLinkWorld world(paho_kind());
    ASSERT_TRUE(world.open_and_wait());
    world.close();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    world.link().open({"another", "hub/another", "token", std::chrono::seconds(60), false},
                      world.now());
    ASSERT_TRUE(world.run_until([&] { return world.user.opened.size() == 2; }));
    EXPECT_EQ(world.broker.connects[1].client_id, "another");
}

TEST(PahoLink, ClosesOverATopicThatIsNoText) {
    MessageLinkWorld world(paho_kind());
    ASSERT_TRUE(world.open_and_wait());
    world.publish("not \xff UTF-8", "payload");
    EXPECT_THAT(world.user.closed, IsEmpty()) << "called inside publish()";
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kInvalidArgument);
    ASSERT_TRUE(world.open_and_wait());
    const auto id = world.publish("topic", "payload");
    ASSERT_TRUE(world.run_until([&] { return !world.user.acknowledged.empty(); }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(id));
    EXPECT_EQ(world.user.closed.size(), 1u) << "it was tried again";
}

TEST(PahoLink, ClosesOverAClientIdThatIsNoText) {
    MessageLinkWorld world(paho_kind());
    world.link().open({"not \xff UTF-8", "user", "token", std::chrono::seconds(60), false},
                      world.now());
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kInvalidArgument);
    ASSERT_TRUE(world.open_and_wait());
}

TEST(PahoLink, SaysThatTheCaFileIsNotThere) {
    MessageLinkWorld world(LinkKind{"",
                                    [](const LinkPlace& place, net::LinkUser& user) {
                                        LinkPlace other = place;
                                        other.ca_file = "no-such-file.pem";
                                        return make_paho_link(other, user);
                                    }},
                           MessageLinkWorld::Trust::kTls);
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kTls);
}

// Paho has one word for both, so the error must name the two.
TEST(PahoLink, NamesTheCertificateWhenItIsForAnotherHost) {
    MessageLinkWorld world(paho_kind(), MessageLinkWorld::Trust::kTls);
    net::Destination other = world.destination();
    other.host = "127.0.0.2";
    world.connect_to(other);
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_EQ(world.user.closed[0].code, ErrorCode::kUnreachable);
    EXPECT_THAT(world.user.closed[0].detail, testing::HasSubstr("certificate"));
}

TEST(PahoLink, ConnectsByName) {
    MessageLinkWorld world(paho_kind(), MessageLinkWorld::Trust::kTls);
    net::Destination named = world.destination();
    named.host = "localhost";
    named.server_name = "twinstorm.azure-devices.net";  // Paho verifies the host.
    world.connect_to(named);
    ASSERT_TRUE(world.open_and_wait());
}

TEST(PahoLink, ServesManyOnOneLoop) {
    constexpr std::size_t kLinks = 20;
    MessageLinkWorld world(paho_kind());
    std::vector<std::unique_ptr<RecordingUser>> users;
    std::vector<LinkOnLoop> links;
    for (std::size_t number = 0; number < kLinks; ++number) {
        users.push_back(std::make_unique<RecordingUser>());
        RecordingUser& user = *users.back();
        links.push_back(world.add_link(user));
        net::MessageLink& link = *links.back().link;
        user.on_told = world.user.on_told;
        user.on_open = [&link, &world] {
            link.publish({"topic", std::as_bytes(std::span("payload")), 1, false}, world.now());
        };
        link.open(
            {"gateway-" + std::to_string(number), "user", "token", std::chrono::seconds(60), false},
            world.now());
    }
    EXPECT_TRUE(world.run_until([&] {
        return std::ranges::all_of(users,
                                   [](const auto& user) { return user->acknowledged.size() == 1; });
    }));
    for (LinkOnLoop& each : links) {
        world.remove(each);
    }
}

}  // namespace
}  // namespace twinstorm

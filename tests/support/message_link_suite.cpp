#include "support/message_link_suite.h"

#include <algorithm>

namespace twinstorm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Welcome = ScriptedBroker::Welcome;

std::vector<std::string> payloads(const ScriptedBroker& broker, std::size_t from = 0) {
    std::vector<std::string> payloads;
    for (std::size_t at = from; at < broker.publications.size(); ++at) {
        payloads.push_back(broker.publications[at].payload);
    }
    return payloads;
}

std::vector<std::uint16_t> packet_ids(const ScriptedBroker& broker, std::size_t from = 0) {
    std::vector<std::uint16_t> ids;
    for (std::size_t at = from; at < broker.publications.size(); ++at) {
        ids.push_back(broker.publications[at].packet_id);
    }
    return ids;
}

testing::AssertionResult closed_with(const RecordingUser& user, std::vector<ErrorCode> codes) {
    std::vector<ErrorCode> heard;
    std::string words;
    for (const Error& why : user.closed) {
        heard.push_back(why.code);
        words += why.message() + "; ";
    }
    return heard == codes ? testing::AssertionSuccess()
                          : testing::AssertionFailure() << "closed with: " << words;
}

// --- Opening --------------------------------------------------------------------------------

TEST_P(MessageLinkSuite, OpensWithWhatItWasGiven) {
    MessageLinkWorld world(GetParam());
    world.link().open(
        {"gw/agent", "hub/gw/agent", "SharedAccessSignature sr=x", std::chrono::seconds(77), true},
        world.now());
    ASSERT_TRUE(world.run_until([&] { return !world.user.opened.empty(); }));
    EXPECT_EQ(world.user.opened[0].return_code, 0);
    EXPECT_FALSE(world.user.opened[0].session_present);
    ASSERT_EQ(world.broker.connects.size(), 1u);
    const auto& connect = world.broker.connects[0];
    EXPECT_EQ(connect.client_id, "gw/agent");
    EXPECT_EQ(connect.user_name, "hub/gw/agent");
    EXPECT_EQ(connect.password, "SharedAccessSignature sr=x");
    EXPECT_EQ(connect.keep_alive, 77);
    EXPECT_EQ(connect.level, 4);
    EXPECT_TRUE(connect.clean_session);
    EXPECT_THAT(world.user.closed, IsEmpty());
}

TEST_P(MessageLinkSuite, TellsWhetherTheServerKeptTheSession) {
    MessageLinkWorld world(GetParam());
    world.broker.session_present = true;
    ASSERT_TRUE(world.open_and_wait());
    EXPECT_TRUE(world.user.opened[0].session_present);
    EXPECT_FALSE(world.broker.connects[0].clean_session);
}

TEST_P(MessageLinkSuite, TellsARefusalWithItsCodeAndThenCloses) {
    for (std::uint8_t code = 1; code <= 5; ++code) {
        MessageLinkWorld world(GetParam());
        world.broker.code = static_cast<mqtt::ConnectCode>(code);
        std::size_t opened_before_closed = 0;
        world.user.on_close = [&] { opened_before_closed = world.user.opened.size(); };
        world.open();
        ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
        ASSERT_EQ(world.user.opened.size(), 1u);
        EXPECT_EQ(world.user.opened[0].return_code, code);
        EXPECT_EQ(opened_before_closed, 1u);
        EXPECT_TRUE(closed_with(world.user, {ErrorCode::kRefused}));
        EXPECT_EQ(world.broker.connects.size(), 1u) << "it may not try again by itself";
    }
}

TEST_P(MessageLinkSuite, OpensAfterARefusal) {
    MessageLinkWorld world(GetParam());
    world.broker.code = mqtt::ConnectCode::kNotAuthorized;
    world.open(false, "expired");
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    world.broker.code = mqtt::ConnectCode::kAccepted;
    world.open(false, "fresh");
    ASSERT_TRUE(world.run_until([&] { return world.user.opened.size() == 2; }));
    EXPECT_EQ(world.user.opened[1].return_code, 0);
    EXPECT_EQ(world.broker.connects[1].password, "fresh");
    EXPECT_EQ(world.user.closed.size(), 1u);
}

TEST_P(MessageLinkSuite, SaysThatNobodyListens) {
    MessageLinkWorld world(GetParam());
    net::Destination nobody = world.destination();
    {
        const MessageLinkWorld gone(GetParam());
        nobody.port = gone.destination().port;
    }
    world.connect_to(nobody);
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kUnreachable}));
    EXPECT_NE(world.user.closed[0].detail.find(std::to_string(nobody.port)), std::string::npos);
    EXPECT_THAT(world.user.opened, IsEmpty());
}

TEST_P(MessageLinkSuite, SaysThatTheServerClosedBeforeItsAnswer) {
    for (const Welcome welcome : {Welcome::kHangUpAtOnce, Welcome::kHangUp}) {
        MessageLinkWorld world(GetParam());
        world.broker.welcome = welcome;
        world.open();
        ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
        EXPECT_TRUE(closed_with(world.user, {ErrorCode::kClosedByPeer}));
        EXPECT_THAT(world.user.opened, IsEmpty());
    }
}

TEST_P(MessageLinkSuite, SaysThatTheServerClosedRightAfterItsAnswer) {
    MessageLinkWorld world(GetParam());
    world.broker.welcome = Welcome::kAcceptAndHangUp;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_EQ(world.user.opened.size(), 1u);
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kClosedByPeer}));
}

TEST_P(MessageLinkSuite, SaysThatTheServerClosed) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    world.broker.hang_up();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kClosedByPeer}));
}

// --- TLS ------------------------------------------------------------------------------------

TEST_P(MessageLinkSuite, SpeaksTls) {
    MessageLinkWorld world(GetParam(), MessageLinkWorld::Trust::kTls);
    ASSERT_TRUE(world.open_and_wait());
    const auto id = world.publish("topic", "over TLS");
    ASSERT_TRUE(world.run_until([&] { return !world.user.acknowledged.empty(); }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(id));
    EXPECT_THAT(payloads(world.broker), ElementsAre("over TLS"));
    world.close();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    ASSERT_TRUE(world.open_and_wait()) << "a second time, over TLS";
}

TEST_P(MessageLinkSuite, RefusesAServerOfAnUnknownAuthority) {
    MessageLinkWorld world(GetParam(), MessageLinkWorld::Trust::kTlsWithWrongCa);
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kTls}));
    EXPECT_THAT(world.user.opened, IsEmpty());
    EXPECT_THAT(world.broker.connects, IsEmpty()) << "a token was shown to a stranger";
}

TEST_P(MessageLinkSuite, RefusesACertificateForAnotherName) {
    MessageLinkWorld world(GetParam(), MessageLinkWorld::Trust::kTls);
    net::Destination other = world.destination();
    other.host = "127.0.0.2";  // The certificate covers 127.0.0.1 and localhost.
    world.connect_to(other);
    world.open();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_THAT(world.user.opened, IsEmpty());
    EXPECT_THAT(world.broker.connects, IsEmpty()) << "a token was shown to a stranger";
}

// --- Subscribing and receiving --------------------------------------------------------------

TEST_P(MessageLinkSuite, SubscribesInOnePacket) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    world.subscribe({{"$iothub/twin/res/#", 0}, {"devices/d/messages/devicebound/#", 1}});
    ASSERT_TRUE(world.run_until([&] { return !world.user.subscribed.empty(); }));
    EXPECT_THAT(world.user.subscribed, ElementsAre(true));
    ASSERT_EQ(world.broker.subscribes.size(), 1u);
    ASSERT_EQ(world.broker.subscribes[0].size(), 2u);
    EXPECT_EQ(world.broker.subscribes[0][0].filter, "$iothub/twin/res/#");
    EXPECT_EQ(world.broker.subscribes[0][0].qos, 0);
    EXPECT_EQ(world.broker.subscribes[0][1].filter, "devices/d/messages/devicebound/#");
    EXPECT_EQ(world.broker.subscribes[0][1].qos, 1);
}

TEST_P(MessageLinkSuite, TellsASubscriptionThatWasNotGranted) {
    const std::vector<std::vector<std::uint8_t>> answers{{0x80}, {0x80, 0x80}, {0, 0x80}};
    for (const auto& answer : answers) {
        MessageLinkWorld world(GetParam());
        ASSERT_TRUE(world.open_and_wait());
        world.broker.subscription_codes = answer;
        world.subscribe(std::vector<net::TopicFilter>(answer.size(), {"a/#", 0}));
        ASSERT_TRUE(world.run_until([&] { return !world.user.subscribed.empty(); }));
        EXPECT_THAT(world.user.subscribed, ElementsAre(false));
        EXPECT_THAT(world.user.closed, IsEmpty());
    }
}

TEST_P(MessageLinkSuite, ReceivesMessagesAndAcknowledgesThoseOfQos1) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    const std::string binary("\0\x01\xff", 3);
    const auto bytes = std::as_bytes(std::span(binary));
    world.broker.send({"plain", bytes, 0, 0, false, false});
    world.broker.send({"sure", bytes, 7, 1, false, false});
    world.broker.send({"again", {}, 8, 1, false, true});
    ASSERT_TRUE(world.run_until([&] { return world.broker.acknowledgements.size() == 2; }));
    EXPECT_THAT(world.broker.acknowledgements, ElementsAre(7, 8));
    ASSERT_TRUE(world.run_until([&] { return world.user.messages.size() == 3; }));
    EXPECT_EQ(world.user.messages[0].topic, "plain");
    EXPECT_EQ(world.user.messages[0].payload, binary);
    EXPECT_EQ(world.user.messages[0].qos, 0);
    EXPECT_EQ(world.user.messages[1].topic, "sure");
    EXPECT_EQ(world.user.messages[1].qos, 1);
    EXPECT_FALSE(world.user.messages[1].duplicate);
    EXPECT_EQ(world.user.messages[2].payload, "");
    EXPECT_TRUE(world.user.messages[2].duplicate);
}

// --- Publishing -----------------------------------------------------------------------------

TEST_P(MessageLinkSuite, PublishesInOrderAndTellsAcknowledgements) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    std::vector<net::PublishId> ids;
    std::vector<std::string> texts;
    for (int number = 0; number < 100; ++number) {
        texts.push_back("message " + std::to_string(number));
        ids.push_back(world.publish("devices/d/messages/events/", texts.back()));
    }
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == ids.size(); }));
    EXPECT_EQ(world.user.acknowledged, ids);
    EXPECT_EQ(payloads(world.broker), texts);
    EXPECT_EQ(std::ranges::count(ids, net::PublishId{0}), 0);
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "two messages with one number";
    EXPECT_EQ(world.broker.publications[0].topic, "devices/d/messages/events/");
    EXPECT_FALSE(world.broker.publications[0].duplicate);
}

TEST_P(MessageLinkSuite, SaysThatMessagesAreSentBeforeTheyAreAcknowledged) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    ASSERT_TRUE(world.run_until([&] { return world.broker.connects.size() == 1; }));
    const std::size_t before = world.user.sent;
    world.publish("topic", "payload");
    EXPECT_EQ(world.user.sent, before) << "called inside publish()";
    ASSERT_TRUE(world.run_until([&] { return !world.user.acknowledged.empty(); }));
    EXPECT_GT(world.user.sent_before_first_acknowledged, before);
}

TEST_P(MessageLinkSuite, PublishesQos0WithoutANumber) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    EXPECT_EQ(world.publish("$iothub/twin/GET/?$rid=1", "", 0), 0u);
    ASSERT_TRUE(world.run_until([&] { return !world.broker.publications.empty(); }));
    EXPECT_EQ(world.broker.publications[0].topic, "$iothub/twin/GET/?$rid=1");
    EXPECT_EQ(world.broker.publications[0].qos, 0);
    EXPECT_EQ(world.broker.publications[0].payload, "");
    EXPECT_THAT(world.user.acknowledged, IsEmpty());
}

TEST_P(MessageLinkSuite, PublishesTheLargestMessageOfTheHub) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    const std::string large(256 * 1024, 'x');
    const auto id = world.publish("topic", large);
    ASSERT_TRUE(world.run_until([&] { return !world.user.acknowledged.empty(); }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(id));
    EXPECT_EQ(world.broker.publications[0].payload, large);
}

TEST_P(MessageLinkSuite, TellsAcknowledgementsInWhateverOrder) {
    MessageLinkWorld world(GetParam());
    world.broker.acknowledges = false;
    ASSERT_TRUE(world.open_and_wait());
    const auto first = world.publish("topic", "first");
    const auto second = world.publish("topic", "second");
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 2; }));
    world.broker.acknowledge(world.broker.publications[1].packet_id);
    world.broker.acknowledge(12'345);  // For nothing: no client may stumble.
    world.broker.acknowledge(world.broker.publications[0].packet_id);
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 2; }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(second, first));
}

// --- What survives a connection -------------------------------------------------------------

TEST_P(MessageLinkSuite, SendsAgainWhatWasNotAcknowledged) {
    MessageLinkWorld world(GetParam());
    world.broker.acknowledges = false;
    ASSERT_TRUE(world.open_and_wait());
    std::vector<net::PublishId> ids;
    for (const char* text : {"one", "two", "three"}) {
        ids.push_back(world.publish("topic", text));
    }
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 3; }));
    world.broker.hang_up();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    EXPECT_THAT(world.user.acknowledged, IsEmpty());

    world.broker.acknowledges = true;
    world.broker.session_present = true;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 3; }));
    const auto fourth = world.publish("topic", "four");
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 4; }));
    ids.push_back(fourth);
    EXPECT_EQ(world.user.acknowledged, ids) << "each of them once, in order";
    EXPECT_THAT(payloads(world.broker, 3), ElementsAre("one", "two", "three", "four"));

    // As [MQTT-4.4.0-1] and [MQTT-3.3.1-1] say: under the same identifiers, with DUP.
    const auto before = packet_ids(world.broker);
    EXPECT_TRUE(std::ranges::equal(std::span(before).first(3), std::span(before).subspan(3, 3)));
    EXPECT_TRUE(world.broker.publications[3].duplicate);
    EXPECT_TRUE(world.broker.publications[5].duplicate);
    EXPECT_FALSE(world.broker.publications[6].duplicate);
}

TEST_P(MessageLinkSuite, SendsAgainToAServerThatForgotTheSession) {
    for (const bool clean_session : {false, true}) {
        MessageLinkWorld world(GetParam());
        world.broker.acknowledges = false;
        ASSERT_TRUE(world.open_and_wait(clean_session));
        const auto first = world.publish("topic", "one");
        const auto second = world.publish("topic", "two");
        ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 2; }));
        world.broker.hang_up();
        ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));

        world.broker.acknowledges = true;
        world.open(clean_session);
        ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 2; }));
        EXPECT_THAT(world.user.acknowledged, ElementsAre(first, second));
        EXPECT_THAT(payloads(world.broker, 2), ElementsAre("one", "two"));
    }
}

TEST_P(MessageLinkSuite, SendsAgainAfterItClosedForANewPassword) {
    MessageLinkWorld world(GetParam());
    world.broker.acknowledges = false;
    ASSERT_TRUE(world.open_and_wait());
    const auto id = world.publish("topic", "in flight");
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 1; }));
    world.close();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));

    world.broker.acknowledges = true;
    world.broker.session_present = true;
    world.open(false, "renewed");
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 1; }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(id));
    EXPECT_EQ(world.broker.connects[1].password, "renewed");
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kCancelled}));
}

TEST_P(MessageLinkSuite, SendsAgainAfterAnAttemptThatFailed) {
    MessageLinkWorld world(GetParam());
    world.broker.acknowledges = false;
    ASSERT_TRUE(world.open_and_wait());
    const auto id = world.publish("topic", "patient");
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() == 1; }));
    world.broker.hang_up();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    world.broker.welcome = Welcome::kHangUp;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 2; }));

    world.broker.welcome = Welcome::kAccept;
    world.broker.acknowledges = true;
    world.broker.session_present = true;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() == 1; }));
    EXPECT_THAT(world.user.acknowledged, ElementsAre(id));
    EXPECT_THAT(payloads(world.broker), ElementsAre("patient", "patient"));
}

TEST_P(MessageLinkSuite, PublishesWhileTheServerIsGoingAway) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    std::vector<net::PublishId> ids;
    // The link learns of the end after its user has published more.
    world.broker.on_heard = [&] {
        if (world.broker.ended == 0) {
            world.broker.hang_up();
        }
    };
    for (int number = 0; number < 20; ++number) {
        ids.push_back(world.publish("topic", std::to_string(number)));
    }
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == 1; }));
    world.broker.session_present = true;
    world.broker.on_heard = nullptr;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.user.acknowledged.size() >= ids.size(); }));
    auto heard = world.user.acknowledged;
    std::ranges::sort(heard);
    EXPECT_EQ(heard, ids) << "each of them once";
}

// --- Closing --------------------------------------------------------------------------------

TEST_P(MessageLinkSuite, ClosesWithDisconnect) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    world.close();
    EXPECT_THAT(world.user.closed, IsEmpty()) << "called inside close()";
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kCancelled}));
    ASSERT_TRUE(world.run_until([&] { return world.broker.ended == 1; }));
    EXPECT_EQ(world.broker.disconnects, 1u);
}

TEST_P(MessageLinkSuite, ClosesAfterWhatItHasPublished) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    world.publish("topic", "last words");
    world.close();
    ASSERT_TRUE(world.run_until([&] { return world.broker.ended == 1; }));
    EXPECT_THAT(payloads(world.broker), ElementsAre("last words"));
    EXPECT_EQ(world.broker.disconnects, 1u);
}

TEST_P(MessageLinkSuite, ClosesWhileItConnects) {
    MessageLinkWorld world(GetParam());
    world.broker.welcome = Welcome::kSilence;
    world.open();
    ASSERT_TRUE(world.run_until([&] { return world.broker.connects.size() == 1; }));
    world.close();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kCancelled}));
    EXPECT_THAT(world.user.opened, IsEmpty());

    world.broker.welcome = Welcome::kAccept;
    ASSERT_TRUE(world.open_and_wait());
    EXPECT_EQ(world.user.opened[0].return_code, 0);
}

TEST_P(MessageLinkSuite, ClosesOnceHoweverOftenItIsTold) {
    MessageLinkWorld world(GetParam());
    world.close();  // Idle: nothing to close.
    world.run_what_is_posted();
    world.run_what_is_posted();
    EXPECT_THAT(world.user.closed, IsEmpty());
    ASSERT_TRUE(world.open_and_wait());
    world.close();
    world.close();
    ASSERT_TRUE(world.run_until([&] { return world.broker.ended == 1; }));
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    ASSERT_TRUE(world.open_and_wait());
    EXPECT_TRUE(closed_with(world.user, {ErrorCode::kCancelled}));
}

TEST_P(MessageLinkSuite, OpensTenTimesOneAfterAnother) {
    constexpr std::size_t kTimes = 10;
    MessageLinkWorld world(GetParam());
    world.user.on_open = [&] { world.close(); };
    world.user.on_close = [&] {
        if (world.user.closed.size() < kTimes) {
            world.open(false, "token " + std::to_string(world.user.closed.size()));
        }
    };
    world.open(false, "token 0");
    ASSERT_TRUE(world.run_until([&] { return world.user.closed.size() == kTimes; }));
    EXPECT_EQ(world.user.opened.size(), kTimes);
    ASSERT_EQ(world.broker.connects.size(), kTimes);
    for (std::size_t time = 0; time < kTimes; ++time) {
        EXPECT_EQ(world.broker.connects[time].password, "token " + std::to_string(time));
        EXPECT_EQ(world.user.closed[time].code, ErrorCode::kCancelled);
    }
}

// --- Time and the end -----------------------------------------------------------------------

TEST_P(MessageLinkSuite, ServesTheDeadlinesOfItsUser) {
    MessageLinkWorld world(GetParam());
    const TimePoint idle = world.now() + std::chrono::milliseconds(2);
    world.user.deadline = idle;
    ASSERT_TRUE(world.run_until([&] { return !world.user.deadline; }));
    EXPECT_GE(world.user.advanced.back(), idle);

    // One that an event of the link brought up.
    TimePoint later{};
    world.user.on_open = [&] {
        later = world.now() + std::chrono::milliseconds(2);
        world.user.deadline = later;
    };
    world.open();
    ASSERT_TRUE(
        world.run_until([&] { return !world.user.opened.empty() && !world.user.deadline; }));
    EXPECT_GE(world.user.advanced.back(), later);
}

TEST_P(MessageLinkSuite, TellsTimesThatHavePassed) {
    MessageLinkWorld world(GetParam());
    const TimePoint before = world.now();
    ASSERT_TRUE(world.open_and_wait());
    world.publish("topic", "payload");
    ASSERT_TRUE(world.run_until([&] { return !world.user.acknowledged.empty(); }));
    world.close();
    ASSERT_TRUE(world.run_until([&] { return !world.user.closed.empty(); }));
    for (const TimePoint told : world.user.told) {
        EXPECT_GE(told, before);
        EXPECT_LE(told, world.now());
    }
}

TEST_P(MessageLinkSuite, SaysNothingOnceItIsGone) {
    MessageLinkWorld world(GetParam());
    ASSERT_TRUE(world.open_and_wait());
    world.broker.session_present = true;
    for (int number = 0; number < 50; ++number) {
        world.publish("topic", "payload");
    }
    ASSERT_TRUE(world.run_until([&] { return world.broker.publications.size() >= 10; }));
    const std::size_t told = world.user.told.size();
    world.drop_link();
    ASSERT_TRUE(world.run_until([&] { return world.broker.ended == 1; }));
    EXPECT_EQ(world.user.told.size(), told);
}

TEST_P(MessageLinkSuite, CanGoWhileItConnects) {
    MessageLinkWorld world(GetParam());
    world.open();
    world.drop_link();
    world.run_what_is_posted();
    EXPECT_THAT(world.user.told, IsEmpty());
}

}  // namespace
}  // namespace twinstorm

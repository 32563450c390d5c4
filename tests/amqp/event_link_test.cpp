// Consumers of events: positions, layout, credit, epochs, slow readers.
#include "amqp/event_link.h"

#include <proton/condition.h>

#include "amqp/endpoint_fixture.h"
#include "amqp/limits.h"

namespace twinstorm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventLinkTest : public EndpointTest {
protected:
    EventLinkTest() : connection_(authorized()) {}

    [[nodiscard]] std::vector<std::string> read(const Attachment& attachment) {
        pn_link_t* const link = connection_->client.receiver(attachment);
        carry(*connection_);
        EXPECT_EQ(connection_->client.link_error(link), "");
        auto result = bodies(connection_->client.received(link));
        connection_->client.detach(link);
        carry(*connection_);
        return result;
    }
    void fill(int count) {
        for (int i = 0; i < count; ++i) {
            events_.append(0, std::to_string(i), {}, kVirtualEpoch + i * 1s);
        }
    }

    std::unique_ptr<Connection> connection_;
};

TEST_F(EventLinkTest, TelemetryLooksAsOnTheRealEndpoint) {
    events_.append(0, "{}", "%24.mid=m1&%24.ct=application%2Fjson&color=red&flag");
    pn_link_t* const link = connection_->client.receiver(reader("r"));
    carry(*connection_);
    const auto received = connection_->client.received(link);
    ASSERT_THAT(received, SizeIs(1));
    EXPECT_EQ(
        received[0].annotations,
        R"({:"x-opt-sequence-number"=0, :"x-opt-offset"="0", )"
        R"(:"x-opt-enqueued-time"=1767225600000, :"x-opt-partition-key"="gw-1", )"
        R"(:"iothub-connection-device-id"="gw-1", )"
        R"(:"iothub-connection-auth-generation-id"="638", )"
        R"(:"iothub-connection-auth-method"="{\x22scope\x22:\x22device\x22,\x22type\x22:\x22sas\x22,)"
        R"(\x22issuer\x22:\x22iothub\x22,\x22acceptingIpFilterRule\x22:null}", )"
        R"(:"iothub-enqueuedtime"=1767225600000, :"iothub-message-source"="Telemetry"})");
    EXPECT_EQ(received[0].application, R"({"color"="red", "flag"=null})");
    EXPECT_EQ(received[0].body, R"(b"{}")");
    EXPECT_EQ(received[0].delivery_annotations, "");
    EXPECT_THAT(received[0].properties, HasSubstr(R"(content_type="application/json")"));
}

TEST_F(EventLinkTest, SelectorsChooseWhereToBegin) {
    fill(4);
    const std::string at_1s = std::to_string(kVirtualEpoch.time_since_epoch() / 1ms + 1000);
    const std::string offset = std::to_string(events_.log(0).info().last_offset);
    const auto from = [this](const std::string& filter) { return read(reader("r", filter)); };
    EXPECT_THAT(read(reader("r")), SizeIs(4));
    EXPECT_THAT(from("amqp.annotation.x-opt-offset > '-1'"), SizeIs(4));
    EXPECT_THAT(from("amqp.annotation.x-opt-offset > '@latest'"), IsEmpty());
    EXPECT_THAT(from("amqp.annotation.x-opt-offset > '" + offset + "'"), IsEmpty());
    EXPECT_THAT(from("amqp.annotation.x-opt-offset >= '" + offset + "'"), ElementsAre(R"(b"3")"));
    EXPECT_THAT(from("amqp.annotation.x-opt-sequence-number > '2'"), ElementsAre(R"(b"3")"));
    EXPECT_THAT(from("amqp.annotation.x-opt-sequence-number >= '2'"), SizeIs(2));
    EXPECT_THAT(from("amqp.annotation.x-opt-enqueued-time > '" + at_1s + "'"), SizeIs(2));
    EXPECT_THAT(from("amqp.annotation.x-opt-enqueued-time >= '" + at_1s + "'"), SizeIs(3));
}

TEST_F(EventLinkTest, ASelectorThatIsNotUnderstoodIsRefused) {
    pn_link_t* const link =
        connection_->client.receiver(reader("r", "amqp.annotation.color = 'red'"));
    carry(*connection_);
    EXPECT_EQ(connection_->client.link_error(link), "amqp:invalid-field");
}

TEST_F(EventLinkTest, LatestMeansWhenTheLinkCameNotWhenItGotCredit) {
    fill(2);
    Attachment attachment = reader("r", "amqp.annotation.x-opt-offset > '@latest'");
    attachment.credit = 0;
    pn_link_t* const link = connection_->client.receiver(attachment);
    carry(*connection_);
    events_.append(0, "new");
    pn_link_flow(link, 5);
    carry(*connection_);
    EXPECT_THAT(bodies(connection_->client.received(link)), ElementsAre(R"(b"new")"));
}

TEST_F(EventLinkTest, EventsAreSentAsTheyCome) {
    for (const bool held : {false, true}) {
        events_.delay.holds = held;
        pn_link_t* const link = connection_->client.receiver(
            reader(held ? "held" : "at once", "amqp.annotation.x-opt-offset > '@latest'"));
        const auto settle = [this] {
            do {
                carry(*connection_);
            } while (events_.delay.release());
        };
        settle();
        events_.append(0, "a");
        settle();
        events_.append(0, "b");
        events_.append(0, "c");
        settle();
        EXPECT_THAT(bodies(connection_->client.received(link)),
                    ElementsAre(R"(b"a")", R"(b"b")", R"(b"c")"))
            << held;
    }
}

TEST_F(EventLinkTest, AnEventWakesTheLoop) {
    connection_->client.receiver(reader("r"));
    carry(*connection_);
    const net::Handle handle = 1;  // The fixture's first.
    EXPECT_FALSE(loop_.was_woken(handle));
    events_.append(0, "a");
    EXPECT_TRUE(loop_.was_woken(handle));
    EXPECT_EQ(connection_->server->next_deadline(), kRunStart);
}

TEST_F(EventLinkTest, CreditIsNeverExceeded) {
    fill(20);
    Attachment attachment = reader("r");
    attachment.credit = 3;
    pn_link_t* const link = connection_->client.receiver(attachment);
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(link), SizeIs(3));
    pn_link_flow(link, 4);
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(link), SizeIs(4));
}

TEST_F(EventLinkTest, DrainGivesCreditBack) {
    fill(2);
    pn_link_t* const link = connection_->client.receiver(reader("r"));
    carry(*connection_);
    pn_link_drain(link, 0);
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(link), SizeIs(2));
    EXPECT_EQ(pn_link_credit(link), 0);
}

TEST_F(EventLinkTest, SettledDeliveriesAreSentSettled) {
    fill(3);
    connection_->client.settles = false;
    Attachment attachment = reader("r");
    attachment.settled = true;
    pn_link_t* const link = connection_->client.receiver(attachment);
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(link), SizeIs(3));
}

TEST_F(EventLinkTest, AllIsReadInOrderWhateverTheSize) {
    std::vector<std::string> expected;
    for (int i = 0; i < 40; ++i) {
        const std::string body(static_cast<std::size_t>(i) * 5'000,
                               static_cast<char>('a' + i % 26));
        events_.append(0, body);
        expected.push_back("b\"" + body + '"');
    }
    Attachment attachment = reader("r");
    attachment.credit = 1'000;
    EXPECT_EQ(read(attachment), expected);
}

TEST_F(EventLinkTest, ASlowReaderIsNotReadAheadFor) {
    const std::string body(10'000, 'x');
    for (int i = 0; i < 2'000; ++i) {
        events_.append(0, body);
    }
    Attachment attachment = reader("r");
    attachment.credit = 2'000;
    connection_->client.receiver(attachment);
    const auto bytes = connection_->client.output();
    connection_->server->receive(bytes, now_);
    // It takes nothing from the conversation, as a full socket would.
    for (int turn = 0; turn < 100; ++turn) {
        connection_->server->advance(now_);
    }
    const std::size_t sent = service_->counts().events_delivered * body.size();
    EXPECT_LE(sent, amqp::kSendAheadBytesMax + body.size());
    Buffer first;
    connection_->server->take_outgoing(first);
    EXPECT_LE(first.size(), amqp::kTurnBytesMax);
}

TEST_F(EventLinkTest, AReaderThatSettlesNothingStops) {
    for (int i = 0; i < amqp::kUnsettledMax + 100; ++i) {
        events_.append(0, "x");
    }
    connection_->client.settles = false;
    Attachment attachment = reader("r");
    attachment.credit = amqp::kUnsettledMax + 100;
    pn_link_t* const link = connection_->client.receiver(attachment);
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(link), SizeIs(amqp::kUnsettledMax));
}

TEST_F(EventLinkTest, TheHubsOwnPathWorksToo) {
    fill(1);
    Attachment attachment = reader("r");
    attachment.address = "/messages/events/ConsumerGroups/$Default/Partitions/0";
    EXPECT_THAT(read(attachment), SizeIs(1));
    attachment.address = std::string(kEntity) + "/consumergroups/SECOND/partitions/0";
    EXPECT_THAT(read(attachment), SizeIs(1));
}

class EpochTest : public EventLinkTest {
protected:
    pn_link_t* attach(std::string name, std::optional<std::int64_t> epoch) {
        Attachment attachment = reader(std::move(name));
        attachment.epoch = epoch;
        pn_link_t* const link = connection_->client.receiver(attachment);
        carry(*connection_);
        return link;
    }
    [[nodiscard]] std::string error(pn_link_t* link) {
        return connection_->client.link_error(link);
    }
};

TEST_F(EpochTest, AHigherEpochSteals) {
    pn_link_t* const first = attach("1", 1);
    pn_link_t* const second = attach("2", 2);
    EXPECT_EQ(error(first), "amqp:link:stolen");
    EXPECT_EQ(error(second), "");
    pn_link_t* const same = attach("3", 2);
    EXPECT_EQ(error(second), "amqp:link:stolen");
    EXPECT_EQ(error(same), "");
    events_.append(0, "x");
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(same), SizeIs(1));
    EXPECT_THAT(connection_->client.received(first), IsEmpty());
}

TEST_F(EpochTest, ALowerEpochIsRefusedAndSoIsNone) {
    pn_link_t* const first = attach("1", 5);
    EXPECT_EQ(error(attach("2", 4)), "amqp:link:stolen");
    EXPECT_EQ(error(attach("3", std::nullopt)), "amqp:link:stolen");
    EXPECT_EQ(error(attach("4", -1)), "amqp:invalid-field");
    EXPECT_EQ(error(first), "");
}

TEST_F(EpochTest, AnEpochStealsFromAllWithout) {
    pn_link_t* const plain = attach("1", std::nullopt);
    pn_link_t* const exclusive = attach("2", 0);
    EXPECT_EQ(error(plain), "amqp:link:stolen");
    EXPECT_EQ(error(exclusive), "");
}

TEST_F(EpochTest, AClosedReaderMakesRoom) {
    pn_link_t* const first = attach("1", 5);
    connection_->client.detach(first);
    carry(*connection_);
    EXPECT_EQ(service_->counts().readers_now, 0U);
    EXPECT_EQ(error(attach("2", std::nullopt)), "");
}

TEST_F(EpochTest, FiveReadersWithoutAnEpochOverAllConnections) {
    const auto other = authorized();
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(error(attach(std::to_string(i), std::nullopt)), "");
    }
    pn_link_t* const fifth = other->client.receiver(reader("5"));
    pn_link_t* const sixth = other->client.receiver(reader("6"));
    carry(*other);
    EXPECT_EQ(other->client.link_error(fifth), "");
    EXPECT_EQ(other->client.link_error(sixth), "amqp:resource-limit-exceeded");
    Attachment second = reader("7");
    second.address = std::string(kEntity) + "/ConsumerGroups/second/Partitions/0";
    pn_link_t* const elsewhere = other->client.receiver(second);
    carry(*other);
    EXPECT_EQ(other->client.link_error(elsewhere), "");
}

TEST_F(EpochTest, StealingReachesAcrossConnections) {
    const auto other = authorized();
    pn_link_t* const first = attach("1", 1);
    Attachment attachment = reader("2");
    attachment.epoch = 2;
    pn_link_t* const second = other->client.receiver(attachment);
    carry(*other);
    carry(*connection_);
    EXPECT_EQ(error(first), "amqp:link:stolen");
    EXPECT_EQ(other->client.link_error(second), "");
}

}  // namespace
}  // namespace twinstorm::testing

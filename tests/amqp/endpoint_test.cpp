// The endpoint as a client sees it: tokens, management, links and their ends.
#include "twinstorm/amqp/endpoint.h"

#include <proton/codec.h>
#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/object.h>

#include "amqp/endpoint_fixture.h"

namespace twinstorm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST_F(EndpointTest, OpensForAClientWithoutSasl) {
    const auto connection = connect();
    EXPECT_TRUE(connection->server->wants_connection());
    EXPECT_NE(pn_connection_state(connection->client.driver().connection) & PN_REMOTE_ACTIVE, 0);
    EXPECT_EQ(service_->counts().connections_now, 1U);
}

TEST_F(EndpointTest, TokensOfEventHubsClientsGive202AndOfHubClients200) {
    const auto connection = connect();
    EXPECT_EQ(authorize(*connection, "sb://localhost:5671/iothub-ehub-hub1"), 202);
    EXPECT_EQ(authorize(*connection, "hub1.azure-devices.net"), 200);
    EXPECT_THAT(authorizer_.audiences,
                ElementsAre("sb://localhost:5671/iothub-ehub-hub1", "hub1.azure-devices.net"));
}

TEST_F(EndpointTest, ABadTokenGives401AndOpensNothing) {
    const auto connection = connect();
    EXPECT_EQ(authorize(*connection, "hub1.azure-devices.net", "bad"), 401);
    pn_link_t* const link = connection->client.receiver(reader("r"));
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "amqp:unauthorized-access");
    EXPECT_EQ(service_->counts().refused_tokens, 1U);
}

TEST_F(EndpointTest, DropsAllItsConnectionsAndServesNewOnes) {
    const auto open = authorized();
    auto half = service_->accept(loop_.reserve(), {.address = "127.0.0.1"}, now_);
    half->connected(now_);
    service_->drop_connections();
    EXPECT_FALSE(half->wants_connection());
    EXPECT_FALSE(open->server->wants_connection());
    service_->drop_connections();  // What has ended is let be.
    EXPECT_TRUE(connect()->server->wants_connection());
}

TEST_F(EndpointTest, ATokenOpensOnlyWhatItsAudienceNames) {
    const auto connection = connect();
    authorize(*connection, "sb://h/iothub-ehub-hub1/ConsumerGroups/$Default/Partitions/0");
    pn_link_t* const good = connection->client.receiver(reader("good"));
    pn_link_t* const other = connection->client.receiver(reader("other", {}, 1));
    pn_link_t* const management = connection->client.sender("m", "$management");
    pn_link_t* const cloud = connection->client.sender("c", "/messages/devicebound");
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(good), "");
    EXPECT_EQ(connection->client.link_error(other), "amqp:unauthorized-access");
    EXPECT_EQ(connection->client.link_error(management), "amqp:unauthorized-access");
    EXPECT_EQ(connection->client.link_error(cloud), "amqp:unauthorized-access");
}

TEST_F(EndpointTest, AnswersMayComeLater) {
    authorizer_.delay.holds = true;
    const auto connection = connect();
    EXPECT_EQ(authorize(*connection, "hub1.azure-devices.net"), 0);
    EXPECT_TRUE(authorizer_.delay.release());
    carry(*connection);
    pn_link_t* const link = connection->client.receiver(reader("r"));
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "");
}

TEST_F(EndpointTest, AnswersMayComeWhenTheConnectionIsGone) {
    authorizer_.delay.holds = true;
    auto connection = connect();
    authorize(*connection, "hub1.azure-devices.net");
    connection.reset();
    EXPECT_EQ(service_->counts().connections_now, 0U);
    EXPECT_TRUE(authorizer_.delay.release());
}

TEST_F(EndpointTest, AnExpiredTokenEndsItsLinks) {
    const auto connection = authorized();
    pn_link_t* const link = connection->client.receiver(reader("r"));
    carry(*connection);
    // The client shows that it is there, or it would be closed for its silence.
    for (int minute = 1; minute <= 59; ++minute) {
        now_ = kRunStart + minute * 1min;
        pn_link_flow(link, 1);
        carry(*connection);
    }
    EXPECT_EQ(connection->client.link_error(link), "");
    EXPECT_LE(*connection->server->next_deadline(), kRunStart + 1h);
    now_ = kRunStart + 1h;
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "amqp:unauthorized-access");
}

TEST_F(EndpointTest, ANewTokenKeepsLinksOpen) {
    const auto connection = authorized();
    pn_link_t* const link = connection->client.receiver(reader("r"));
    carry(*connection);
    authorizer_.expiry += 1h;
    for (int minute = 1; minute <= 65; ++minute) {
        now_ = kRunStart + minute * 1min;
        pn_link_flow(link, 1);
        carry(*connection);
        if (minute == 45) {
            authorize(*connection, "sb://hub1.servicebus.windows.net/");
        }
    }
    EXPECT_EQ(connection->client.link_error(link), "");
}

TEST_F(EndpointTest, UnknownTokenTypesAreRefused) {
    const auto connection = connect();
    pn_link_t* const sender = connection->client.sender("s", "$cbs");
    pn_link_t* const receiver = connection->client.receiver({.name = "r", .address = "$cbs"});
    carry(*connection);
    connection->client.send(sender, put_token("a", "good", "r", "m1", "jwt"));
    connection->client.send(sender, put_token("a", "good", "r", "m2", "what"));
    connection->client.send(sender, put_token("", "good", "r", "m3"));
    carry(*connection);
    const auto answers = connection->client.received(receiver);
    ASSERT_THAT(answers, SizeIs(3));
    EXPECT_EQ(answers[0].status, 401);
    EXPECT_EQ(answers[0].correlation_id, "m1");
    EXPECT_EQ(answers[1].status, 400);
    EXPECT_EQ(answers[2].status, 400);
}

TEST_F(EndpointTest, OnlySoManyLinksBeforeTheFirstToken) {
    const auto connection = connect();
    for (int i = 0; i < 8; ++i) {
        pn_link_t* const link = connection->client.sender(std::to_string(i), "$cbs");
        carry(*connection);
        EXPECT_EQ(connection->client.link_error(link), "");
    }
    pn_link_t* const ninth = connection->client.sender("9", "$cbs");
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(ninth), "amqp:resource-limit-exceeded");
}

TEST_F(EndpointTest, ATokenOverTheLimitEndsItsLink) {
    const auto connection = connect();
    pn_link_t* const link = connection->client.sender("s", "$cbs");
    carry(*connection);
    connection->client.send(link, put_token("h", std::string(40'000, 'x'), "r"));
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "amqp:link:message-size-exceeded");
}

class ManagementTest : public EndpointTest {
protected:
    ManagementTest() : connection_(authorized()) {
        sender_ = connection_->client.sender("ms", "$management");
        receiver_ = connection_->client.receiver({.name = "mr", .address = "$management"});
        carry(*connection_);
    }
    [[nodiscard]] Received ask(std::string_view type, std::string_view partition = {},
                               std::string_view name = kEntity) {
        connection_->client.send(sender_, read_request(type, name, partition, "mr"));
        carry(*connection_);
        const auto answers = connection_->client.received(receiver_);
        EXPECT_THAT(answers, SizeIs(1));
        return answers.empty() ? Received{} : answers.front();
    }

    std::unique_ptr<Connection> connection_;
    pn_link_t* sender_ = nullptr;
    pn_link_t* receiver_ = nullptr;
};

TEST_F(ManagementTest, TellsAboutTheHub) {
    const Received answer = ask("com.microsoft:eventhub");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.correlation_id, "r1");
    EXPECT_EQ(answer.body, R"({"name"="iothub-ehub-hub1", "type"="com.microsoft:eventhub", )"
                           R"("created_at"=1767225600000, "partition_count"=2, )"
                           R"("partition_ids"=@PN_STRING["0", "1"]})");
}

TEST_F(ManagementTest, TellsAboutAPartition) {
    events_.append(1, "a");
    events_.append(1, "b");
    const Received answer = ask("com.microsoft:partition", "1");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr(R"("partition"="1", "begin_sequence_number"=0, )"
                                       R"("last_enqueued_sequence_number"=1)"));
    EXPECT_THAT(answer.body, HasSubstr(R"("last_enqueued_time_utc"=1767225600000)"));
    EXPECT_THAT(answer.body, HasSubstr(R"("is_partition_empty"=false)"));
    EXPECT_THAT(ask("com.microsoft:partition", "0").body,
                HasSubstr(R"("last_enqueued_sequence_number"=-1, "last_enqueued_offset"="-1")"));
}

TEST_F(ManagementTest, RefusesWhatIsNotThere) {
    EXPECT_EQ(ask("com.microsoft:partition", "2").status, 404);
    EXPECT_EQ(ask("com.microsoft:partition", "-1").status, 404);
    EXPECT_EQ(ask("com.microsoft:partition", "x").status, 404);
    EXPECT_EQ(ask("com.microsoft:eventhub", {}, "other").status, 404);
    EXPECT_EQ(ask("com.microsoft:consumergroup").status, 400);
}

TEST_F(ManagementTest, IsFoundUnderTheEntityToo) {
    pn_link_t* const link = connection_->client.sender("s2", std::string(kEntity) + "/$management");
    carry(*connection_);
    EXPECT_EQ(connection_->client.link_error(link), "");
}

TEST_F(EndpointTest, RedirectsFromTheHubToTheEndpoint) {
    const auto connection = connect();
    authorize(*connection, "hub1.azure-devices.net/messages/events");
    pn_link_t* const link = connection->client.receiver(
        {.name = "r", .address = "amqps://hub1.azure-devices.net/messages/events/$management"});
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "") << "in another packet than the attach";
    now_ = *connection->server->next_deadline();
    EXPECT_LT(now_, kRunStart + 1s);
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(link), "amqp:link:redirect");
    pn_string_t* const text = pn_string("");
    pn_inspect(pn_condition_info(pn_link_remote_condition(link)), text);
    EXPECT_THAT(pn_string_get(text), HasSubstr(R"(:hostname="localhost:5999")"));
    EXPECT_THAT(pn_string_get(text),
                HasSubstr(R"(:address="amqps://localhost:5671/iothub-ehub-hub1/$management")"));
    pn_free(text);
}

TEST_F(EndpointTest, UnknownAddressesAreNotFound) {
    const auto connection = authorized();
    for (const std::string address :
         {"nowhere", "iothub-ehub-hub1/ConsumerGroups/other/Partitions/0",
          "iothub-ehub-hub1/ConsumerGroups/$Default/Partitions/2",
          "iothub-ehub-hub1/ConsumerGroups/$Default/Partitions/0/x", ""}) {
        pn_link_t* const link =
            connection->client.receiver({.name = "r" + address, .address = address});
        carry(*connection);
        EXPECT_EQ(connection->client.link_error(link), "amqp:not-found") << address;
    }
    pn_link_t* const backwards =
        connection->client.receiver({.name = "back", .address = "/messages/devicebound"});
    carry(*connection);
    EXPECT_EQ(connection->client.link_error(backwards), "amqp:not-allowed");
    EXPECT_TRUE(connection->server->wants_connection());
}

class CloudTest : public EndpointTest {
protected:
    CloudTest() : connection_(connect()) {
        authorize(*connection_, "hub1.azure-devices.net");
        sender_ = connection_->client.sender("c", "/messages/devicebound");
        carry(*connection_);
    }
    std::unique_ptr<Connection> connection_;
    pn_link_t* sender_ = nullptr;
};

TEST_F(CloudTest, GivesMessagesToTheHub) {
    pn_delivery_t* const delivery = connection_->client.send(
        sender_, cloud_message("/devices/gw-1/messages/devicebound", "hello", "full"));
    carry(*connection_);
    ASSERT_THAT(messages_.sent, SizeIs(1));
    const amqp::CloudMessage& message = messages_.sent.front();
    EXPECT_EQ(message.device_id, "gw-1");
    EXPECT_EQ(message.properties.message_id, "c2d-1");
    EXPECT_EQ(message.ack, amqp::AckMode::kFull);
    EXPECT_EQ(events::text_of(message.body), "hello");
    ASSERT_THAT(message.application, SizeIs(1));
    EXPECT_EQ(message.application[0].key, "color");
    EXPECT_EQ(message.application[0].value, "red");
    EXPECT_EQ(pn_delivery_remote_state(delivery), PN_ACCEPTED);
}

TEST_F(CloudTest, RefusalsCarryTheHubsCondition) {
    messages_.refusal = amqp::Condition{"amqp:not-found", "no such device"};
    messages_.delay.holds = true;
    pn_delivery_t* const delivery = connection_->client.send(
        sender_, cloud_message("/devices/gw-1/messages/devicebound", "hello"));
    carry(*connection_);
    EXPECT_EQ(pn_delivery_remote_state(delivery), 0U);
    messages_.delay.release();
    carry(*connection_);
    EXPECT_EQ(pn_delivery_remote_state(delivery), PN_REJECTED);
    EXPECT_STREQ(pn_condition_get_name(pn_disposition_condition(pn_delivery_remote(delivery))),
                 "amqp:not-found");
}

TEST_F(CloudTest, BadMessagesAreRejectedAndTheLinkLives) {
    const std::vector<pn_message_t*> bad{
        cloud_message("gw-1", "x"), cloud_message("/devices//messages/devicebound", "x"),
        cloud_message("/devices/gw-1/messages/devicebound", "x", "sometimes"),
        cloud_message("/devices/gw-1/messages/devicebound", std::string(70'000, 'x'))};
    for (pn_message_t* const message : bad) {
        pn_delivery_t* const delivery = connection_->client.send(sender_, message);
        carry(*connection_);
        EXPECT_EQ(pn_delivery_remote_state(delivery), PN_REJECTED);
    }
    EXPECT_THAT(messages_.sent, IsEmpty());
    EXPECT_EQ(connection_->client.link_error(sender_), "");
}

TEST_F(CloudTest, AMessageOverTheLimitEndsTheLink) {
    connection_->client.send(
        sender_, cloud_message("/devices/gw-1/messages/devicebound", std::string(300'000, 'x')));
    carry(*connection_);
    EXPECT_EQ(connection_->client.link_error(sender_), "amqp:link:message-size-exceeded");
}

TEST_F(CloudTest, CreditComesBack) {
    for (int i = 0; i < 100; ++i) {
        ASSERT_GT(pn_link_credit(sender_), 0) << i;
        connection_->client.send(sender_, cloud_message("/devices/gw-1/messages/devicebound", "x"));
        carry(*connection_);
    }
    EXPECT_THAT(messages_.sent, SizeIs(100));
}

TEST_F(CloudTest, FeedbackComesInBatchesAndIsSettled) {
    pn_link_t* const receiver =
        connection_->client.receiver({.name = "f", .address = "/messages/serviceBound/feedback"});
    carry(*connection_);
    EXPECT_THAT(connection_->client.received(receiver), IsEmpty());
    messages_.offer(amqp::FeedbackBatch{.lock = 7,
                                        .records = {{.original_message_id = "m",
                                                     .device_id = "gw-1",
                                                     .device_generation_id = "638",
                                                     .status = amqp::DeliveryStatus::kExpired,
                                                     .enqueued = kVirtualEpoch}},
                                        .enqueued = kVirtualEpoch});
    carry(*connection_);
    const auto received = connection_->client.received(receiver);
    ASSERT_THAT(received, SizeIs(1));
    EXPECT_THAT(received[0].properties,
                HasSubstr("application/vnd.microsoft.iothub.feedback.json"));
    EXPECT_THAT(received[0].body, HasSubstr(R"(\x22statusCode\x22:\x22Expired\x22)"));
    EXPECT_THAT(messages_.settled, ElementsAre(Pair(7U, amqp::Settlement::kAccepted)));
}

TEST_F(CloudTest, FeedbackThatWasNotSettledIsReleased) {
    connection_->client.settles = false;
    pn_link_t* const receiver =
        connection_->client.receiver({.name = "f", .address = "/messages/serviceBound/feedback"});
    carry(*connection_);
    messages_.offer(amqp::FeedbackBatch{.lock = 8});
    carry(*connection_);
    EXPECT_THAT(messages_.settled, IsEmpty());
    connection_->client.detach(receiver);
    carry(*connection_);
    EXPECT_THAT(messages_.settled, ElementsAre(Pair(8U, amqp::Settlement::kReleased)));
}

TEST_F(CloudTest, FeedbackThatComesTooLateIsReleased) {
    messages_.offer(amqp::FeedbackBatch{.lock = 9});
    messages_.delay.holds = true;
    connection_->client.receiver({.name = "f", .address = "/messages/serviceBound/feedback"});
    carry(*connection_);
    connection_.reset();
    messages_.delay.release();
    EXPECT_THAT(messages_.settled, ElementsAre(Pair(9U, amqp::Settlement::kReleased)));
}

TEST_F(CloudTest, FileNotificationsComeOneByOneAndAreSettled) {
    pn_link_t* const receiver = connection_->client.receiver(
        {.name = "n", .address = "/messages/serviceBound/filenotifications"});
    carry(*connection_);
    EXPECT_EQ(connection_->client.link_error(receiver), "");
    EXPECT_NE(pn_link_state(receiver) & PN_REMOTE_ACTIVE, 0);
    messages_.offer(amqp::FeedbackBatch{.lock = 1});  // Not theirs.
    for (const std::uint64_t lock : {3U, 4U}) {
        messages_.offer(amqp::FileNotification{.lock = lock,
                                               .device_id = "gw-1",
                                               .blob_uri = "https://h/c/gw-1/x.log",
                                               .blob_name = "gw-1/x.log",
                                               .last_updated = kVirtualEpoch,
                                               .bytes = 5,
                                               .enqueued = kVirtualEpoch});
    }
    carry(*connection_);
    const auto received = connection_->client.received(receiver);
    ASSERT_THAT(received, SizeIs(2));
    EXPECT_THAT(received[0].properties,
                HasSubstr("application/vnd.microsoft.iothub.filenotification.json"));
    EXPECT_THAT(received[0].body, HasSubstr(R"(\x22blobName\x22:\x22gw-1/x.log\x22)"));
    EXPECT_THAT(received[0].body, HasSubstr(R"(\x22blobSizeInBytes\x22:5)"));
    EXPECT_THAT(messages_.settled, ElementsAre(Pair(3U, amqp::Settlement::kAccepted),
                                               Pair(4U, amqp::Settlement::kAccepted)));
    EXPECT_EQ(messages_.last_settled, amqp::NoticeKind::kFile);
}

TEST_F(EndpointTest, ServesOnlySoManyConnections) {
    std::vector<std::unique_ptr<net::ServerConversation>> all;
    for (;;) {
        auto one = service_->accept(loop_.reserve(), {.address = "x"}, now_);
        if (!one) {
            break;
        }
        all.push_back(std::move(one));
        ASSERT_LE(all.size(), 10'000U);
    }
    EXPECT_EQ(service_->counts().refused_connections, 1U);
    all.clear();
    EXPECT_NE(service_->accept(loop_.reserve(), {.address = "x"}, now_), nullptr);
}

TEST_F(EndpointTest, AServiceThatEndsIsForgotten) {
    const auto connection = authorized();
    connection->client.receiver(reader("r"));
    carry(*connection);
    service_.reset();
    EXPECT_FALSE(connection->server->wants_connection());
    events_.append(0, "late");
    connection->server->receive({}, now_);
}

}  // namespace
}  // namespace twinstorm::testing

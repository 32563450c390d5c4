// The connection itself: headers, SASL, time-outs, and bytes that no decent client would send.
#include "amqp/service_conversation.h"

#include "amqp/endpoint_fixture.h"
#include "amqp/limits.h"
#include "amqp/raw_frames.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class ServiceConversationTest : public EndpointTest {
protected:
    ServiceConversationTest() { reconnect(); }
    void reconnect() {
        server_ = service_->accept(loop_.reserve(), {.address = "192.0.2.1"}, now_);
        server_->connected(now_);
    }
    // What comes back for these bytes.
    std::string say(std::string_view text) {
        server_->receive(raw(text), now_);
        return hear();
    }
    std::string hear() {
        std::string heard;
        for (;;) {
            if (const auto deadline = server_->next_deadline(); deadline && *deadline <= now_) {
                server_->advance(now_);
            }
            Buffer out;
            server_->take_outgoing(out);
            if (out.empty()) {
                return heard;
            }
            heard += text_of_frame(out);
            server_->sent(now_);
        }
    }
    [[nodiscard]] bool alive() const { return server_->wants_connection(); }
    static std::string init(std::string_view mechanism, std::string_view response) {
        return frame(
            0x41, 0,
            [&](amqp::Encoder& e) {
                e.symbol(mechanism);
                e.binary(response);
            },
            {}, '\1');
    }
    // An open connection that may do everything, with a session on channel 0.
    void open() {
        say(kSaslHeader);
        say(init("PLAIN", std::string_view("\0owner\0secret", 13)));
        say(kAmqpHeader + open_frame() + begin_frame());
        ASSERT_TRUE(alive());
    }

    std::unique_ptr<net::ServerConversation> server_;
};

constexpr std::string_view kOutcomeOk{"\x00\x53\x44\xd0\x00\x00\x00\x06\x00\x00\x00\x01\x50\x00",
                                      14};
constexpr std::string_view kOutcomeAuth{"\x00\x53\x44\xd0\x00\x00\x00\x06\x00\x00\x00\x01\x50\x01",
                                        14};

TEST_F(ServiceConversationTest, SaslAnonymousTakesWhateverIsBesideIt) {
    const std::string offer = say(kSaslHeader);
    EXPECT_THAT(offer, StartsWith(kSaslHeader));
    EXPECT_THAT(offer, HasSubstr("ANONYMOUS"));
    EXPECT_THAT(offer, HasSubstr("PLAIN"));
    EXPECT_THAT(say(init("ANONYMOUS", std::string_view("\0RootManage", 11))),
                HasSubstr(std::string(kOutcomeOk)));
    EXPECT_THAT(say(kAmqpHeader + open_frame()), HasSubstr("hub1.azure-devices.net"));
}

TEST_F(ServiceConversationTest, SaslPlainOpensEverything) {
    open();
    EXPECT_THAT(say(attach_frame("r", 0, true, "/messages/serviceBound/feedback")),
                Not(HasSubstr("unauthorized")));
}

TEST_F(ServiceConversationTest, ABadPasswordEndsTheConnection) {
    say(kSaslHeader);
    EXPECT_THAT(say(init("PLAIN", std::string_view("\0owner\0wrong", 12))),
                HasSubstr(std::string(kOutcomeAuth)));
    EXPECT_FALSE(alive());
    EXPECT_EQ(service_->counts().refused_tokens, 1U);
}

TEST_F(ServiceConversationTest, ReadsNothingWhileAPasswordIsChecked) {
    authorizer_.delay.holds = true;
    say(kSaslHeader);
    EXPECT_EQ(
        say(init("PLAIN", std::string_view("\0owner\0secret", 13)) + kAmqpHeader + open_frame()),
        "");
    EXPECT_FALSE(server_->accepts_input());
    authorizer_.delay.release();
    EXPECT_THAT(hear(), HasSubstr("hub1.azure-devices.net"));
    EXPECT_TRUE(server_->accepts_input());
}

TEST_F(ServiceConversationTest, APasswordsVerdictMayComeTooLate) {
    authorizer_.delay.holds = true;
    say(kSaslHeader);
    say(init("PLAIN", std::string_view("\0owner\0secret", 13)));
    server_.reset();
    EXPECT_TRUE(authorizer_.delay.release());
}

TEST_F(ServiceConversationTest, OtherSaslIsRefused) {
    for (const std::string& bad :
         {init("EXTERNAL", ""), init("PLAIN", "nothing"),
          frame(
              0x40, 0, [](auto&) {}, {}, '\1'),
          std::string("\0\0\0\4\2\1\0\0", 8), std::string("\xff\xff\xff\xff", 4),
          std::string("\0\0\0\x0c\xff\1\0\0abcd", 12), open_frame()}) {
        reconnect();
        say(kSaslHeader);
        say(bad);
        EXPECT_FALSE(alive());
    }
}

TEST_F(ServiceConversationTest, OtherProtocolsAreToldWhichIsSpoken) {
    for (const std::string_view other :
         {std::string_view("GET / HTTP/1.1\r\n"), std::string_view("AMQP\2\1\0\0", 8),
          std::string_view("AMQP\0\0\x09\1", 8)}) {
        reconnect();
        EXPECT_EQ(say(other), kSaslHeader);
        EXPECT_FALSE(alive());
    }
}

TEST_F(ServiceConversationTest, SaslComesOnce) {
    say(kSaslHeader);
    say(init("ANONYMOUS", ""));
    say(kSaslHeader);
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, BytesMayComeOneByOne) {
    const std::string all = kSaslHeader + init("PLAIN", std::string_view("\0owner\0secret", 13)) +
                            kAmqpHeader + open_frame() + begin_frame() +
                            attach_frame("r", 0, true, "/messages/serviceBound/feedback");
    std::string heard;
    for (const char each : all) {
        heard += say(std::string_view(&each, 1));
    }
    EXPECT_TRUE(alive());
    EXPECT_THAT(heard, HasSubstr("serviceBound/feedback"));
}

TEST_F(ServiceConversationTest, AConnectionThatSendsNothingIsClosed) {
    EXPECT_EQ(server_->next_deadline(), now_ + amqp::kHandshakeMax);
    now_ += amqp::kHandshakeMax;
    hear();
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, AHandshakeThatNeverEndsIsClosed) {
    for (const std::string& begun :
         {kSaslHeader, kAmqpHeader, kSaslHeader + init("ANONYMOUS", "")}) {
        reconnect();
        const TimePoint begin = now_;
        say(begun);
        for (int second = 1; second < 40 && alive(); ++second) {
            now_ += 1s;
            hear();
        }
        EXPECT_FALSE(alive());
        EXPECT_LE(now_ - begin, Duration(amqp::kHandshakeMax));
    }
}

TEST_F(ServiceConversationTest, AConnectionThatIsNeverUsedIsClosed) {
    say(kAmqpHeader + open_frame() + begin_frame());
    const std::string alive_frame("\0\0\0\x08\2\0\0\0", 8);
    std::string heard;
    for (int minute = 1; minute <= 5; ++minute) {
        EXPECT_TRUE(alive());
        now_ += 1min;
        heard += say(alive_frame);
    }
    EXPECT_THAT(heard, HasSubstr("amqp:connection:forced"));
    now_ += amqp::kCloseMax;
    hear();
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, ASilentPeerIsClosed) {
    open();
    say(attach_frame("r", 0, true, "/messages/serviceBound/feedback"));
    now_ += amqp::kSilenceMax - 1s;
    hear();
    EXPECT_TRUE(alive());
    now_ += 1s;
    EXPECT_THAT(hear(), HasSubstr("local-idle-timeout"));
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, ThePeersIdleTimeOutIsHonoured) {
    say(kAmqpHeader + frame(0x10, 0, [](amqp::Encoder& e) {
            e.string("client");
            e.null();
            e.null();
            e.null();
            e.uint32(20'000);
        }));
    now_ += 10s;
    EXPECT_EQ(hear(), std::string("\0\0\0\x08\2\0\0\0", 8));
}

TEST_F(ServiceConversationTest, AnIdleTimeOutTooShortIsRefused) {
    const std::string heard = say(kAmqpHeader + frame(0x10, 0, [](amqp::Encoder& e) {
                                      e.string("client");
                                      e.null();
                                      e.null();
                                      e.null();
                                      e.uint32(1);
                                  }));
    EXPECT_THAT(heard, HasSubstr("amqp:invalid-field"));
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, ClosesWhenThePeerCloses) {
    open();
    EXPECT_THAT(say(frame(0x18, 0, [](auto&) {})), Not(IsEmpty()));
    EXPECT_FALSE(alive());
}

TEST_F(ServiceConversationTest, AnUnfinishedDeliveryWithoutAnIdIsNotGivenToProton) {
    open();
    say(attach_frame("s", 0, false, "/messages/devicebound"));
    EXPECT_THAT(say(transfer_frame(0, false, true, "x")), HasSubstr("amqp:invalid-field"));
    EXPECT_FALSE(alive());
    EXPECT_THAT(lines_.back(), HasSubstr("192.0.2.1"));
}

TEST_F(ServiceConversationTest, BrokenRulesCloseTheConnection) {
    const std::string attached = attach_frame("s", 0, false, "/messages/devicebound");
    const std::string reading = attach_frame("r", 1, true, "/messages/serviceBound/feedback");
    const std::vector<std::string> broken{
        open_frame(),                                   // Twice.
        begin_frame(),                                  // Twice on a channel.
        begin_frame(amqp::kChannelMax + 1),             // Over the limit.
        flow_frame(3, 10),                              // No such link.
        attached + attached,                            // A handle twice.
        reading + transfer_frame(1, true, false, "x"),  // The wrong direction.
        attach_frame("s", amqp::kHandleMax + 1, false, "x"),
        reading + flow_frame(1, 0x80000000),
        frame(0x16, 0, [](amqp::Encoder& e) { e.uint32(9); }),
        frame(0x17, 5, [](auto&) {}),
        frame(0x12, 0, [](amqp::Encoder& e) { e.string("only a name"); }),
        frame(0x12, 0, [](amqp::Encoder& e) { e.int64(7); }),
        frame(0x19, 0, [](auto&) {}),
        frame(
            0x18, 0, [](auto&) {}, "behind"),
        std::string("\0\0\0\x07\2\0\0", 7),
        std::string("\xff\xff\xff\xff\2\0\0\0", 8),
        std::string("\0\1\0\1\2\0\0\0", 8),
        std::string("\0\0\0\x0c\1\0\0\0\0\0\0\0", 12),
        std::string("\0\0\0\x0c\2\1\0\0\0\0\0\0", 12),
        std::string("\0\0\0\x0c\2\0\0\0\x53\x10\x45\0", 12),
    };
    for (std::size_t i = 0; i < broken.size(); ++i) {
        reconnect();
        open();
        say(broken[i]);
        EXPECT_FALSE(alive()) << i;
    }
    EXPECT_EQ(service_->counts().protocol_errors, broken.size());
}

TEST_F(ServiceConversationTest, MoreMessagesThanCreditEndTheLink) {
    open();
    messages_.delay.holds = true;
    say(attach_frame("s", 0, false, "/messages/devicebound"));
    Buffer properties;
    amqp::Encoder encoder(properties);
    encoder.descriptor(0x73);
    encoder.begin_list();
    encoder.null();
    encoder.null();
    encoder.string("/devices/gw-1/messages/devicebound");
    encoder.end();
    const std::string message = text_of_frame(properties);
    std::string heard;
    for (std::uint32_t i = 0; i < 40; ++i) {
        heard += say(frame(
            0x14, 0,
            [i](amqp::Encoder& e) {
                e.uint32(0);
                e.uint32(i);
                e.binary(std::to_string(i));
                e.uint32(0);
            },
            message));
    }
    EXPECT_THAT(heard, HasSubstr("amqp:link:transfer-limit-exceeded"));
}

TEST_F(ServiceConversationTest, OnlySoManyLinks) {
    open();
    std::string heard;
    for (std::uint32_t i = 0; i <= amqp::kLinksMax && alive(); ++i) {
        heard = say(attach_frame("r" + std::to_string(i), i, true,
                                 "/messages/serviceBound/filenotifications"));
        EXPECT_EQ(alive(), i < amqp::kLinksMax);
    }
    EXPECT_THAT(heard, HasSubstr("amqp:resource-limit-exceeded"));
}

TEST_F(ServiceConversationTest, RuntimeMetricsComeWithEachEventWhenAskedFor) {
    open();
    events_.append(0, "x");
    events_.append(0, "y");
    say(attach_frame("r", 0, true, std::string(kEntity) + "/ConsumerGroups/$Default/Partitions/0",
                     [](amqp::Encoder& e) {
                         e.symbol_array({"com.microsoft:enable-receiver-runtime-metric",
                                         "com.microsoft:georeplication"});
                     }));
    const std::string heard = say(flow_frame(0, 5));
    EXPECT_THAT(
        heard, HasSubstr("last_enqueued_sequence_number\x81" + std::string("\0\0\0\0\0\0\0\1", 8)));
    EXPECT_THAT(heard, HasSubstr("runtime_info_retrieval_time_utc"));
    EXPECT_THAT(heard, HasSubstr("last_enqueued_offset"));
    EXPECT_THAT(heard, HasSubstr("last_enqueued_time_utc"));
}

TEST_F(ServiceConversationTest, ASessionThatEndsTakesItsLinksAlong) {
    open();
    say(attach_frame("r", 0, true, std::string(kEntity) + "/ConsumerGroups/$Default/Partitions/0"));
    EXPECT_EQ(service_->counts().readers_now, 1U);
    say(frame(0x17, 0, [](auto&) {}));
    EXPECT_EQ(service_->counts().readers_now, 0U);
    EXPECT_TRUE(alive());
    say(begin_frame());
    EXPECT_TRUE(alive());
}

// Random damage to a good conversation: at worst this connection ends.
TEST_F(ServiceConversationTest, SurvivesDamage) {
    const std::string good =
        kSaslHeader + init("PLAIN", std::string_view("\0owner\0secret", 13)) + kAmqpHeader +
        open_frame() + begin_frame() +
        attach_frame("r", 0, true, std::string(kEntity) + "/ConsumerGroups/$Default/Partitions/0") +
        flow_frame(0, 100) + attach_frame("s", 1, false, "/messages/devicebound") +
        transfer_frame(1, true, true, "abc") + attach_frame("c", 2, false, "$cbs") +
        frame(0x16, 0, [](amqp::Encoder& e) { e.uint32(0); }) + frame(0x17, 0, [](auto&) {});
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        Random random(seed);
        std::string damaged = good;
        for (std::uint64_t i = random.below(4); i < 4; ++i) {
            if (damaged.empty()) {
                break;
            }
            const std::size_t at = random.below(damaged.size());
            switch (random.below(4)) {
                case 0:
                    damaged[at] = static_cast<char>(random.bits());
                    break;
                case 1:
                    damaged.erase(at, random.below(20));
                    break;
                case 2:
                    damaged.insert(at, damaged.substr(random.below(damaged.size()), 30));
                    break;
                default:
                    damaged.resize(at + 1);
                    break;
            }
        }
        reconnect();
        while (!damaged.empty()) {
            const std::size_t size = 1 + random.below(damaged.size());
            say(damaged.substr(0, size));
            damaged.erase(0, size);
        }
        server_.reset();
        ASSERT_EQ(service_->counts().connections_now, 0U) << seed;
        ASSERT_EQ(service_->counts().readers_now, 0U) << seed;
    }
}

}  // namespace
}  // namespace twinstorm::testing

#include "asio_net/client_certificate.h"

#include <memory>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "asio_net/live_world.h"
#include "asio_net/socket.h"
#include "asio_net/stream.h"
#include "support/test_certificates.h"

namespace twinstorm::asio_net {
namespace {

using support::make_issuer;
using support::make_leaf;
using support::make_root;
using support::make_self_signed;
using support::TestCertificate;

TlsContext asking_server() {
    return TlsContext::server(certificates().certificate, certificates().key,
                              ClientCertificates::kRequested)
        .value();
}

net::ClientCertificate as_client(const TestCertificate& certificate) {
    return {certificate.chain, Secret(certificate.key)};
}

// By the highest version of TLS that the client offers.
class ClientCertificate : public testing::TestWithParam<int> {
protected:
    ClientCertificate() {
        EXPECT_EQ(SSL_CTX_set_max_proto_version(world.client_tls.native(), GetParam()), 1);
        there.port = world.loop->listen({"127.0.0.1", 0, &tls}, service).value();
    }
    // The client's end, if it was refused; at the latest when it has read.
    std::optional<Error> meet(const net::ClientCertificate* certificate) {
        there.certificate = certificate;
        Talk client;
        client.on_connected = [](Talk& self) { self.say("hello"); };
        client.on_disconnected = [](Talk& self) { self.wants = false; };
        const net::Handle handle = world.loop->carry(client, there);
        world.run_until([&] { return !client.ends.empty() || client.heard == "hello"; });
        world.loop->remove(handle);
        return client.ends.empty() ? std::nullopt : std::optional(client.ends[0]);
    }

    const TlsContext tls = asking_server();
    LiveWorld world;
    TalkService service{echo};
    net::Destination there{"127.0.0.1", 0, "", true};
};

INSTANTIATE_TEST_SUITE_P(Over, ClientCertificate, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& each) {
                             return each.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(ClientCertificate, NoneIsFine) {
    EXPECT_FALSE(meet(nullptr));
    EXPECT_TRUE(service.certificates.at(0).empty());
}

TEST_P(ClientCertificate, ReachesTheServiceWithItsChain) {
    const TestCertificate issuer = make_issuer("Plant", make_root("Root"));
    const TestCertificate line = make_issuer("Line", issuer);
    const TestCertificate leaf = make_leaf("device-1", line);
    const auto client = as_client(leaf);
    const auto failure = meet(&client);
    EXPECT_FALSE(failure) << failure->message();
    EXPECT_EQ(service.certificates.at(0),
              (std::vector<std::string>{leaf.der, line.der, issuer.der}));
}

TEST_P(ClientCertificate, IsForTheServiceToJudge) {
    const auto self_signed = make_self_signed("device-1");
    const auto expired = make_self_signed("device-2", -std::chrono::hours(1));
    for (const TestCertificate* const each : {&self_signed, &expired}) {
        const auto client = as_client(*each);
        EXPECT_FALSE(meet(&client));
        EXPECT_EQ(service.certificates.back(), (std::vector<std::string>{each->der}));
    }
}

TEST_P(ClientCertificate, IsShownAnewByEachConnection) {
    const TestCertificate leaf = make_leaf("device-1", make_issuer("Plant", make_root("Root")));
    const auto client = as_client(leaf);
    for (std::size_t number = 0; number < 3; ++number) {
        EXPECT_FALSE(meet(&client));
        EXPECT_EQ(service.certificates.at(number).size(), 2u);
    }
    EXPECT_EQ(world.loop->counts().resumed, 0u);
    EXPECT_FALSE(meet(nullptr));
    EXPECT_FALSE(meet(nullptr));
    EXPECT_EQ(world.loop->counts().resumed, 1u);  // Who shows none resumes as before.
    EXPECT_TRUE(service.certificates.back().empty());
}

TEST_P(ClientCertificate, OfALongChainEndsTheHandshake) {
    TestCertificate issuer = make_issuer("0", make_root("Root"));
    for (std::size_t number = 1; number + 1 < kClientCertificatesMax; ++number) {
        issuer = make_issuer(std::to_string(number), issuer);
    }
    const auto longest = as_client(make_leaf("device-1", issuer));
    EXPECT_FALSE(meet(&longest));
    EXPECT_EQ(service.certificates.at(0).size(), kClientCertificatesMax);
    const auto longer = as_client(make_leaf("device-1", make_issuer("one more", issuer)));
    EXPECT_TRUE(meet(&longer));
    EXPECT_EQ(service.certificates.size(), 1u);
    EXPECT_EQ(world.loop->counts().handshakes_failed, GetParam() == TLS1_2_VERSION ? 2u : 1u);
}

TEST_P(ClientCertificate, OfTooManyBytesEndsTheHandshake) {
    const auto large = as_client(make_self_signed(std::string(60, 'x')));
    std::string chain = large.chain;
    net::ClientCertificate client = large;
    client.chain.clear();
    for (int number = 0; number < 100; ++number) {
        client.chain += chain;
    }
    EXPECT_TRUE(meet(&client));
    EXPECT_TRUE(service.certificates.empty());
}

TEST_P(ClientCertificate, SaysWhatIsWrongWithItsFiles) {
    const TestCertificate good = make_self_signed("device-1");
    const TestCertificate other = make_self_signed("device-2");
    const std::string damaged =
        good.pem + other.pem.substr(0, other.pem.size() / 2) + "*\n-----END CERTIFICATE-----\n";
    const struct {
        net::ClientCertificate certificate;
        const char* why;
    } cases[] = {
        {{"", Secret(good.key)}, "the client certificate is no certificate in PEM"},
        {{good.key, Secret(good.key)}, "the client certificate is no certificate in PEM"},
        {{damaged, Secret(good.key)}, "the client certificate's chain is damaged"},
        {{good.pem, Secret("")}, "key is no key in PEM"},
        {{good.pem, Secret(other.key)}, "and its key do not belong together"},
    };
    for (const auto& [certificate, why] : cases) {
        const auto failure = meet(&certificate);
        ASSERT_TRUE(failure) << why;
        EXPECT_EQ(failure->code, ErrorCode::kTls);
        EXPECT_NE(failure->message().find(why), std::string::npos) << failure->message();
        EXPECT_EQ(failure->message().find("PRIVATE"), std::string::npos);
    }
    EXPECT_TRUE(service.certificates.empty());
}

// --- A client that is not ours --------------------------------------------------------------

// Non-blocking TLS by hand: it resumes where our own client would not.
class RawTls {
public:
    RawTls(const TlsContext& context, const net::Destination& there, SSL_SESSION* session)
        : socket_(connect_socket({boost::asio::ip::make_address(there.host), there.port}, {}, "")
                      .value()),
          ssl_(SSL_new(context.native())) {
        SSL_set_fd(ssl_, socket_.get());
        if (there.certificate != nullptr) {
            EXPECT_TRUE(use_certificate(ssl_, *there.certificate));
        }
        if (session != nullptr) {
            SSL_set_session(ssl_, session);
        }
        SSL_set_connect_state(ssl_);
    }
    ~RawTls() {
        SSL_shutdown(ssl_);  // Or OpenSSL holds its session to be broken.
        SSL_free(ssl_);
    }
    RawTls(const RawTls&) = delete;
    RawTls& operator=(const RawTls&) = delete;

    // True once a byte of the server's was read, and with it its ticket.
    [[nodiscard]] bool heard() {
        ERR_clear_error();
        char byte = 0;
        heard_ = heard_ || SSL_read(ssl_, &byte, 1) == 1;
        return heard_;
    }
    [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_) == 1; }
    [[nodiscard]] TlsSession session() const { return TlsSession(SSL_get1_session(ssl_)); }

private:
    Socket socket_;
    SSL* ssl_;
    bool heard_ = false;
};

TEST_P(ClientCertificate, ATicketBringsNoneAlong) {
    TalkService greeter([](Talk& talk) { talk.on_connected = [](Talk& self) { self.say("x"); }; });
    there.port = world.loop->listen({"127.0.0.1", 0, &tls}, greeter).value();
    const TestCertificate leaf = make_leaf("device-1", make_issuer("Plant", make_root("Root")));
    const auto client = as_client(leaf);
    for (const bool shown : {true, false}) {
        there.certificate = shown ? &client : nullptr;
        TlsSession session;
        for (int number = 0; number < 2; ++number) {
            RawTls peer(world.client_tls, there, session.get());
            world.run_until([&] { return peer.heard(); });
            EXPECT_EQ(greeter.certificates.back().size(), shown ? 2u : 0u);
            EXPECT_EQ(peer.resumed(), !shown && number == 1);
            session = peer.session();
        }
    }
}

}  // namespace
}  // namespace twinstorm::asio_net

#include "twinstorm/asio_net/tls.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "asio_net/live_world.h"

namespace twinstorm::asio_net {
namespace {

using namespace std::chrono_literals;

std::string read_file(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

unsigned mode_of(const std::string& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777u;
}

// What a client hears that trusts one CA, of a server with these certificates.
struct Meeting {
    CertificateFiles server = certificates();
    std::string trusted_ca = certificates().ca;
    net::Destination destination{"127.0.0.1", 0, "", true};

    [[nodiscard]] std::optional<Error> failure() const {
        const TlsContext client_tls = TlsContext::client(trusted_ca).value();
        const TlsContext server_tls = TlsContext::server(server.certificate, server.key).value();
        LoopOptions options;
        options.client_tls = &client_tls;
        LiveWorld world(options);
        TalkService service(echo);
        net::Destination there = destination;
        there.port = world.loop->listen({"127.0.0.1", 0, &server_tls}, service).value();
        Talk client;
        client.on_connected = [&](Talk&) { world.loop->stop(); };
        client.on_disconnected = [&](Talk& self) {
            self.wants = false;
            world.loop->stop();
        };
        static_cast<void>(world.loop->carry(client, there));
        world.run();
        EXPECT_NE(client.times_connected == 1, client.ends.size() == 1);
        return client.ends.empty() ? std::nullopt : std::optional(client.ends[0]);
    }
};

TEST(Tls, AcceptsEveryNameThatTheCertificateCovers) {
    for (const char* const name : {"", "localhost", "hub.example", "127.0.0.1", "::1"}) {
        Meeting meeting;
        meeting.destination.server_name = name;
        const auto failure = meeting.failure();
        EXPECT_FALSE(failure) << name << ": " << failure->message();
    }
}

TEST(Tls, RefusesAnotherName) {
    Meeting meeting;
    meeting.destination.server_name = "other.example";
    const auto failure = meeting.failure();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, ErrorCode::kTls);
    EXPECT_NE(failure->message().find("not accepted: hostname mismatch (it is not for "
                                      "`other.example`)"),
              std::string::npos)
        << failure->message();
}

TEST(Tls, RefusesAnotherAddress) {
    Meeting meeting;
    meeting.destination.server_name = "127.0.0.9";
    const auto failure = meeting.failure();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, ErrorCode::kTls);
    EXPECT_NE(failure->message().find("IP address mismatch"), std::string::npos);
}

TEST(Tls, RefusesAnExpiredCertificate) {
    Meeting meeting;
    meeting.server = make_certificates(fresh_folder(), {}, -1h).value();
    meeting.trusted_ca = meeting.server.ca;
    const auto failure = meeting.failure();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, ErrorCode::kTls);
    EXPECT_TRUE(failure->message().ends_with(
        "the server's certificate was not accepted: certificate has expired"))
        << failure->message();
}

TEST(Tls, RefusesAnotherIssuer) {
    Meeting meeting;
    meeting.trusted_ca = make_certificates(fresh_folder(), {}).value().ca;
    const auto failure = meeting.failure();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, ErrorCode::kTls);
    EXPECT_NE(failure->message().find("the server's certificate was not accepted: "),
              std::string::npos);
}

TEST(Tls, ASentenceForTlsSpokenToAPlainPort) {
    LiveWorld world;
    TalkService service(echo);
    net::Destination destination = world.serve(service, false);
    destination.tls = true;
    Talk client;
    client.on_disconnected = [&](Talk& self) {
        self.wants = false;
        world.loop->stop();
    };
    static_cast<void>(world.loop->carry(client, destination));
    world.run();
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].code, ErrorCode::kTls);
    EXPECT_NE(client.ends[0].message().find("the TLS handshake failed"), std::string::npos);
}

TEST(Tls, PlainBytesToATlsPortHurtNobodyElse) {
    LiveWorld world;
    TalkService service(echo);
    const net::Destination destination = world.serve(service, true);
    RawPeer stranger(destination.port);
    stranger.send("GET / HTTP/1.1\r\n\r\n");
    RawPeer silent(destination.port);
    RawPeer hasty(destination.port);
    hasty.close();
    Talk client;
    static_cast<void>(world.loop->carry(client, destination));
    world.run_until(
        [&] { return service.peers.size() == 1 && world.loop->counts().handshakes_failed == 2; });
    EXPECT_EQ(client.times_connected, 1);
}

std::uint64_t resumed_of_three(bool resume) {
    LoopOptions options;
    options.resume_tls_sessions = resume;
    LiveWorld world(options);
    TalkService service([](Talk& talk) {
        talk.on_connected = [](Talk& self) { self.say("x"); };  // The ticket comes before it.
    });
    Talk client;
    client.on_receive = [](Talk& self) { self.wants = false; };
    client.on_disconnected = [&](Talk& self) {
        self.wants = self.ends.size() < 3;
        if (!self.wants) {
            world.loop->stop();
        }
    };
    static_cast<void>(world.loop->carry(client, world.serve(service, true)));
    world.run();
    EXPECT_EQ(client.times_connected, 3);
    return world.loop->counts().resumed;
}

TEST(Tls, ResumesTheSessionOfADestination) {
    EXPECT_EQ(resumed_of_three(true), 2u);
    EXPECT_EQ(resumed_of_three(false), 0u);
}

TEST(Certificates, KeepTheCaAndRenewTheServers) {
    const std::string folder = fresh_folder() + "/deep/er";
    const CertificateFiles first = make_certificates(folder, {"a.example"}).value();
    const std::string ca = read_file(first.ca);
    const std::string server = read_file(first.certificate);
    const CertificateFiles second = make_certificates(folder, {"b.example"}).value();
    EXPECT_EQ(read_file(second.ca), ca);
    EXPECT_NE(read_file(second.certificate), server);
    EXPECT_TRUE(read_file(second.certificate).ends_with(ca));  // Chain included.
    EXPECT_EQ(mode_of(second.key), 0600u);
    EXPECT_EQ(mode_of(folder + "/ca-key.pem"), 0600u);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) {
        ++files;
    }
    EXPECT_EQ(files, 4u);  // No draft is left.
    Meeting meeting;
    meeting.server = second;
    meeting.trusted_ca = first.ca;
    meeting.destination.server_name = "b.example";
    EXPECT_FALSE(meeting.failure());
}

TEST(Certificates, NeverReplaceACaThatTheyCannotUse) {
    const std::string folder = fresh_folder();
    const CertificateFiles files = make_certificates(folder, {}).value();
    std::filesystem::remove(folder + "/ca-key.pem");
    const auto without_key = make_certificates(folder, {});
    ASSERT_FALSE(without_key);
    EXPECT_EQ(without_key.error().code, ErrorCode::kTls);
    EXPECT_NE(without_key.error().message().find("remove"), std::string::npos);
    std::ofstream(files.ca) << "not a certificate";
    EXPECT_FALSE(make_certificates(folder, {}));
    EXPECT_EQ(read_file(files.ca), "not a certificate");
}

TEST(Certificates, SayWhereTheyCannotBeWritten) {
    const std::string folder = fresh_folder();
    std::ofstream(folder + "/file") << "x";
    const auto made = make_certificates(folder + "/file/below", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kIo);
    EXPECT_NE(made.error().message().find("/file/below"), std::string::npos);
}

TEST(TlsContext, SaysWhichFileIsWrong) {
    const std::string folder = fresh_folder();
    const std::string garbage = folder + "/garbage.pem";
    std::ofstream(garbage) << "garbage";
    const auto missing = TlsContext::client(folder + "/missing.pem");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kIo);
    EXPECT_NE(missing.error().message().find("missing.pem"), std::string::npos);
    const auto no_ca = TlsContext::client(garbage);
    ASSERT_FALSE(no_ca);
    EXPECT_EQ(no_ca.error().code, ErrorCode::kTls);
    EXPECT_FALSE(TlsContext::server(garbage, certificates().key));
    const auto no_key = TlsContext::server(certificates().certificate, garbage);
    ASSERT_FALSE(no_key);
    EXPECT_EQ(no_key.error().code, ErrorCode::kTls);
    const CertificateFiles other = make_certificates(folder + "/other", {}).value();
    EXPECT_FALSE(TlsContext::server(certificates().certificate, other.key));
    EXPECT_TRUE(TlsContext::client(""));  // The system's trust store.
}

}  // namespace
}  // namespace twinstorm::asio_net

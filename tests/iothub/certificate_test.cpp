#include "twinstorm/iothub/certificate.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dps/made_certificate.h"
#include "twinstorm/base/base64.h"

namespace twinstorm::iothub {
namespace {

using namespace std::chrono_literals;
using testing::MadeCertificate;

constexpr WallTime kNow = kVirtualEpoch;

// Made with `openssl req -x509`; the thumbprints are those that `openssl x509 -fingerprint` prints.
constexpr std::string_view kFixed = R"(-----BEGIN CERTIFICATE-----
MIIBjTCCATWgAwIBAgIEEjSrzTAKBggqhkjOPQQDAjAlMRAwDgYDVQQKDAdDb250
b3NvMREwDwYDVQQDDAhkZXYtMDAwMTAeFw0yNjExMjQwMDUyMjBaFw0zNjExMjEw
MDUyMjBaMCUxEDAOBgNVBAoMB0NvbnRvc28xETAPBgNVBAMMCGRldi0wMDAxMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1urnlddQGNU4NZ35YVfQ0ZJzGAcJ4bp8
lHFP4ko4JK1QOOBjpnovMcNd7QXA/00i3LgA7BMaUDeU2q5Qh1eS/qNTMFEwHQYD
VR0OBBYEFBuqUK1OJegj9mwlLUboMLSjHtBHMB8GA1UdIwQYMBaAFBuqUK1OJegj
9mwlLUboMLSjHtBHMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRgAwQwIg
TfSXHba/6LxIYZ9p+BRiafyAkWXZ+jA1AOSnIwq+A1ICHzvber9ltJdLPHkWsVhW
mGs0kN28tFAjG2yc5KTEGIc=
-----END CERTIFICATE-----
)";
constexpr std::string_view kFixedSha1 = "E964ABBC9386E595A237D3D26A057C6751C7F728";
constexpr std::string_view kFixedSha256 =
    "59BE7C2D4F06AB2249B85AC6879E887F506F24BE1ED4BDAED36891BD92D9FC00";

struct Chain {
    MadeCertificate root{{.common_name = "root", .authority = true}};
    MadeCertificate middle{{.common_name = "middle", .authority = true}, &root};
    MadeCertificate leaf{{.common_name = "dev-0001"}, &middle};
};

ErrorCode verdict(const std::vector<std::string>& chain, const std::vector<std::string>& trusted,
                  WallTime now = kNow) {
    const auto verified = verify_chain(chain, trusted, now);
    return verified ? ErrorCode::kCancelled : verified.error().code;
}

constexpr ErrorCode kTrusted = ErrorCode::kCancelled;  // Stands for: no error.

TEST(Certificate, HasTheThumbprintsThatOpensslPrints) {
    const auto certificate = parse_certificate_text(kFixed);
    ASSERT_TRUE(certificate) << certificate.error().message();
    EXPECT_EQ(certificate->sha1, kFixedSha1);
    EXPECT_EQ(certificate->sha256, kFixedSha256);
    EXPECT_EQ(certificate->common_name, "dev-0001");
    EXPECT_EQ(certificate->subject, "CN=dev-0001,O=Contoso");
    EXPECT_EQ(certificate->issuer, "CN=dev-0001,O=Contoso");
    EXPECT_EQ(certificate->serial, "1234ABCD");
    EXPECT_EQ(certificate->pem, kFixed);
}

TEST(Certificate, TheSameFromDerPemAndBareBase64) {
    const MadeCertificate made({.common_name = "dev-0001"});
    const auto from_der = parse_certificate(made.der);
    const auto from_pem = parse_certificate_text("A line of comment\n" + made.pem);
    std::string broken = base64_encode(made.der);
    broken.insert(64, "\r\n");
    const auto from_base64 = parse_certificate_text(broken);
    ASSERT_TRUE(from_der && from_pem && from_base64);
    EXPECT_EQ(from_der->sha256, from_pem->sha256);
    EXPECT_EQ(from_der->sha256, from_base64->sha256);
    EXPECT_EQ(from_der->pem, made.pem);
    EXPECT_EQ(from_der->not_before, kVirtualEpoch - 24h);
    EXPECT_TRUE(from_der->valid_at(kNow));
    EXPECT_FALSE(from_der->valid_at(kNow - 25h));
    EXPECT_FALSE(from_der->valid_at(kNow + 24h * 366));
}

TEST(Certificate, RefusesWhatIsNone) {
    const MadeCertificate made({.common_name = "dev-0001"});
    const std::string_view der = made.der;
    EXPECT_FALSE(parse_certificate(""));
    EXPECT_FALSE(parse_certificate("x"));
    EXPECT_FALSE(parse_certificate(made.der + "x"));
    EXPECT_FALSE(parse_certificate(der.substr(0, der.size() - 1)));
    EXPECT_FALSE(parse_certificate_text(""));
    EXPECT_FALSE(parse_certificate_text("not base64!"));
    EXPECT_FALSE(parse_certificate_text("-----BEGIN CERTIFICATE-----\nAAAA\n"));
    EXPECT_FALSE(parse_certificate_text(made.pem.substr(0, made.pem.size() / 2)));
}

TEST(Certificate, NeverFollowsBytesThatWereChanged) {
    const MadeCertificate made({.common_name = "dev-0001"});
    for (std::size_t i = 0; i < made.der.size(); ++i) {
        std::string changed = made.der;
        changed[i] = static_cast<char>(changed[i] ^ 0x55);
        const auto certificate = parse_certificate(changed);
        EXPECT_TRUE(!certificate || certificate->sha256.size() == 64) << i;
        EXPECT_NE(verdict({changed}, {made.pem}), kTrusted) << i;
    }
}

TEST(Certificate, AThumbprintIsKnownInEverySpelling) {
    const auto certificate = parse_certificate_text(kFixed);
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(has_thumbprint(*certificate, kFixedSha1));
    EXPECT_TRUE(has_thumbprint(*certificate, kFixedSha256));
    std::string lower(kFixedSha1);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    lower.insert(2, ":");
    EXPECT_TRUE(has_thumbprint(*certificate, lower));
    EXPECT_FALSE(has_thumbprint(*certificate, ""));
    EXPECT_FALSE(has_thumbprint(*certificate, ":"));
    EXPECT_FALSE(has_thumbprint(*certificate, kFixedSha1.substr(1)));
}

TEST(Certificate, ANameWithAZeroByteIsNotCutThere) {
    const MadeCertificate made({.common_name = std::string("dev-0001\0x", 10)});
    const auto certificate = parse_certificate(made.der);
    ASSERT_TRUE(certificate);
    EXPECT_EQ(certificate->common_name, std::string("dev-0001\0x", 10));
}

TEST(CertificateChain, LeadsToWhicheverOfItsIssuersIsTrusted) {
    const Chain made;
    EXPECT_EQ(verdict({made.leaf.der, made.middle.der}, {made.root.pem}), kTrusted);
    EXPECT_EQ(verdict({made.leaf.der, made.middle.der, made.root.der}, {made.root.pem}), kTrusted);
    EXPECT_EQ(verdict({made.leaf.der}, {made.middle.pem}), kTrusted);
    const MadeCertificate other({.common_name = "other", .authority = true});
    EXPECT_EQ(verdict({made.leaf.der}, {other.pem, made.middle.pem}), kTrusted);
}

TEST(CertificateChain, IsRefusedWhereALinkIsMissingOrForged) {
    const Chain made;
    const MadeCertificate twin({.common_name = "root", .authority = true});
    EXPECT_EQ(verdict({made.leaf.der}, {made.root.pem}), ErrorCode::kUnauthorized);
    EXPECT_EQ(verdict({made.leaf.der, made.middle.der}, {twin.pem}), ErrorCode::kUnauthorized);
    EXPECT_EQ(verdict({made.leaf.der, made.middle.der}, {}), ErrorCode::kUnauthorized);
    EXPECT_EQ(verdict({}, {made.root.pem}), ErrorCode::kUnauthorized);
    const MadeCertificate child({.common_name = "child"}, &made.leaf);
    EXPECT_EQ(verdict({child.der, made.leaf.der, made.middle.der}, {made.root.pem}),
              ErrorCode::kUnauthorized)
        << "a leaf is no authority";
}

TEST(CertificateChain, EveryDateInItCounts) {
    const Chain made;
    const std::vector<std::string> chain{made.leaf.der, made.middle.der};
    EXPECT_EQ(verdict(chain, {made.root.pem}, kNow - 25h), ErrorCode::kUnauthorized);
    EXPECT_EQ(verdict(chain, {made.root.pem}, kNow + 24h * 366), ErrorCode::kUnauthorized);
    const MadeCertificate old({.common_name = "old", .authority = true, .ends = kNow - 1h},
                              &made.root);
    const MadeCertificate leaf({.common_name = "dev-0001"}, &old);
    EXPECT_EQ(verdict({leaf.der, old.der}, {made.root.pem}), ErrorCode::kUnauthorized);
}

TEST(CertificateChain, BytesOfAPeerThatAreNoCertificateAreNoCrash) {
    const Chain made;
    EXPECT_EQ(verdict({"x"}, {made.root.pem}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(verdict({made.leaf.der, ""}, {made.root.pem}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(verdict({made.leaf.der}, {"no PEM"}), ErrorCode::kInvalidArgument);
    const std::vector<std::string> long_chain(kChainCertificatesMax + 1, made.leaf.der);
    EXPECT_EQ(verdict(long_chain, {made.root.pem}), ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace twinstorm::iothub

#include "dps/service_routes.h"

#include <string>

#include <gtest/gtest.h>

#include "dps/dps_fixture.h"
#include "dps/limits.h"
#include "dps/made_certificate.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSymmetric = R"({"attestation":{"type":"symmetricKey"}})";

TEST(ServiceRoutes, AnEnrollmentIsMadeReadReplacedAndDeleted) {
    DpsFixture fixture;
    const auto made = fixture.rest("PUT", "/enrollments/dev-1?api-version=2021-10-01",
                                   R"({"registrationId":"dev-1","deviceId":"device one",
                                       "attestation":{"type":"symmetricKey"}})");
    EXPECT_EQ(made.status, 400U) << "a blank is in no device id";
    const auto put = fixture.rest("PUT", "/enrollments/dev-1?api-version=2021-10-01",
                                  R"({"registrationId":"dev-1","deviceId":"device-one",
                                      "attestation":{"type":"symmetricKey"}})");
    ASSERT_EQ(put.status, 200U) << put.text("/message");
    EXPECT_EQ(put.text("/deviceId"), "device-one");
    EXPECT_EQ(put.text("/provisioningStatus"), "enabled");
    EXPECT_EQ(put.text("/allocationPolicy"), "hashed");
    EXPECT_EQ(put.text("/createdDateTimeUtc"), "2026-01-01T00:00:00.0000000Z");
    const std::string key = put.text("/attestation/symmetricKey/primaryKey");
    EXPECT_EQ(key.size(), 44U);

    const auto got = fixture.rest("GET", "/enrollments/DEV-1");
    EXPECT_EQ(got.text("/etag"), put.text("/etag"));
    EXPECT_EQ(got.text("/attestation/type"), "symmetricKey");
    EXPECT_EQ(got.text("/attestation/symmetricKey/primaryKey"), "") << "keys are hidden";
    EXPECT_EQ(fixture.rest("POST", "/enrollments/dev-1/attestationmechanism")
                  .text("/symmetricKey/primaryKey"),
              key);

    EXPECT_EQ(fixture.rest("PUT", "/enrollments/dev-1", kSymmetric).status, 409U);
    EXPECT_EQ(fixture.rest("PUT", "/enrollments/dev-1", kSymmetric, "\"x\"").status, 412U);
    EXPECT_EQ(fixture.rest("PUT", "/enrollments/dev-2", kSymmetric, "*").status, 404U);
    const auto replaced =
        fixture.rest("PUT", "/enrollments/dev-1", kSymmetric, "\"" + put.text("/etag") + "\"");
    EXPECT_EQ(replaced.status, 200U);
    EXPECT_NE(replaced.text("/etag"), put.text("/etag"));
    EXPECT_EQ(replaced.text("/attestation/symmetricKey/primaryKey"), key) << "not sent, kept";

    EXPECT_EQ(fixture.rest("DELETE", "/enrollments/dev-1", {}, "x").status, 412U);
    EXPECT_EQ(fixture.rest("DELETE", "/enrollments/dev-1", {}, replaced.text("/etag")).status,
              204U);
    const auto gone = fixture.rest("GET", "/enrollments/dev-1");
    EXPECT_EQ(gone.status, 404U);
    EXPECT_EQ(gone.body.at("errorCode"), 404201);
    EXPECT_EQ(fixture.rest("DELETE", "/enrollments/dev-1").status, 404U);
}

TEST(ServiceRoutes, WrongEnrollmentsAreNamed) {
    DpsFixture fixture;
    const testing::MadeCertificate ca({.common_name = "ca", .authority = true});
    struct Wrong {
        const char* body;
        const char* mentions;
    };
    const Wrong wrongs[] = {
        {"", "JSON"},
        {"[]", "JSON"},
        {"{}", "attestation"},
        {R"({"attestation":7})", "attestation"},
        {R"({"attestation":{"type":"tpm"}})", "TPM"},
        {R"({"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"%"}}})",
         "primaryKey"},
        {R"({"attestation":{"type":"symmetricKey","symmetricKey":7}})", "symmetricKey"},
        {R"({"attestation":{"type":"x509"}})", "x509"},
        {R"({"attestation":{"type":"x509","x509":{"signingCertificates":{}}}})",
         "clientCertificates"},
        {R"({"attestation":{"type":"x509","x509":{"clientCertificates":{}}}})", "primary"},
        {R"({"attestation":{"type":"x509","x509":{"clientCertificates":
             {"primary":{"certificate":"x"}}}}})",
         "primary.certificate"},
        {R"({"registrationId":"other","attestation":{"type":"symmetricKey"}})", "registrationId"},
        {R"({"provisioningStatus":"maybe","attestation":{"type":"symmetricKey"}})",
         "provisioningStatus"},
        {R"({"allocationPolicy":"custom","attestation":{"type":"symmetricKey"}})", "custom"},
        {R"({"iotHubs":["other"],"attestation":{"type":"symmetricKey"}})", "iotHubs"},
        {R"({"iotHubs":"hub1","attestation":{"type":"symmetricKey"}})", "iotHubs"},
        {R"({"iotHubHostName":"other","attestation":{"type":"symmetricKey"}})", "iotHubHostName"},
        {R"({"initialTwin":7,"attestation":{"type":"symmetricKey"}})", "initialTwin"},
        {R"({"capabilities":{"iotEdge":1},"attestation":{"type":"symmetricKey"}})", "iotEdge"},
        {R"({"reprovisionPolicy":{"migrateDeviceData":1},
             "attestation":{"type":"symmetricKey"}})",
         "migrateDeviceData"},
    };
    for (const Wrong& wrong : wrongs) {
        const auto reply = fixture.rest("PUT", "/enrollments/dev-1", wrong.body);
        EXPECT_EQ(reply.status, 400U) << wrong.body;
        EXPECT_NE(reply.text("/message").find(wrong.mentions), std::string::npos)
            << wrong.body << ": " << reply.text("/message");
    }
    EXPECT_EQ(fixture.rest("PUT", "/enrollments/a%2Fb", kSymmetric).status, 400U);
    EXPECT_EQ(fixture.rest("GET", "/enrollments/dev-1").status, 404U) << "nothing was stored";
}

TEST(ServiceRoutes, CertificatesComeBackAsTheirData) {
    DpsFixture fixture;
    const testing::MadeCertificate own({.common_name = "dev-1"});
    std::string pem = own.pem;
    for (std::size_t at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at)) {
        pem.replace(at, 1, "\\n");
    }
    const std::string body =
        R"({"attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":")" +
        pem + R"("}}}}})";
    const auto put = fixture.rest("PUT", "/enrollments/dev-1", body);
    ASSERT_EQ(put.status, 200U) << put.text("/message");
    const std::string info = "/attestation/x509/clientCertificates/primary/info/";
    EXPECT_EQ(put.text(info + "subjectName"), "CN=dev-1");
    EXPECT_EQ(put.text(info + "sha256Thumbprint").size(), 64U);
    // What was read may be sent back: the certificate is kept.
    const auto again = fixture.rest(
        "PUT", "/enrollments/dev-1",
        R"({"attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"info":{}}}}}})",
        "*");
    EXPECT_EQ(again.text(info + "sha256Thumbprint"), put.text(info + "sha256Thumbprint"));
}

TEST(ServiceRoutes, TheRightsOfThePolicyCount) {
    DpsFixture fixture;
    const std::string reader = fixture.service_token("reader", kReaderKey);
    EXPECT_EQ(fixture.rest("GET", "/enrollmentGroups/default", {}, {}, reader).status, 200U);
    for (const auto& [method, target] :
         {std::pair("PUT", "/enrollments/d"), std::pair("DELETE", "/enrollmentGroups/default"),
          std::pair("POST", "/enrollmentGroups/default/attestationmechanism"),
          std::pair("GET", "/registrations/d"), std::pair("DELETE", "/registrations/d")}) {
        const auto reply = fixture.rest(method, target, kSymmetric, {}, reader);
        EXPECT_EQ(reply.status, 401U) << target;
        EXPECT_EQ(reply.body.at("errorCode"), 401002);
    }
    for (const std::string& token :
         {std::string("nonsense"), fixture.service_token("reader", kGroupKey),
          fixture.service_token("nobody", kReaderKey), fixture.group_token("dev-1")}) {
        EXPECT_EQ(fixture.rest("GET", "/enrollmentGroups/default", {}, {}, token).status, 401U);
    }
    fixture.loop.pass(2h);
    EXPECT_EQ(fixture.rest("GET", "/enrollmentGroups/default", {}, {}, reader).status, 401U);
}

TEST(ServiceRoutes, QueriesComeInPages) {
    DpsFixture fixture;
    for (const char* id : {"c", "A", "b"}) {
        EXPECT_EQ(fixture.rest("PUT", "/enrollments/" + std::string(id), kSymmetric).status, 200U);
    }
    const auto query = [&](std::string_view source, std::string_view text,
                           std::string_view items = {}, std::string_view after = {}) {
        const RestReply owner = fixture.rest("GET", "/enrollmentGroups/default");
        EXPECT_EQ(owner.status, 200U);
        const std::string connection = fixture.service->connection_string().reveal();
        const std::string key = connection.substr(connection.rfind("Key=") + 4);
        net::HttpRequest request{
            "POST",
            "/" + std::string(source) + "/query",
            {{"Authorization", fixture.service_token("provisioningserviceowner", key)},
             {"x-ms-max-item-count", std::string(items)},
             {"x-ms-continuation", std::string(after)}},
            R"({"query":")" + std::string(text) + R"("})"};
        return fixture.send(std::move(request));
    };
    const auto first = query("enrollments", "SELECT * FROM enrollments", "2");
    ASSERT_EQ(first.status, 200U);
    ASSERT_EQ(first.body.as_array().size(), 2U);
    EXPECT_EQ(first.body.at(0).at("registrationId"), "A");
    const std::string after(net::find_header(first.headers, "x-ms-continuation"));
    ASSERT_FALSE(after.empty());
    const auto second = query("enrollments", "select * from enrollments;", "2", after);
    ASSERT_EQ(second.body.as_array().size(), 1U);
    EXPECT_EQ(second.body.at(0).at("registrationId"), "c");
    EXPECT_EQ(net::find_header(second.headers, "x-ms-continuation"), "");
    EXPECT_EQ(query("enrollmentGroups", "SELECT *").body.at(0).at("enrollmentGroupId"), "default");
    EXPECT_EQ(query("enrollments", "SELECT * WHERE a = 1").status, 400U);
    EXPECT_EQ(query("enrollments", "SELECT *", "0").status, 400U);
    EXPECT_EQ(query("enrollments", "SELECT *", "2x").status, 400U);
    EXPECT_EQ(query("enrollments", "SELECT *", "2", "%").status, 400U);
}

TEST(ServiceRoutes, RegistrationStatesAreReadQueriedAndDeleted) {
    DpsFixture fixture;
    for (const char* id : {"dev-1", "dev-2"}) {
        (void)fixture.online(id)->ask_to_register().answers();
    }
    const auto one = fixture.rest("GET", "/registrations/dev-1");
    EXPECT_EQ(one.status, 200U);
    EXPECT_EQ(one.text("/status"), "assigned");
    EXPECT_EQ(fixture.rest("POST", "/registrations/default/query").body.as_array().size(), 2U);
    EXPECT_EQ(fixture.rest("POST", "/registrations/other/query").status, 404U);
    EXPECT_EQ(fixture.rest("DELETE", "/registrations/dev-1", {}, "x").status, 412U);
    EXPECT_EQ(fixture.rest("DELETE", "/registrations/dev-1").status, 204U);
    EXPECT_EQ(fixture.rest("GET", "/registrations/dev-1").body.at("errorCode"), 404202);
    EXPECT_EQ(fixture.rest("DELETE", "/enrollmentGroups/default").status, 204U);
    EXPECT_EQ(fixture.rest("GET", "/registrations/dev-2").status, 404U);
}

TEST(ServiceRoutes, ThereAreSoManyGroups) {
    DpsFixture fixture(false);
    for (std::size_t i = 1; i < kEnrollmentGroupsMax; ++i) {
        const std::string target = "/enrollmentGroups/g" + std::to_string(i);
        ASSERT_EQ(fixture.rest("PUT", target, kSymmetric).status, 200U);
    }
    EXPECT_EQ(fixture.rest("PUT", "/enrollmentGroups/more", kSymmetric).status, 403U);
    EXPECT_EQ(fixture.rest("PUT", "/enrollmentGroups/default", kSymmetric, "*").status, 200U);
}

TEST(ServiceRoutes, OperationsAreThrottled) {
    DpsFixture fixture;
    for (std::uint32_t i = 0; i < kServiceOperationsMax; ++i) {
        ASSERT_EQ(fixture.rest("GET", "/enrollmentGroups/default").status, 200U);
    }
    const auto refused = fixture.rest("GET", "/enrollmentGroups/default");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(net::find_header(refused.headers, "Retry-After"), "60");
}

TEST(ServiceRoutes, UnknownResourcesAndMethods) {
    DpsFixture fixture;
    EXPECT_EQ(fixture.rest("GET", "/nothing").status, 404U);
    EXPECT_EQ(fixture.rest("GET", "/enrollments").status, 404U);
    EXPECT_EQ(fixture.rest("PATCH", "/enrollments/a").status, 405U);
    EXPECT_EQ(fixture.rest("GET", "").status, 400U);
    EXPECT_EQ(fixture.rest("GET", "nonsense").status, 400U);
    EXPECT_EQ(fixture.rest("GET", "/enrollments/%zz").status, 400U);
    EXPECT_EQ(fixture.rest("PUT", "/enrollments/a", std::string(kMessageBytesMax + 1, ' ')).status,
              413U);
}

}  // namespace
}  // namespace twinstorm::dps

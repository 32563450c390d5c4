#include "dps/attestation.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "dps/dps_fixture.h"
#include "dps/made_certificate.h"
#include "twinstorm/dps/device_key.h"
#include "twinstorm/iothub/certificate.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;
using testing::MadeCertificate;

class CertificateTest : public ::testing::Test {
protected:
    void put(std::string_view target, std::string_view kind, const std::string& certificate,
             const std::string& second = {}) {
        boost::json::object certificates{{"primary", {{"certificate", certificate}}}};
        if (!second.empty()) {
            certificates["secondary"] = {{"certificate", second}};
        }
        const boost::json::object body{
            {"attestation", {{"type", "x509"}, {"x509", {{kind, certificates}}}}}};
        EXPECT_EQ(fixture.rest("PUT", target, boost::json::serialize(body)).status, 200U);
    }
    void put_individual(std::string_view id, const std::string& one, const std::string& two = {}) {
        put("/enrollments/" + std::string(id), "clientCertificates", one, two);
    }
    void put_group(const std::string& certificate) {
        put("/enrollmentGroups/plant", "signingCertificates", certificate);
    }

    // What CONNECT and then a request to register are answered with.
    std::string outcome(const std::string& id, const std::vector<std::string>& chain) {
        DpsClient device(fixture, chain);
        device.connect({.id = id, .password = {}});
        std::string connected = device.answers();
        connected.pop_back();
        if (!device.open()) {
            return connected;
        }
        (void)device.subscribe("$dps/registrations/res/#").ask_to_register().answers();
        return device.topic().substr(std::string("$dps/registrations/res/").size(), 3);
    }

    DpsFixture fixture;
    MadeCertificate root{{.common_name = "root", .authority = true}};
    MadeCertificate middle{{.common_name = "middle", .authority = true}, &root};
    MadeCertificate leaf{{.common_name = "dev-0001"}, &middle};
    MadeCertificate own{{.common_name = "dev-0001"}};
};

TEST_F(CertificateTest, AnIndividualEnrollmentKnowsItsCertificates) {
    put_individual("dev-0001", own.pem, leaf.pem);
    EXPECT_EQ(outcome("dev-0001", {own.der}), "202");
    EXPECT_EQ(outcome("dev-0001", {leaf.der}), "202") << "the secondary";
    EXPECT_EQ(outcome("DEV-0001", {own.der}), "202") << "ids are case-insensitive";
    const auto& credentials = fixture.registrar.asked.at(0).credentials;
    EXPECT_EQ(credentials.kind, DeviceCredentials::Kind::kSelfSigned);
    EXPECT_EQ(credentials.primary_thumbprint, iothub::parse_certificate(own.der)->sha256);
    EXPECT_EQ(credentials.secondary_thumbprint, iothub::parse_certificate(leaf.der)->sha256);
    const MadeCertificate stranger({.common_name = "dev-0001"});
    EXPECT_EQ(outcome("dev-0001", {stranger.der}), "connack 5");
    EXPECT_EQ(outcome("dev-0001", {}), "connack 5");
    EXPECT_EQ(outcome("dev-0001", {"no certificate"}), "connack 5");
}

TEST_F(CertificateTest, ACommonNameOfAnotherDeviceIsRefused) {
    put_individual("dev-0002", own.pem);
    EXPECT_EQ(outcome("dev-0002", {own.der}), "connack 5");
}

TEST_F(CertificateTest, AGroupKnowsWhomItsAuthoritySigned) {
    put_group(root.pem);
    EXPECT_EQ(outcome("dev-0001", {leaf.der, middle.der}), "202");
    EXPECT_EQ(fixture.registrar.asked.at(0).credentials.primary_thumbprint,
              iothub::parse_certificate(leaf.der)->sha256);
    EXPECT_EQ(outcome("dev-0001", {leaf.der}), "404") << "its issuer is not shown";
    EXPECT_EQ(outcome("dev-0001", {own.der}), "404");
}

TEST_F(CertificateTest, WithoutAnyEnrollmentRegisteringIsAnswered404) {
    EXPECT_EQ(outcome("dev-0001", {own.der}), "404");
    EXPECT_TRUE(fixture.registrar.asked.empty());
}

TEST_F(CertificateTest, DatesCount) {
    const MadeCertificate old({.common_name = "dev-0001", .ends = kVirtualEpoch - 1h});
    put_individual("dev-0001", old.pem);
    EXPECT_EQ(outcome("dev-0001", {old.der}), "connack 5");
    put_group(middle.pem);
    const MadeCertificate late({.common_name = "dev-0003", .ends = kVirtualEpoch + 1h}, &middle);
    EXPECT_EQ(outcome("dev-0003", {late.der}), "202");
    fixture.loop.pass(2h);
    EXPECT_EQ(outcome("dev-0003", {late.der}), "404");
}

TEST_F(CertificateTest, AnIndividualEnrollmentForTokensTakesNoCertificate) {
    put_group(root.pem);
    EXPECT_EQ(
        fixture.rest("PUT", "/enrollments/dev-0001", R"({"attestation":{"type":"symmetricKey"}})")
            .status,
        200U);
    EXPECT_EQ(outcome("dev-0001", {leaf.der, middle.der}), "connack 5");
}

TEST(TokenAttestation, AnIndividualEnrollmentGoesBeforeItsGroup) {
    DpsFixture fixture;
    const auto made =
        fixture.rest("PUT", "/enrollments/dev-1", R"({"attestation":{"type":"symmetricKey"}})");
    DpsClient by_group(fixture);
    by_group.connect({.id = "dev-1", .password = fixture.group_token("dev-1")});
    EXPECT_EQ(by_group.answers(), "connack 5\n");
    for (const char* key : {"primaryKey", "secondaryKey"}) {
        DpsClient own(fixture);
        own.connect({.id = "dev-1",
                     .password = fixture.device_token(
                         "dev-1", made.text(std::string("/attestation/symmetricKey/") + key))});
        EXPECT_EQ(own.answers(), "connack 0\n") << key;
    }
}

TEST(TokenAttestation, AKeyMayBeDerivedFromEitherSpelling) {
    DpsFixture fixture;
    for (const char* derived_from : {"Dev-1", "dev-1"}) {
        const std::string key = derive_device_key(kGroupKey, derived_from).value();
        DpsClient device(fixture);
        device.connect({.id = "Dev-1", .password = fixture.device_token("Dev-1", key)})
            .subscribe("$dps/registrations/res/#")
            .ask_to_register();
        EXPECT_TRUE(device.open()) << derived_from;
        EXPECT_EQ(fixture.registrar.asked.back().credentials.primary_key, key);
        EXPECT_EQ(fixture.registrar.asked.back().device_id, "Dev-1");
    }
}

}  // namespace
}  // namespace twinstorm::dps

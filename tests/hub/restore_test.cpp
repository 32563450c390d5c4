#include "hub/restore.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"
#include "twinstorm/iothub/connection_string.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class Restore : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::remove(path_); }
    void TearDown() override { std::filesystem::remove(path_); }

    std::unique_ptr<HubFixture> start() {
        hub::Options options;
        options.journal_file = path_;
        auto fixture = std::make_unique<HubFixture>(std::move(options));
        const auto restored = fixture->hub->restore();
        EXPECT_TRUE(restored) << restored.error().message();
        return fixture;
    }

    Result<void> start_with(std::string_view journal) {
        std::ofstream(path_, std::ios::binary) << journal;
        hub::Options options;
        options.journal_file = path_;
        HubFixture fixture(std::move(options));
        return fixture.hub->restore();
    }

    const std::string path_ = ::testing::TempDir() + "twinstorm_restore_" +
                              std::to_string(::getpid()) + "_" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Restore, BringsBackConfigurationsAndWhereTheyAreApplied) {
    const auto content = [](std::string_view id) {
        return R"({"targetCondition":"*","content":{"deviceContent":{"properties.desired.)" +
               std::string(id) + R"(":1}}})";
    };
    auto before = start();
    before->create_gateway();
    ASSERT_EQ(before->rest("PUT", "/configurations/stays", content("stays")).status, 201U);
    ASSERT_EQ(before->rest("PUT", "/configurations/goes", content("goes")).status, 201U);
    ASSERT_EQ(before->rest("PUT", "/configurations/gone", content("gone")).status, 201U);
    ASSERT_EQ(before->rest("DELETE", "/configurations/gone").status, 204U);
    const auto twin = before->rest("GET", "/twins/gw").body;
    before.reset();

    auto after = start();
    EXPECT_EQ(after->rest("GET", "/twins/gw").body, twin);
    EXPECT_EQ(after->rest("GET", "/configurations").body.as_array().size(), 2U);
    after->loop.pass(1ms);  // They are evaluated again, and nothing differs.
    EXPECT_EQ(after->rest("GET", "/twins/gw").body, twin);
    EXPECT_EQ(
        after->rest("GET", "/configurations/stays").number("/systemMetrics/results/appliedCount"),
        1);
    ASSERT_EQ(after->rest("DELETE", "/configurations/goes").status, 204U);
    const RestAnswer left = after->rest("GET", "/twins/gw");
    EXPECT_EQ(left.number("/properties/desired/stays"), 1);
    EXPECT_EQ(left.number("/properties/desired/goes"), -1);
}

TEST_F(Restore, BringsBackModelsAndScopes) {
    auto before = start();
    before->create_gateway();
    ASSERT_EQ(before->rest("PUT", "/devices/e", R"({"capabilities":{"iotEdge":true}})").status,
              200U);
    const auto edge = before->rest("GET", "/devices/e").body;
    ConnectOptions options = before->connect_options(kGateway);
    options.user_name += "&model-id=dtmi:x;1";
    HubClient(before->loop, *before->hub).send(HubFixture::connect(options));
    before.reset();
    auto after = start();
    EXPECT_EQ(after->rest("GET", "/twins/gw").text("/modelId"), "dtmi:x;1");
    EXPECT_EQ(after->rest("GET", "/devices/e").body, edge);
}

TEST_F(Restore, BringsBackIdentitiesTwinsAndSessions) {
    auto before = start();
    before->create_gateway();
    ASSERT_EQ(before->rest("PUT", "/devices/gone", "{}").status, 200U);
    ASSERT_EQ(before->rest("DELETE", "/devices/gone").status, 204U);
    ASSERT_EQ(before->rest("PUT", "/devices/gw/modules/other", R"({"managedBy":"IotEdge"})").status,
              201U);
    before->loop.pass(1500ms);
    ASSERT_EQ(before
                  ->rest("PATCH", "/twins/gw/modules/agent",
                         R"({"tags":{"t":1},"properties":{"desired":{"x":{"y":1}}}})")
                  .status,
              200U);
    ASSERT_EQ(before->rest("PUT", "/twins/gw", R"({"properties":{"desired":{"z":1}}})").status,
              200U);
    ConnectOptions options = before->connect_options(kAgent);
    options.clean_session = false;
    {
        HubClient agent(before->loop, *before->hub);
        agent.send(HubFixture::connect(options) + subscribe(1, {{"$iothub/twin/res/#", 0}}) +
                   publish("$iothub/twin/PATCH/properties/reported/?$rid=1", R"({"fw":"2"})"));
        ASSERT_TRUE(agent.answers().ends_with("$rid=1&$version=2 "));
    }
    before->loop.pump();
    const auto device = before->rest("GET", "/devices/gw").body;
    const auto other = before->rest("GET", "/devices/gw/modules/other").body;
    const auto device_twin = before->rest("GET", "/twins/gw").body;
    const RestAnswer twin = before->rest("GET", "/twins/gw/modules/agent");
    const std::string key = before->key_of(kAgent);
    before.reset();

    auto after = start();
    EXPECT_EQ(after->rest("GET", "/devices/gw").body, device);
    EXPECT_EQ(after->rest("GET", "/devices/gw/modules/other").body, other);
    EXPECT_EQ(after->rest("GET", "/twins/gw").body, device_twin);
    const RestAnswer restored = after->rest("GET", "/twins/gw/modules/agent");
    EXPECT_EQ(restored.body.at("properties"), twin.body.at("properties"));
    EXPECT_EQ(restored.text("/etag"), twin.text("/etag"));
    EXPECT_EQ(after->rest("GET", "/devices/gone").status, 404U);
    EXPECT_EQ(after->key_of(kAgent), key);
    HubClient agent(after->loop, *after->hub);
    EXPECT_EQ(agent.send(HubFixture::connect(options)).answers(), "CONNACK 0 present");
    EXPECT_EQ(after->admin("GET", "/admin/status").text("/journal"), "on");
}

TEST_F(Restore, KeepsNewLivesApartFromOldOnes) {
    auto before = start();
    before->create_gateway();
    const std::string generation = before->rest("GET", "/devices/gw").text("/generationId");
    before.reset();
    auto after = start();
    ASSERT_EQ(after->rest("DELETE", "/devices/gw").status, 204U);
    EXPECT_GT(after->rest("PUT", "/devices/gw", "{}").text("/generationId"), generation);
    after.reset();
    EXPECT_EQ(start()->rest("GET", "/devices/gw/modules").body.as_array().size(), 0U);
}

TEST_F(Restore, AppliesUpdatesOfAnIdentity) {
    auto before = start();
    before->create_gateway();
    ASSERT_EQ(before->rest("PATCH", "/twins/gw", R"({"tags":{"a":1}})").status, 200U);
    ASSERT_EQ(
        before->rest("PUT", "/devices/gw", R"({"status":"disabled"})", {.if_match = "*"}).status,
        200U);
    before.reset();
    auto after = start();
    EXPECT_EQ(after->rest("GET", "/devices/gw").text("/status"), "disabled");
    EXPECT_EQ(after->rest("GET", "/twins/gw").number("/tags/a"), 1);
}

TEST_F(Restore, SurvivesATornLastLineButNoOther) {
    auto before = start();
    before->create_gateway();
    before.reset();
    std::ofstream(path_, std::ios::app) << R"({"op":"delete","device":"g)";
    EXPECT_EQ(start()->rest("GET", "/devices/gw").status, 200U);

    std::ofstream(path_, std::ios::app) << "{\"op\":\"delete\",\"device\":\"g\n";
    hub::Options options;
    options.journal_file = path_;
    HubFixture broken(std::move(options));
    const auto restored = broken.hub->restore();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(restored.error().detail.find(":3: "), std::string::npos) << restored.error().detail;
}

TEST_F(Restore, RefusesLinesThatMakeNoSense) {
    for (const std::string_view line :
         {"", "7", "{}", R"({"op":"dance"})", R"({"op":"put"})", R"({"op":"put","identity":{}})",
          R"({"op":"delete","device":"x"})", R"({"op":"twin-patch","device":"x","body":{}})",
          R"({"op":"session","device":"x","subscriptions":1})"}) {
        const auto restored = start_with(std::string(line) + "\n");
        ASSERT_FALSE(restored) << line;
        EXPECT_NE(restored.error().detail.find(":1: "), std::string::npos) << line;
    }
}

TEST(RestoreOwnerKey, MustBeBase64) {
    hub::Options options;
    options.owner_key = Secret("not base64!");
    HubFixture fixture(std::move(options));
    const auto restored = fixture.hub->restore();
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(restored.error().detail.find("not base64!"), std::string::npos);
}

TEST(RestoreOwnerKey, IsTheOneOfTheConnectionString) {
    hub::Options options;
    options.owner_key = Secret("b3duZXI=");
    HubFixture fixture(std::move(options));
    ASSERT_TRUE(fixture.hub->restore());
    const auto text = iothub::ConnectionString::parse(fixture.hub->connection_string().reveal());
    ASSERT_TRUE(text);
    EXPECT_EQ(text->host_name, kHost);
    EXPECT_EQ(text->policy, "iothubowner");
    EXPECT_EQ(text->key.reveal(), "b3duZXI=");
    EXPECT_EQ(fixture.rest("GET", "/devices").status, 200U);
}

}  // namespace
}  // namespace twinstorm::testing

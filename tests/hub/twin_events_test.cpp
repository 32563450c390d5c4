#include "hub/twin_events.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "hub/common.h"
#include "hub/shards.h"
#include "support/hub_fake_loop.h"

namespace twinstorm::testing {
namespace {

namespace json = boost::json;

class TwinEvents : public ::testing::Test {
protected:
    void open(hub::Routes routes) {
        hub::Options options;
        options.routes = routes;
        options.partitions = 1;
        common = std::make_unique<hub::Common>(options, WallAnchor{kVirtualEpoch}, loop.now(), 1);
        shards = std::make_unique<hub::Shards>(*common, std::vector<net::Loop*>{&loop});
    }
    hub::Shard& shard() { return shards->front(); }
    hub::Instant now() { return shard().instant(loop.now()); }
    hub::Identity& make(const iothub::IdentityName& name) {
        return **shard().registry.create(name, {}, now());
    }
    std::vector<events::Event> told() {
        return shard().events.partition(0).read({}, {100, std::size_t{1} << 20}).events;
    }
    static std::string property(const events::Event& event, std::string_view name) {
        for (const auto& [key, value] : event.application) {
            if (key == name) {
                return value.value_or("");
            }
        }
        return "";
    }
    static json::object body(const events::Event& event) {
        return json::parse({reinterpret_cast<const char*>(event.body.data()), event.body.size()})
            .as_object();
    }

    FakeLoop loop;
    std::unique_ptr<hub::Common> common;
    std::unique_ptr<hub::Shards> shards;
};

TEST_F(TwinEvents, SaysNothingOfWhatIsNotRouted) {
    open({});
    hub::Identity& device = make({"d", ""});
    ASSERT_TRUE(shard().twins.patch(device, {{"tags", json::object()}}, "", now()));
    ASSERT_TRUE(shard().registry.remove({"d", ""}, "", now()));
    EXPECT_TRUE(told().empty());
}

TEST_F(TwinEvents, TellsTheChangedSectionsOfEachWrite) {
    open({.twin_changes = true});
    hub::Identity& device = make({"d", ""});
    ASSERT_TRUE(
        shard().twins.patch(device, json::parse(R"({"tags":{"a":1}})").as_object(), "", now()));
    ASSERT_TRUE(shard().twins.patch_reported(device, {{"r", 1}}, now()));
    ASSERT_TRUE(shard().twins.replace(device, {}, "", now()));
    ASSERT_FALSE(shard().twins.patch(device, {}, "stale", now()));  // Refused: not told.
    const auto all = told();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(property(all[0], "opType"), "updateTwin");
    EXPECT_EQ(body(all[0]), json::parse(R"({"version":3,"tags":{"a":1}})").as_object());
    const json::object reported = body(all[1]);
    EXPECT_EQ(reported.at("properties").at("reported").at("r"), 1);
    EXPECT_TRUE(reported.at("properties").at("reported").as_object().contains("$metadata"));
    EXPECT_FALSE(reported.at("properties").as_object().contains("desired"));
    EXPECT_FALSE(reported.contains("tags"));
    EXPECT_EQ(property(all[2], "opType"), "replaceTwin");
    EXPECT_EQ(body(all[2]).at("tags"), json::object());
    EXPECT_EQ(body(all[2]).at("properties").at("desired").at("$version"), 2);
}

TEST_F(TwinEvents, TellsOfIdentitiesThatComeAndGo) {
    open({.lifecycle = true});
    make({"d", ""});
    make({"d", "m"});
    ASSERT_TRUE(shard().registry.remove({"d", "m"}, "", now()));
    ASSERT_TRUE(shard().registry.remove({"d", ""}, "", now()));
    const auto all = told();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(property(all[0], "opType"), "createDeviceIdentity");
    EXPECT_EQ(body(all[0]).at("etag"), "AAAAAAAAAAE=");
    EXPECT_EQ(body(all[0]).at("version"), 2);
    EXPECT_EQ(property(all[1], "opType"), "createModuleIdentity");
    EXPECT_EQ(body(all[1]).at("moduleId"), "m");
    EXPECT_EQ(property(all[2], "opType"), "deleteModuleIdentity");
    EXPECT_EQ(property(all[3], "opType"), "deleteDeviceIdentity");
}

TEST_F(TwinEvents, ForgettingAllIsNotTold) {
    open({.lifecycle = true});
    make({"d", ""});
    shard().registry.clear(now());
    EXPECT_EQ(shard().registry.identity_count(), 0U);
    EXPECT_EQ(common->identities, 0U);
    EXPECT_EQ(told().size(), 1U);  // That it was made.
}

}  // namespace
}  // namespace twinstorm::testing

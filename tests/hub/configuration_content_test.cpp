#include "hub/configuration_content.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace twinstorm::testing {
namespace {

namespace json = boost::json;
using hub::ConfigurationContent;

json::object object_of(std::string_view text) {
    return json::parse(text).as_object();
}

hub::Outcome<ConfigurationContent> read(std::string_view text) {
    return hub::read_content(object_of(text));
}

TEST(ConfigurationContent, MakesOnePatchOfItsPaths) {
    const auto content = read(R"({"deviceContent":{"properties.desired.a.b":1,)"
                              R"("properties.desired.a.c":{"d":2},"properties.desired.e":[3]}})");
    ASSERT_TRUE(content);
    EXPECT_EQ(content->kind, ConfigurationContent::Kind::kDevice);
    EXPECT_EQ(content->patch, object_of(R"({"a":{"b":1,"c":{"d":2}},"e":[3]})"));
    EXPECT_EQ(content->paths.size(), 3U);
}

TEST(ConfigurationContent, TakesTheWholeSectionAndEdgeModules) {
    const auto whole = read(R"({"moduleContent":{"properties.desired":{"a":1}}})");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->kind, ConfigurationContent::Kind::kModule);
    EXPECT_EQ(whole->patch, object_of(R"({"a":1})"));
    const auto edge =
        read(R"({"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1"}}}})");
    ASSERT_TRUE(edge);
    EXPECT_EQ(edge->modules.at("$edgeAgent"), object_of(R"({"schemaVersion":"1.1"})"));
}

TEST(ConfigurationContent, RefusesWhatNoTwinCouldTake) {
    const std::string big(33 * 1024, 'x');
    for (const std::string& text :
         {std::string("{}"), std::string(R"({"deviceContent":7})"),
          std::string(R"({"deviceContent":{},"moduleContent":{}})"),
          std::string(R"({"deviceContent":{"tags.a":1}})"),
          std::string(R"({"deviceContent":{"properties.desired":1}})"),
          std::string(R"({"deviceContent":{"properties.desired.":1}})"),
          std::string(R"({"deviceContent":{"properties.desired.a..b":1}})"),
          std::string(R"({"deviceContent":{"properties.desiredx":1}})"),
          std::string(R"({"deviceContent":{"properties.desired.a":1,"properties.desired.a.b":2}})"),
          std::string(R"({"deviceContent":{"properties.desired.a b":1}})"),
          std::string(R"({"modulesContent":{"m":7}})"),
          std::string(R"({"modulesContent":{"a b":{}}})"),
          R"({"deviceContent":{"properties.desired.a":")" + big + R"("}})"}) {
        const auto refused = read(text);
        ASSERT_FALSE(refused) << text.substr(0, 80);
        EXPECT_EQ(refused.error().code, iothub::ServiceErrorCode::kInvalidConfigurationContent);
    }
}

TEST(ConfigurationContent, PathsOverlapAtTheirSegments) {
    EXPECT_TRUE(hub::overlap("properties.desired.a", "properties.desired.a"));
    EXPECT_TRUE(hub::overlap("properties.desired.a", "properties.desired.a.b"));
    EXPECT_TRUE(hub::overlap("properties.desired.a.b", "properties.desired"));
    EXPECT_FALSE(hub::overlap("properties.desired.a", "properties.desired.ab"));
    EXPECT_FALSE(hub::overlap("properties.desired.a.b", "properties.desired.a.c"));
}

TEST(ConfigurationContent, DifferencesAreMergePatches) {
    const auto patch = hub::difference(object_of(R"({"a":1,"b":{"c":1,"d":2},"e":[1],"s":{}})"),
                                       object_of(R"({"b":{"c":1,"d":3},"e":[1],"f":{},"s":1})"));
    EXPECT_EQ(patch, object_of(R"({"a":null,"b":{"d":3},"f":{},"s":1})"));
    EXPECT_TRUE(hub::difference(patch, patch).empty());
}

TEST(ConfigurationContent, KnowsWhatIsInForce) {
    const auto values = object_of(R"({"a":{"b":1,"x":2},"c":[1]})");
    EXPECT_TRUE(hub::is_in_force(object_of(R"({"a":{"b":1},"c":[1],"d":null})"), values));
    EXPECT_FALSE(hub::is_in_force(object_of(R"({"a":{"b":2}})"), values));
    EXPECT_FALSE(hub::is_in_force(object_of(R"({"a":null})"), values));
    EXPECT_FALSE(hub::is_in_force(object_of(R"({"new":{}})"), values));
}

TEST(ConfigurationContent, ErasesPaths) {
    auto values = object_of(R"({"a":{"b":1,"c":2},"d":3})");
    hub::erase_path(values, "properties.desired.a.b");
    hub::erase_path(values, "properties.desired.d.none");
    hub::erase_path(values, "properties.desired.none.x");
    EXPECT_EQ(values, object_of(R"({"a":{"c":2},"d":3})"));
    hub::erase_path(values, "properties.desired");
    EXPECT_TRUE(values.empty());
}

}  // namespace
}  // namespace twinstorm::testing

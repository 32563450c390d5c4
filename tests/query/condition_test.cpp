#include "twinstorm/query/condition.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/documents.h"
#include "support/allocations.h"

namespace twinstorm::query {
namespace {

using testing::ElementsAre;
using testing::Optional;

Condition condition(std::string_view text) {
    auto parsed = parse_condition(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().detail);
    return parsed ? std::move(*parsed) : Condition();
}

bool holds(std::string_view text) {
    static const boost::json::object twin = device_twin();
    const Condition parsed = condition(text);
    const bool matches = parsed.matches(twin);
    EXPECT_EQ(parsed.matches(cut(twin, parsed.roots())), matches) << text << ": other roots";
    return matches;
}

void expect_truth(const std::vector<std::string>& texts, bool expected) {
    for (const std::string& text : texts) {
        EXPECT_EQ(holds(text), expected) << text;
    }
}

TEST(Condition, Compares) {
    expect_truth({"deviceId = 'dev-0001'", "tags.site != 'b'", "tags.site <> 'b'", "tags.floor < 4",
                  "tags.floor <= 3", "tags.floor > 2.5", "tags.floor >= 3.0", "tags.ratio = 0.5",
                  "tags.live = true", "tags.[[odd.name]] = \"odd\"", "status='enabled'",
                  "properties.desired.big = 4503599627370495", "properties.reported.2nd = 'x'",
                  "capabilities.iotEdge = false", "tags.from = 'here'",
                  "configurations.[[cfg-1]].status = 'Applied'", "version = 7",
                  "x509Thumbprint.primaryThumbprint = null", "tags.site != null"},
                 true);
    expect_truth({"deviceId = 'DEV-0001'", "tags.site = 'A'", "tags.floor = '3'", "tags.floor > 3",
                  "tags.live = 'true'", "tags.site = null", "tags.Site = 'a'", "modelId = null"},
                 false);
}

TEST(Condition, TakesTheConstantOnTheLeft) {
    expect_truth({"'a' = tags.site", "2 < tags.floor", "4 >= tags.floor", "4 > tags.floor"}, true);
    expect_truth({"4 < tags.floor", "2 >= tags.floor", "'a' <> tags.site"}, false);
}

TEST(Condition, ComparesTimesAsText) {
    expect_truth({"lastActivityTime >= '2026-01-02'",
                  "properties.reported.$metadata.fw.$lastUpdated > '2026-01-02T23:59:59Z'",
                  "properties.desired.$metadata.$lastUpdatedVersion = 3"},
                 true);
    expect_truth({"lastActivityTime > '2026-01-03'"}, false);
}

TEST(Condition, JoinsWithTheUsualPrecedence) {
    expect_truth(
        {"tags.floor=3 AND tags.site='a'", "tags.floor=1 or tags.site='a'",
         "tags.site='a' OR tags.floor=1 AND tags.floor=2", "NOT tags.floor=1 AND tags.site='a'",
         "NOT (tags.floor=1 AND tags.site='a')", "NOT NOT tags.site='a'",
         "not(tags.site='b')and(tags.floor=3)", "((tags.site='a'))"},
        true);
    expect_truth({"(tags.site='a' OR tags.floor=1) AND tags.floor=2",
                  "NOT tags.site='a' OR tags.floor=1", "tags.site='a' AND tags.site='b'"},
                 false);
}

TEST(Condition, LooksIntoLists) {
    expect_truth({"deviceId IN ['x','dev-0001']", "tags.floor in [3.0]", "tags.floor NIN [1,'3']",
                  "tags.site IN['a']", "x509Thumbprint.primaryThumbprint IN [null]"},
                 true);
    expect_truth({"deviceId IN ['x']", "deviceId NIN ['dev-0001']", "tags.list IN [1,2]"}, false);
}

TEST(Condition, LooksIntoText) {
    expect_truth({"STARTSWITH(deviceId,'dev-')", "EndsWith(deviceId, '0001')",
                  "contains(tags.location.plant,'mond')", "STARTSWITH(deviceId, '')",
                  "STARTSWITH (deviceId, 'd') = true", "STARTSWITH(deviceId,'x') != true"},
                 true);
    expect_truth({"STARTSWITH(deviceId,'Dev')", "ENDSWITH(tags.site,'aa')",
                  "CONTAINS(tags.floor,'3')", "STARTSWITH(deviceId,'d') = false"},
                 false);
}

TEST(Condition, TellsTypes) {
    expect_truth({"is_defined(tags.empty)", "IS_DEFINED(x509Thumbprint.primaryThumbprint)",
                  "is_null(x509Thumbprint.primaryThumbprint)", "is_bool(tags.live)",
                  "is_number(tags.ratio)", "is_number(tags.floor)", "is_string(tags.site)",
                  "is_object(tags.location)", "is_array(tags.list)", "is_primitive(tags.site)",
                  "is_primitive(x509Thumbprint.primaryThumbprint)", "is_defined(tags.no) = false",
                  "is_defined(tags.site) <> false"},
                 true);
    expect_truth({"is_defined(tags.no)", "is_null(tags.no)", "is_bool(tags.floor)",
                  "is_number(tags.site)", "is_string(tags.list)", "is_object(tags.list)",
                  "is_array(tags.location)", "is_primitive(tags.list)", "is_primitive(tags.no)"},
                 false);
}

TEST(Condition, TakesAPropertyAlone) {
    expect_truth({"tags.live", "NOT capabilities.iotEdge", "NOT tags.site", "true"}, true);
    expect_truth({"capabilities.iotEdge", "tags.site", "tags.no", "NOT tags.no", "false"}, false);
}

// Like the document database below the service: unknown, and NOT of it, too.
TEST(Condition, DoesNotMatchAMissingProperty) {
    expect_truth({"tags.no = 1", "tags.no != 1", "tags.no > 1", "NOT tags.no = 1",
                  "NOT tags.no != 1", "tags.no IN [1]", "tags.no NIN [1]", "NOT tags.no IN [1]",
                  "tags.no = null", "NOT tags.no = null", "STARTSWITH(tags.no,'')",
                  "NOT STARTSWITH(tags.no,'')", "tags.no = 1 AND tags.site = 'a'",
                  "NOT (tags.no = 1 AND tags.site = 'a')", "properties.none.x = 1"},
                 false);
    expect_truth({"tags.no = 1 OR tags.site = 'a'", "NOT (tags.no = 1 AND tags.site = 'b')",
                  "NOT is_defined(tags.no)", "NOT is_defined(tags.no) OR tags.no != 1"},
                 true);
}

TEST(Condition, HasNoOrderBetweenTypes) {
    expect_truth(
        {"tags.site > 1", "NOT tags.site > 1", "tags.list < 5", "NOT CONTAINS(tags.floor,'3')"},
        false);
    expect_truth({"tags.floor != 'x'", "tags.location <> 'US'", "NOT tags.floor = 'x'"}, true);
}

TEST(Condition, FoldsConstants) {
    expect_truth({"1 = 1", "1 = 1.0", "'a' < 'b'"}, true);
    expect_truth({"1 = 2", "'a' = 1", "1 < 'a'", "NOT 1 < 'a'"}, false);
}

TEST(Condition, OfAStarMatchesAll) {
    EXPECT_TRUE(condition(" * ").matches_all());
    EXPECT_TRUE(condition("*").matches({}));
    EXPECT_EQ(condition("*").source(), Source::kDevices);
    EXPECT_TRUE(condition("*").roots().empty());
    EXPECT_FALSE(condition("tags.x = 1").matches_all());
    EXPECT_TRUE(Condition().matches_all());
}

TEST(Condition, SaysWhatItIsOn) {
    const Condition modules = condition(
        "FROM devices.modules WHERE moduleId='DefenderIotMicroAgent' AND tags.site = 'a'");
    EXPECT_EQ(modules.source(), Source::kModules);
    EXPECT_TRUE(modules.matches(module_twin()));
    EXPECT_FALSE(modules.matches(device_twin()));
    EXPECT_TRUE(condition("from devices.modules").matches_all());
    EXPECT_EQ(condition("from devices.modules").source(), Source::kModules);
    EXPECT_EQ(condition("from devices d where d.tags.site='a'").source(), Source::kDevices);
    EXPECT_TRUE(condition("from devices.modules where devices.modules.moduleId = "
                          "'DefenderIotMicroAgent' and devices.deviceId = 'dev-0001'")
                    .matches(module_twin()));
}

TEST(Condition, NamesTheDevicesItCanHoldFor) {
    EXPECT_THAT(condition("deviceId='a'").device_ids(), Optional(ElementsAre("a")));
    EXPECT_THAT(condition("DeviceId IN ['a', 7, 'b']").device_ids(),
                Optional(ElementsAre("a", "b")));
    EXPECT_THAT(condition("tags.x = 1 AND deviceId = 'a'").device_ids(),
                Optional(ElementsAre("a")));
    for (const char* text :
         {"*", "deviceId != 'a'", "deviceId NIN ['a']", "NOT deviceId = 'a'",
          "deviceId = 'a' OR tags.x = 1", "tags.deviceId = 'a'", "STARTSWITH(deviceId, 'a')"}) {
        EXPECT_EQ(condition(text).device_ids(), std::nullopt) << text;
    }
}

TEST(Condition, JoinsTheRootsOfItsTerms) {
    EXPECT_EQ(condition("deviceId='a' AND (NOT tags.x=1 OR properties.reported.y IN [2])").roots(),
              (Roots{Root::kHeader, Root::kTags, Root::kReported}));
    EXPECT_EQ(condition("is_defined(properties.desired.$metadata.x)").roots(),
              Roots{Root::kDesiredMetadata});
}

TEST(Condition, TakesNothingFromTheHeap) {
    const boost::json::object twin = module_twin();
    const Condition parsed = condition(
        "moduleId = 'DefenderIotMicroAgent' AND tags.location.region IN ['EU','US'] AND NOT "
        "(STARTSWITH(deviceId,'x') OR is_null(tags.no) OR properties.desired.interval > 60.5)");
    const std::uint64_t before = support::allocations();
    const bool matches = parsed.matches(twin);
    EXPECT_EQ(support::allocations(), before);
    EXPECT_TRUE(matches);
}

}  // namespace
}  // namespace twinstorm::query

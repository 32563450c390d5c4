#include <gtest/gtest.h>

#include "iothub/json_of.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

using namespace std::chrono_literals;
using Kind = TwinSection::Kind;

std::string merged(std::string_view target, std::string_view patch) {
    auto object = json_of(target);
    merge_patch(object, json_of(patch));
    return text_of(object);
}

TEST(MergePatch, FollowsTheRfc) {
    EXPECT_EQ(merged("{'a':'b'}", "{'a':'c'}"), "{'a':'c'}");
    EXPECT_EQ(merged("{'a':'b'}", "{'b':'c'}"), "{'a':'b','b':'c'}");
    EXPECT_EQ(merged("{'a':'b'}", "{'a':null}"), "{}");
    EXPECT_EQ(merged("{'a':['b']}", "{'a':'c'}"), "{'a':'c'}");
    EXPECT_EQ(merged("{'a':'c'}", "{'a':['b']}"), "{'a':['b']}");
    EXPECT_EQ(merged("{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}"), "{'a':{'b':'d'}}");
    EXPECT_EQ(merged("{'a':[{'b':'c'}]}", "{'a':[1]}"), "{'a':[1]}");
    EXPECT_EQ(merged("{'a':'foo'}", "{'a':{'b':{'c':null}}}"), "{'a':{'b':{}}}");
    EXPECT_EQ(merged("{}", "{'a':{'bb':{'ccc':null}}}"), "{'a':{'bb':{}}}");
    EXPECT_EQ(merged("{'a':{'x':1}}", "{'a':{}}"), "{'a':{'x':1}}");
    EXPECT_EQ(merged("{'a':1}", "{'z':null}"), "{'a':1}");
    EXPECT_EQ(merged("{}", "{'a':[{'b':null}]}"), "{'a':[{'b':null}]}");
}

TEST(MergePatch, KeepsTheOrderOfMembers) {
    EXPECT_EQ(merged("{'a':1,'b':2,'c':3,'d':4}", "{'b':null,'c':5,'e':6}"),
              "{'a':1,'c':5,'d':4,'e':6}");
    EXPECT_EQ(merged("{'o':{'a':1,'b':2,'c':3}}", "{'o':{'a':null,'d':1}}"),
              "{'o':{'b':2,'c':3,'d':1}}");
}

TEST(DesiredNotice, IsThePatchWithItsVersion) {
    EXPECT_EQ(text_of(desired_notice(json_of("{'$version':1,'a':null,'b':{'c':null},"
                                             "'$metadata':{}}"),
                                     5)),
              "{'a':null,'b':{'c':null},'$version':5}");
    EXPECT_EQ(text_of(desired_notice({}, 2)), "{'$version':2}");
}

TEST(TwinSection, IsBornAtVersionOne) {
    for (const Kind kind : {Kind::kDesired, Kind::kReported}) {
        const TwinSection section(kind, kVirtualEpoch);
        EXPECT_EQ(section.version(), 1);
        EXPECT_EQ(text_of(section.with_version()), "{'$version':1}");
        EXPECT_EQ(text_of(section.with_metadata()),
                  "{'$metadata':{'$lastUpdated':'2026-01-01T00:00:00.0000000Z'},'$version':1}");
    }
}

TEST(TwinSection, EachAcceptedWriteRaisesTheVersion) {
    TwinSection section(Kind::kReported, kVirtualEpoch);
    for (const char* patch : {"{'a':1}", "{'a':1}", "{}", "{'missing':null}"}) {
        const auto before = section.version();
        EXPECT_TRUE(section.patch(json_of(patch), kVirtualEpoch));
        EXPECT_EQ(section.version(), before + 1) << patch;
    }
    EXPECT_FALSE(section.patch(json_of("{'a.b':1}"), kVirtualEpoch));
    EXPECT_EQ(section.version(), 5);
    EXPECT_EQ(text_of(section.with_version()), "{'a':1,'$version':5}");
}

TEST(TwinSection, DesiredMetadataMirrorsTheValues) {
    TwinSection section(Kind::kDesired, kVirtualEpoch);
    ASSERT_TRUE(
        section.patch(json_of("{'a':{'b':1,'c':[1,{'x':2}]},'d':'t'}"), kVirtualEpoch + 1s));
    ASSERT_TRUE(section.patch(json_of("{'a':{'b':2}}"), kVirtualEpoch + 2s));
    EXPECT_EQ(text_of(section.with_metadata()),
              "{'a':{'b':2,'c':[1,{'x':2}]},'d':'t','$metadata':{"
              "'$lastUpdated':'2026-01-01T00:00:02.0000000Z','$lastUpdatedVersion':3,"
              "'a':{'$lastUpdated':'2026-01-01T00:00:02.0000000Z','$lastUpdatedVersion':3,"
              "'b':{'$lastUpdated':'2026-01-01T00:00:02.0000000Z','$lastUpdatedVersion':3},"
              "'c':{'$lastUpdated':'2026-01-01T00:00:01.0000000Z','$lastUpdatedVersion':2}},"
              "'d':{'$lastUpdated':'2026-01-01T00:00:01.0000000Z','$lastUpdatedVersion':2}},"
              "'$version':3}");
}

TEST(TwinSection, ReportedMetadataHasNoVersions) {
    TwinSection section(Kind::kReported, kVirtualEpoch);
    ASSERT_TRUE(section.patch(json_of("{'fw':'1.2','x':{'y':1}}"), kVirtualEpoch + 1s));
    ASSERT_TRUE(section.patch(json_of("{'x':null}"), kVirtualEpoch + 2s));
    EXPECT_EQ(text_of(section.with_metadata()),
              "{'fw':'1.2','$metadata':{'$lastUpdated':'2026-01-01T00:00:02.0000000Z',"
              "'fw':{'$lastUpdated':'2026-01-01T00:00:01.0000000Z'}},'$version':3}");
}

TEST(TwinSection, MetadataFollowsAMemberThatChangesItsKind) {
    TwinSection section(Kind::kReported, kVirtualEpoch);
    ASSERT_TRUE(section.patch(json_of("{'a':{'b':{'c':1}},'z':1}"), kVirtualEpoch));
    ASSERT_TRUE(section.patch(json_of("{'a':7}"), kVirtualEpoch));
    ASSERT_TRUE(section.patch(json_of("{'a':{'k':null,'d':2}}"), kVirtualEpoch));
    EXPECT_EQ(text_of(section.with_version()), "{'a':{'d':2},'z':1,'$version':4}");
    const auto metadata = section.with_metadata().at("$metadata");
    EXPECT_EQ(metadata.at("a").as_object().size(), 2u);
    EXPECT_TRUE(metadata.at("a").as_object().contains("d"));
    EXPECT_TRUE(metadata.as_object().contains("z"));
}

TEST(TwinSection, ServiceDocumentsMayCarryTheirBookkeeping) {
    TwinSection desired(Kind::kDesired, kVirtualEpoch);
    EXPECT_TRUE(
        desired.patch(json_of("{'$version':99,'a':1,'$metadata':{'a':{}}}"), kVirtualEpoch));
    EXPECT_EQ(text_of(desired.with_version()), "{'a':1,'$version':2}");
    TwinSection reported(Kind::kReported, kVirtualEpoch);
    const auto refused = reported.patch(json_of("{'$version':99,'a':1}"), kVirtualEpoch);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(reported.version(), 1);
    EXPECT_TRUE(reported.values().empty());
}

// 32 members of 1,024 bytes each: full to the last byte.
boost::json::object full_section() {
    boost::json::object values;
    for (int index = 10; index < 42; ++index) {
        values.emplace(std::to_string(index), std::string(1022, 'x'));
    }
    return values;
}

TEST(TwinSection, AWriteOverTheLimitChangesNothing) {
    TwinSection section(Kind::kDesired, kVirtualEpoch);
    ASSERT_EQ(twin_size(full_section()), twin_limit::kSectionBytesMax);
    ASSERT_TRUE(section.patch(full_section(), kVirtualEpoch));
    const std::string before = text_of(section.with_metadata());
    // The first members of the patch alone would fit.
    const boost::json::object patch{
        {"10", "short"}, {"11", nullptr}, {"x", std::string(3000, 'y')}};
    const auto refused = section.patch(patch, kVirtualEpoch + 1s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(text_of(section.with_metadata()), before);
}

TEST(TwinSection, ADeletionMakesRoomInTheSameWrite) {
    TwinSection section(Kind::kDesired, kVirtualEpoch);
    ASSERT_TRUE(section.patch(full_section(), kVirtualEpoch));
    EXPECT_FALSE(section.patch(json_of("{'x':''}"), kVirtualEpoch));
    EXPECT_TRUE(section.patch(json_of("{'10':null,'x':''}"), kVirtualEpoch));
    EXPECT_EQ(section.version(), 3);
}

TEST(TwinSection, AFullSectionTakesReplacementsOfItsValues) {
    TwinSection section(Kind::kReported, kVirtualEpoch);
    ASSERT_TRUE(section.patch(full_section(), kVirtualEpoch));
    EXPECT_TRUE(section.patch({{"20", std::string(1022, 'y')}}, kVirtualEpoch));
    EXPECT_FALSE(section.patch({{"20", std::string(1023, 'y')}}, kVirtualEpoch));
    EXPECT_EQ(section.version(), 3);
}

TEST(TwinSection, ReplaceIsWholeOrNothing) {
    TwinSection section(Kind::kDesired, kVirtualEpoch);
    ASSERT_TRUE(section.patch(json_of("{'a':1,'b':{'c':2}}"), kVirtualEpoch));
    ASSERT_TRUE(
        section.replace(json_of("{'b':{'d':3,'e':null},'$version':1}"), kVirtualEpoch + 1s));
    EXPECT_EQ(text_of(section.with_version()), "{'b':{'d':3},'$version':3}");
    EXPECT_EQ(section.with_metadata().at("$metadata").at("b").at("$lastUpdatedVersion"), 3);
    auto too_much = full_section();
    too_much.emplace("x", 1);
    EXPECT_EQ(section.replace(too_much, kVirtualEpoch).error().code, ErrorCode::kLimitExceeded);
    EXPECT_FALSE(section.replace(json_of("{'a b':1}"), kVirtualEpoch));
    EXPECT_EQ(text_of(section.with_version()), "{'b':{'d':3},'$version':3}");
}

}  // namespace
}  // namespace twinstorm::iothub

#include "twinstorm/iothub/twin.h"

#include <gtest/gtest.h>

#include "iothub/json_of.h"

namespace twinstorm::iothub {
namespace {

using namespace std::chrono_literals;

// 2026-01-02T03:04:05.1234567Z
constexpr WallTime kThen = kVirtualEpoch + 27h + 4min + 5s + 123'456'700ns;

TEST(Twin, AFreshOneIsEmpty) {
    const Twin twin(kVirtualEpoch);
    EXPECT_EQ(twin.etag(), "AAAAAAAAAAE=");
    EXPECT_EQ(twin.version(), 2);
    EXPECT_EQ(text_of(twin.device_view()), "{'desired':{'$version':1},'reported':{'$version':1}}");
    const auto view = twin.service_view({.device_id = "d"});
    EXPECT_FALSE(view.contains("tags"));
    EXPECT_FALSE(view.contains("moduleId"));
}

// The document of the reference, to the byte: etag counter 3, reported version 4.
TEST(Twin, ServiceViewOfADevice) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(json_of("{'tags':{'site':'a'},'properties':{'desired':{}}}"),
                                      "", kVirtualEpoch));
    ASSERT_TRUE(
        twin.patch_by_service(json_of("{'properties':{'desired':{'interval':60}}}"), "", kThen));
    for (int write = 0; write < 3; ++write) {
        ASSERT_TRUE(twin.patch_reported(json_of("{'fw':'1.2'}"), kThen));
    }
    EXPECT_EQ(
        text_of(twin.service_view({.device_id = "dev-0001", .identity_etag = "NzMzMTE3MTAz"})),
        "{'deviceId':'dev-0001','etag':'AAAAAAAAAAM=','deviceEtag':'NzMzMTE3MTAz',"
        "'status':'enabled','statusUpdateTime':'0001-01-01T00:00:00Z',"
        "'connectionState':'Disconnected','lastActivityTime':'0001-01-01T00:00:00Z',"
        "'cloudToDeviceMessageCount':0,'authenticationType':'sas',"
        "'x509Thumbprint':{'primaryThumbprint':null,'secondaryThumbprint':null},"
        "'modelId':'','version':7,'tags':{'site':'a'},'properties':{"
        "'desired':{'interval':60,'$metadata':{"
        "'$lastUpdated':'2026-01-02T03:04:05.1234567Z','$lastUpdatedVersion':3,"
        "'interval':{'$lastUpdated':'2026-01-02T03:04:05.1234567Z','$lastUpdatedVersion':3}},"
        "'$version':3},"
        "'reported':{'fw':'1.2','$metadata':{'$lastUpdated':'2026-01-02T03:04:05.1234567Z',"
        "'fw':{'$lastUpdated':'2026-01-02T03:04:05.1234567Z'}},'$version':4}},"
        "'capabilities':{'iotEdge':false}}");
}

TEST(Twin, ServiceViewOfAModule) {
    const Twin twin(kVirtualEpoch);
    const auto view = twin.service_view({.device_id = "d",
                                         .module_id = "DefenderIotMicroAgent",
                                         .connected = true,
                                         .last_activity = kThen});
    EXPECT_EQ(view.begin()[1].key(), "moduleId");
    EXPECT_EQ(view.at("moduleId"), "DefenderIotMicroAgent");
    EXPECT_EQ(view.at("connectionState"), "Connected");
    EXPECT_EQ(view.at("lastActivityTime"), "2026-01-02T03:04:05.1234567Z");
    EXPECT_FALSE(view.contains("deviceScope"));
}

TEST(Twin, DeviceViewHoldsNoMetadata) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(
        json_of("{'tags':{'t':1},'properties':{'desired':{'interval':60}}}"), "", kThen));
    EXPECT_EQ(twin.patch_reported(json_of("{'fw':'1.2'}"), kThen), 2);
    EXPECT_EQ(text_of(twin.device_view()),
              "{'desired':{'interval':60,'$version':2},'reported':{'fw':'1.2','$version':2}}");
    EXPECT_EQ(twin.device_text(), boost::json::serialize(twin.device_view()));
    EXPECT_EQ(Twin(kThen).device_text(), boost::json::serialize(Twin(kThen).device_view()));
    const std::string long_text(3'000, 'x');
    EXPECT_EQ(twin.patch_reported({{"l", {long_text, 0.25, nullptr}}}, kThen), 3);
    EXPECT_EQ(twin.device_text(), boost::json::serialize(twin.device_view()));
}

TEST(Twin, EtagsCountServiceWrites) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(json_of("{'tags':{'a':1}}"), "", kThen));
    EXPECT_EQ(twin.etag(), "AAAAAAAAAAI=");
    EXPECT_EQ(twin.desired().version(), 1) << "The write touched tags alone.";
    ASSERT_TRUE(twin.patch_reported({}, kThen));
    EXPECT_EQ(twin.etag(), "AAAAAAAAAAI=");
    EXPECT_EQ(twin.version(), 4);
    for (int write = 3; write <= 256; ++write) {
        ASSERT_TRUE(twin.patch_by_service({}, "*", kThen));
    }
    EXPECT_EQ(twin.etag(), "AAAAAAAAAQA=");
}

TEST(Twin, IfMatchTakesQuotedAndPlainEtags) {
    Twin twin(kVirtualEpoch);
    const auto patch = json_of("{'properties':{'desired':{'a':1}}}");
    for (const char* accepted : {"", "*", "\"*\"", "\"AAAAAAAAAAQ=\"", "AAAAAAAAAAU="}) {
        EXPECT_TRUE(twin.patch_by_service(patch, accepted, kThen)) << accepted;
    }
    for (const char* refused : {"AAAAAAAAAAE=", "\"AAAAAAAAAAE=\"", "\"", "x", "\"AAAAAAAAAAY="}) {
        const auto written = twin.patch_by_service(patch, refused, kThen);
        ASSERT_FALSE(written) << refused;
        EXPECT_EQ(written.error().code, ErrorCode::kPreconditionFailed);
        EXPECT_FALSE(twin.replace_by_service(patch, refused, kThen));
    }
    EXPECT_EQ(twin.desired().version(), 6);
}

TEST(Twin, PatchesIgnoreWhatAServiceMayNotWrite) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(
        json_of("{'deviceId':'x','etag':'y','version':99,'properties':{"
                "'reported':{'fw':1},'desired':{'a':1,'$version':9,'$metadata':{}}}}"),
        "", kThen));
    EXPECT_EQ(text_of(twin.device_view()),
              "{'desired':{'a':1,'$version':2},'reported':{'$version':1}}");
}

TEST(Twin, NullDeletesASectionAsAnyMember) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(json_of("{'tags':{'a':1},'properties':{'desired':{'b':1}}}"),
                                      "", kThen));
    ASSERT_TRUE(
        twin.patch_by_service(json_of("{'tags':null,'properties':{'desired':null}}"), "", kThen));
    EXPECT_FALSE(twin.service_view({}).contains("tags"));
    EXPECT_EQ(text_of(twin.desired().with_version()), "{'$version':3}");
}

TEST(Twin, ReplaceEmptiesWhatIsMissing) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(
        json_of("{'tags':{'a':1,'b':2},'properties':{'desired':{'c':1}}}"), "", kThen));
    ASSERT_TRUE(twin.replace_by_service(json_of("{'tags':{'b':3}}"), "", kThen));
    EXPECT_EQ(text_of(twin.service_view({}).at("tags").as_object()), "{'b':3}");
    EXPECT_EQ(text_of(twin.desired().with_version()), "{'$version':3}");
    ASSERT_TRUE(twin.replace_by_service(json_of("{'properties':{'desired':{'d':1}}}"), "", kThen));
    EXPECT_FALSE(twin.service_view({}).contains("tags"));
    EXPECT_EQ(text_of(twin.desired().with_version()), "{'d':1,'$version':4}");
    EXPECT_EQ(twin.etag(), "AAAAAAAAAAQ=");
}

TEST(Twin, TagsAndDesiredChangeTogetherOrNotAtAll) {
    Twin twin(kVirtualEpoch);
    ASSERT_TRUE(twin.patch_by_service(json_of("{'tags':{'a':1},'properties':{'desired':{'b':1}}}"),
                                      "", kThen));
    const std::string before = text_of(twin.service_view({}));
    boost::json::object large;
    for (int index = 0; index < 3; ++index) {
        large.emplace(std::to_string(index), std::string(4000, 'x'));
    }
    const boost::json::object bodies[] = {
        json_of("{'tags':{'a':2},'properties':{'desired':{'b.c':1}}}"),
        json_of("{'tags':{'a.b':2},'properties':{'desired':{'b':2}}}"),
        json_of("{'tags':7,'properties':{'desired':{'b':2}}}"),
        json_of("{'tags':{'a':2},'properties':[]}"),
        json_of("{'tags':{'a':2},'properties':{'desired':'x'}}"),
        json_of("{'tags':{'$version':2}}"),
        {{"tags", large}, {"properties", {{"desired", {{"b", 2}}}}}},
    };
    for (const auto& body : bodies) {
        EXPECT_FALSE(twin.patch_by_service(body, "", kThen)) << text_of(body);
        EXPECT_FALSE(twin.replace_by_service(body, "", kThen)) << text_of(body);
        EXPECT_EQ(text_of(twin.service_view({})), before);
    }
    EXPECT_EQ(twin.patch_by_service(bodies[6], "", kThen).error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(twin.patch_by_service(bodies[2], "", kThen).error().code,
              ErrorCode::kInvalidArgument);
}

TEST(Twin, ARefusedReportLeavesItsVersion) {
    Twin twin(kVirtualEpoch);
    EXPECT_FALSE(twin.patch_reported(json_of("{'$version':1}"), kThen));
    EXPECT_EQ(twin.reported().version(), 1);
    EXPECT_EQ(twin.version(), 2);
}

TEST(Twin, ThousandsFitInLittleMemory) {
    EXPECT_LE(sizeof(Twin), 320u);
}

}  // namespace
}  // namespace twinstorm::iothub

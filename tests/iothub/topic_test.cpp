#include "twinstorm/iothub/topic.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace twinstorm::iothub {
namespace {

const IdentityName kDevice{"dev-0001", ""};
const IdentityName kModule{"dev-0001", "DefenderIotMicroAgent"};

// By value, and null when the topic is none or of another kind.
template <class Topic, class Parsed>
std::optional<Topic> as(const std::optional<Parsed>& parsed) {
    const Topic* const topic = parsed ? std::get_if<Topic>(&*parsed) : nullptr;
    return topic == nullptr ? std::nullopt : std::optional(*topic);
}

TEST(PublishTopic, TelemetryOfADevice) {
    for (const auto& [text, bag] : {std::pair{"devices/d%2F1/messages/events", ""},
                                    {"devices/d%2F1/messages/events/", ""},
                                    {"devices/d%2F1/messages/events/a=1&b/", "a=1&b/"}}) {
        const auto topic = as<TelemetryTopic>(parse_publish_topic(text));
        ASSERT_TRUE(topic) << text;
        EXPECT_EQ(topic->device_id, "d%2F1");
        EXPECT_EQ(topic->module_id, "");
        EXPECT_EQ(topic->bag, bag);
    }
}

TEST(PublishTopic, TelemetryOfAModule) {
    const std::string text = telemetry_topic(kModule, "%24.mid=7");
    EXPECT_EQ(text, "devices/dev-0001/modules/DefenderIotMicroAgent/messages/events/%24.mid=7");
    const auto topic = as<TelemetryTopic>(parse_publish_topic(text));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->device_id, "dev-0001");
    EXPECT_EQ(topic->module_id, "DefenderIotMicroAgent");
    EXPECT_EQ(topic->bag, "%24.mid=7");
    EXPECT_EQ(telemetry_topic(kDevice, ""), "devices/dev-0001/messages/events/");
}

TEST(PublishTopic, NamesOfIdentitiesMayLookLikeOtherSegments) {
    const auto topic =
        as<TelemetryTopic>(parse_publish_topic("devices/modules/modules/messages/messages/events"));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->device_id, "modules");
    EXPECT_EQ(topic->module_id, "messages");
}

TEST(PublishTopic, Requests) {
    EXPECT_EQ(twin_get_topic("7f"), "$iothub/twin/GET/?$rid=7f");
    EXPECT_EQ(as<TwinGetTopic>(parse_publish_topic(twin_get_topic("7f")))->request_id, "7f");
    EXPECT_EQ(reported_patch_topic("8"), "$iothub/twin/PATCH/properties/reported/?$rid=8");
    EXPECT_EQ(as<ReportedPatchTopic>(
                  parse_publish_topic(
                      "$iothub/twin/PATCH/properties/reported/?$version=4&x&%24rid=a%20b"))
                  ->request_id,
              "a%20b");
    const auto method =
        as<MethodResponseTopic>(parse_publish_topic("$iothub/methods/res/-200/?$rid=1a"));
    ASSERT_TRUE(method);
    EXPECT_EQ(method->status, -200);
    EXPECT_EQ(method->request_id, "1a");
    EXPECT_EQ(as<CertificateRequestTopic>(
                  parse_publish_topic("$iothub/credentials/POST/issueCertificate/?$rid=9"))
                  ->request_id,
              "9");
}

TEST(PublishTopic, RefusesTheRest) {
    for (const char* wrong : {"",
                              "devices",
                              "devices/",
                              "devices//messages/events/",
                              "devices/d",
                              "devices/d/",
                              "devices/d/messages/eventsx",
                              "devices/d/messages/devicebound/x",
                              "devices/d/modules//messages/events/",
                              "devices/d/modules/m",
                              "devices/d/modules/m/events",
                              "Devices/d/messages/events/",
                              "/devices/d/messages/events/",
                              "foo/bar",
                              "$iothub/twin/GET/",
                              "$iothub/twin/GET/?",
                              "$iothub/twin/GET/?$rid=",
                              "$iothub/twin/GET/?rid=1",
                              "$iothub/twin/get/?$rid=1",
                              "$iothub/twin/res/200/?$rid=1",
                              "$iothub/twin/PATCH/properties/desired/?$rid=1",
                              "$iothub/methods/res/ok/?$rid=1",
                              "$iothub/methods/res/200/$rid=1",
                              "$iothub/methods/res/200/?",
                              "$iothub/methods/res/200",
                              "$iothub/methods/POST/reboot/?$rid=1"}) {
        EXPECT_FALSE(parse_publish_topic(wrong)) << wrong;
    }
}

TEST(Filter, AcceptsExactlyTheDocumentedOnes) {
    for (const IdentityName& identity : {kDevice, kModule}) {
        EXPECT_EQ(parse_filter(filter::kTwinResponses, identity), Subscribable::kTwinResponses);
        EXPECT_EQ(parse_filter(filter::kDesiredChanges, identity), Subscribable::kDesiredChanges);
        EXPECT_EQ(parse_filter(filter::kMethods, identity), Subscribable::kMethods);
    }
    EXPECT_EQ(parse_filter("devices/dev-0001/messages/devicebound/#", kDevice),
              Subscribable::kCloudToDevice);
    for (const auto& [inputs, what] : {std::pair{"devices/dev-0001/modules/DefenderIotMicroAgent/#",
                                                 Subscribable::kModuleMessages},
                                       {"devices/dev-0001/modules/DefenderIotMicroAgent/inputs/#",
                                        Subscribable::kModuleInputs}}) {
        EXPECT_EQ(parse_filter(inputs, kModule), what);
        EXPECT_FALSE(parse_filter(inputs, kDevice));
        EXPECT_FALSE(parse_filter(inputs, IdentityName{"dev-0001", "other"}));
        EXPECT_FALSE(parse_filter(inputs, IdentityName{"dev-0002", "DefenderIotMicroAgent"}));
    }
    EXPECT_FALSE(parse_filter("devices/dev-0001/messages/devicebound/#", kModule));
    EXPECT_FALSE(parse_filter("devices/dev-00011/messages/devicebound/#", kDevice));
    EXPECT_FALSE(parse_filter("devices/dev-0001/messages/devicebound/#", {"dev-00", ""}));
}

TEST(Filter, RefusesFreeOnes) {
    for (const char* wrong :
         {"", "#", "+", "$iothub/#", "$iothub/twin/res/+", "$iothub/twin/res/#/",
          "$iothub/twin/PATCH/properties/desired/", "devices/+/messages/devicebound/#",
          "devices/dev-0001/messages/events/#", "devices/dev-0001/#",
          "devices/dev-0001/messages/devicebound/x", "$iothub/credentials/res/#"}) {
        EXPECT_FALSE(parse_filter(wrong, kDevice)) << wrong;
        EXPECT_FALSE(parse_filter(wrong, kModule)) << wrong;
    }
}

TEST(NoticeTopic, TwinResponsesBothWays) {
    EXPECT_EQ(twin_response_topic({200, "7f", std::nullopt}), "$iothub/twin/res/200/?$rid=7f");
    EXPECT_EQ(twin_response_topic({204, "7f", 12}), "$iothub/twin/res/204/?$rid=7f&$version=12");
    const auto topic = as<TwinResponseTopic>(
        parse_notice_topic("$iothub/twin/res/429/?retry-after=3&$version=5&$rid=x-1&z"));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->status, 429);
    EXPECT_EQ(topic->request_id, "x-1");
    EXPECT_EQ(topic->version, 5);
}

TEST(NoticeTopic, DesiredChangesBothWays) {
    EXPECT_EQ(desired_change_topic(4), "$iothub/twin/PATCH/properties/desired/?$version=4");
    EXPECT_EQ(as<DesiredChangeTopic>(
                  parse_notice_topic("$iothub/twin/PATCH/properties/desired/?x=1&$version=4"))
                  ->version,
              4);
}

TEST(PublishTopic, MethodAnswersBothWays) {
    for (const std::int64_t status :
         {std::int64_t{0}, std::int64_t{201}, std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max()}) {
        const std::string text = method_response_topic(status, "1f");
        const auto topic = as<MethodResponseTopic>(parse_publish_topic(text));
        ASSERT_TRUE(topic) << text;
        EXPECT_EQ(topic->status, status);
        EXPECT_EQ(topic->request_id, "1f");
    }
    EXPECT_FALSE(parse_publish_topic("$iothub/methods/res/99999999999999999999/?$rid=1"));
}

TEST(DeliveryTopic, MethodCallsBothWays) {
    EXPECT_EQ(method_call_topic({"reboot", "1a"}), "$iothub/methods/POST/reboot/?$rid=1a");
    const auto topic =
        as<MethodCallTopic>(parse_delivery_topic("$iothub/methods/POST/do it? now/?x=1&$rid=1a&y"));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->method, "do it? now");
    EXPECT_EQ(topic->request_id, "1a");
}

TEST(DeliveryTopic, MessagesFromTheCloudBothWays) {
    const std::string text = cloud_message_topic("dev-0001", "%24.mid=7&color");
    EXPECT_EQ(text, "devices/dev-0001/messages/devicebound/%24.mid=7&color");
    const auto topic = as<CloudMessageTopic>(parse_delivery_topic(text));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->device_id, "dev-0001");
    EXPECT_EQ(topic->bag, "%24.mid=7&color");
    EXPECT_EQ(parse_filter(cloud_message_filter("dev-0001"), kDevice),
              Subscribable::kCloudToDevice);
}

TEST(DeliveryTopic, ModuleInputsBothWays) {
    const std::string text = module_input_topic({"d", "m", "in1", "a=1&b/"});
    EXPECT_EQ(text, "devices/d/modules/m/inputs/in1/a=1&b/");
    const auto topic = as<ModuleInputTopic>(parse_delivery_topic(text));
    ASSERT_TRUE(topic);
    EXPECT_EQ(topic->device_id, "d");
    EXPECT_EQ(topic->module_id, "m");
    EXPECT_EQ(topic->input, "in1");
    EXPECT_EQ(topic->bag, "a=1&b/");
}

TEST(DeliveryTopic, RefusesTheRest) {
    for (const char* wrong :
         {"", "$iothub/methods/POST/", "$iothub/methods/POST/reboot",
          "$iothub/methods/POST//?$rid=1", "$iothub/methods/POST/reboot/",
          "$iothub/methods/POST/reboot/?",
          "$iothub/methods/POST/reboot/?$rid=", "$iothub/methods/POST/re+boot/?$rid=1",
          "$iothub/methods/POST/a/b/?$rid=1", "$iothub/methods/res/200/?$rid=1",
          "$iothub/twin/res/200/?$rid=1", "devices/", "devices//messages/devicebound/x",
          "devices/d/messages/devicebound", "devices/d/messages/events/x",
          "devices/d/modules/m/inputs/in1", "devices/d/modules/m/inputs//x",
          "devices/d/modules//inputs/in1/x", "devices/d/modules/m/outputs/in1/x"}) {
        EXPECT_FALSE(parse_delivery_topic(wrong)) << wrong;
    }
}

TEST(MethodName, IsOneSegmentOfATopic) {
    EXPECT_TRUE(is_valid_method_name("reboot"));
    EXPECT_TRUE(is_valid_method_name("getMaxMinReport:1.0 ä"));
    EXPECT_TRUE(is_valid_method_name(std::string(kMethodNameBytesMax, 'x')));
    EXPECT_FALSE(is_valid_method_name(std::string(kMethodNameBytesMax + 1, 'x')));
    for (const char* wrong : {"", "a/b", "+", "a#", "a\n", "\x7f"}) {
        EXPECT_FALSE(is_valid_method_name(wrong)) << wrong;
    }
}

TEST(NoticeTopic, RefusesTheRest) {
    for (const char* wrong :
         {"", "$iothub/twin/res/", "$iothub/twin/res/200", "$iothub/twin/res/200/",
          "$iothub/twin/res/200/?", "$iothub/twin/res/200/?$rid=", "$iothub/twin/res/ok/?$rid=1",
          "$iothub/twin/res/2x/?$rid=1", "$iothub/twin/res/99999999999/?$rid=1",
          "$iothub/twin/res/-204/?$rid=1", "$iothub/twin/res/204/?$rid=1&$version=x",
          "$iothub/twin/PATCH/properties/desired/", "$iothub/twin/PATCH/properties/desired/?",
          "$iothub/twin/PATCH/properties/desired/?$version=-1",
          "$iothub/twin/PATCH/properties/desired/?$version=99999999999999999999",
          "$iothub/methods/POST/reboot/?$rid=1", "devices/d/messages/devicebound/x=1"}) {
        EXPECT_FALSE(parse_notice_topic(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace twinstorm::iothub

#include "dps/topic.h"

#include <gtest/gtest.h>

#include "dps/limits.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;

TEST(DpsTopic, UserNames) {
    const auto node = parse_user_name(
        "0ne0/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot%2F1.9.1");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->id_scope, "0ne0");
    EXPECT_EQ(node->registration_id, "dev-1");
    EXPECT_TRUE(parse_user_name("0ne0/registrations/d/ClientVersion=x&api-version=2025-07-01"));
    EXPECT_TRUE(parse_user_name("0ne0/registrations/d/?api-version=2019-03-31"));
    for (const char* text : {"", "0ne0", "0ne0/registrations/d", "0ne0/registrations/d/",
                             "/registrations/d/api-version=1", "0ne0/registrations//api-version=1",
                             "0ne0/registrations/d/api-version=",
                             "hub1.azure-devices.net/dev-1/?api-version=2021-04-12"}) {
        EXPECT_FALSE(parse_user_name(text)) << text;
    }
}

TEST(DpsTopic, Requests) {
    const auto asks = parse_request_topic("$dps/registrations/PUT/iotdps-register/?$rid=a%20b");
    ASSERT_TRUE(asks);
    EXPECT_EQ(std::get<RegisterTopic>(*asks).request_id, "a%20b");
    const auto polls = parse_request_topic(
        "$dps/registrations/GET/iotdps-get-operationstatus/?operationId=5.1%2E2&$rid=7");
    ASSERT_TRUE(polls);
    EXPECT_EQ(std::get<PollTopic>(*polls).request_id, "7");
    EXPECT_EQ(std::get<PollTopic>(*polls).operation_id, "5.1.2");
    const std::string too_long(kRequestIdBytesMax + 1, 'r');
    for (const std::string& topic :
         {std::string("$dps/registrations/PUT/iotdps-register/?"),
          std::string("$dps/registrations/PUT/iotdps-register/?$rid="),
          std::string("$dps/registrations/PUT/iotdps-register"),
          std::string("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=%4"),
          std::string("$dps/registrations/res/200/?$rid=1"),
          std::string("$iothub/twin/GET/?$rid=1"),
          "$dps/registrations/PUT/iotdps-register/?$rid=" + too_long}) {
        EXPECT_FALSE(parse_request_topic(topic)) << topic;
    }
}

TEST(DpsTopic, Answers) {
    EXPECT_EQ(response_topic(202, "r1", 3s), "$dps/registrations/res/202/?$rid=r1&retry-after=3");
    EXPECT_EQ(response_topic(200, "r1", 0s), "$dps/registrations/res/200/?$rid=r1");
}

}  // namespace
}  // namespace twinstorm::dps

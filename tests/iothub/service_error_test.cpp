#include "twinstorm/iothub/service_error.h"

#include <gtest/gtest.h>

#include "iothub/json_of.h"

namespace twinstorm::iothub {
namespace {

using namespace std::chrono_literals;

// 2018-08-24T17:49:33.1234567Z
constexpr WallTime kNow{std::chrono::nanoseconds(1'535'132'973'123'456'789)};
constexpr std::string_view kTrackingId = "5e0123456789abcdef0123456789abcd";

TEST(Instant, HasSevenDecimals) {
    EXPECT_EQ(format_instant(kNow), "2018-08-24T17:49:33.1234567Z");
    EXPECT_EQ(format_instant(kVirtualEpoch), "2026-01-01T00:00:00.0000000Z");
    EXPECT_EQ(format_instant(kVirtualEpoch - 1ns), "2025-12-31T23:59:59.9999999Z");
    EXPECT_EQ(format_instant(WallTime{}), "1970-01-01T00:00:00.0000000Z");
    EXPECT_EQ(format_instant(WallTime{} - 1ns), "1969-12-31T23:59:59.9999999Z");
}

TEST(ServiceError, NamesAndStatuses) {
    EXPECT_EQ(name(ServiceErrorCode::kDeviceNotFound), "DeviceNotFound");
    EXPECT_EQ(name(ServiceErrorCode::kThrottlingException), "ThrottlingException");
    EXPECT_EQ(http_status(ServiceErrorCode::kModuleAlreadyExistsOnDevice), 409);
    EXPECT_EQ(http_status(ServiceErrorCode::kThrottlingException), 429);
}

TEST(ServiceError, EveryNumberHasItsName) {
    const std::pair<int, std::string_view> rows[] = {
        {400002, "DeviceInvalidResultCount"},
        {400011, "DeviceDefinedMultipleTimes"},
        {400402, "InvalidConfigurationContent"},
        {403003, "JobQuotaExceeded"},
        {404002, "JobNotFound"},
        {404301, "ConfigurationNotFound"},
        {409104, "JobAlreadyExists"},
        {413002, "TooManyDevices"},
        {429002, "ThrottleBacklogLimitExceeded"},
        {429003, "ThrottlingBacklogTimeout"},
        {429004, "ThrottlingMaxActiveJobCountExceeded"},
        {500008, "GenericTimeout"},
        {503008, "ReceiveLinkOpensThrottled"},
    };
    for (const auto& [number, text] : rows) {
        EXPECT_EQ(name(static_cast<ServiceErrorCode>(number)), text);
    }
    EXPECT_EQ(name(static_cast<ServiceErrorCode>(400999)), "InvalidErrorCode");
}

TEST(ServiceError, OnATwinAnswer) {
    const auto body = json_of(twin_error_body(
        {ServiceErrorCode::kArgumentInvalid, "The key \"a.b\" is wrong."}, kTrackingId, kNow));
    EXPECT_EQ(body.at("errorCode"), 400004);
    EXPECT_EQ(body.at("trackingId"),
              "5e0123456789abcdef0123456789abcd-G:0-TimeStamp:08/24/2018 17:49:33");
    EXPECT_EQ(body.at("message"), "The key \"a.b\" is wrong.");
    EXPECT_EQ(body.at("timestampUtc"), "2018-08-24T17:49:33.1234567Z");
    EXPECT_EQ(body.size(), 4u);
}

TEST(ServiceError, OldStyleOfTheRegistry) {
    EXPECT_EQ(rest_error_body({ServiceErrorCode::kDeviceNotFound, "Device dev-1 not registered"},
                              kTrackingId, kNow),
              "{\"Message\":\"ErrorCode:DeviceNotFound;Device dev-1 not registered\","
              "\"ExceptionMessage\":\"Tracking ID:5e0123456789abcdef0123456789abcd-G:0-TimeStamp:"
              "08/24/2018 17:49:33\"}");
    for (const auto code :
         {ServiceErrorCode::kModuleNotFound, ServiceErrorCode::kDeviceAlreadyExists,
          ServiceErrorCode::kModuleAlreadyExistsOnDevice, ServiceErrorCode::kPreconditionFailed}) {
        const auto body = json_of(rest_error_body({code, "x"}, kTrackingId, kNow));
        EXPECT_EQ(std::string_view(body.at("Message").as_string()),
                  "ErrorCode:" + std::string(name(code)) + ";x");
    }
}

TEST(ServiceError, NewStyleIsJsonInsideAString) {
    const auto body = json_of(rest_error_body(
        {ServiceErrorCode::kDeviceNotOnline, "Timed out waiting for device to connect."},
        kTrackingId, kNow));
    EXPECT_EQ(body.at("ExceptionMessage"), "");
    const auto inner = json_of(body.at("Message").as_string().c_str());
    EXPECT_EQ(inner.at("errorCode"), 404103);
    EXPECT_EQ(inner.at("message"), "Timed out waiting for device to connect.");
}

TEST(RestError, ReadsTheCapturedBodies) {
    const Error new_style = read_rest_error(
        404, R"({"Message":"{\"errorCode\":404103,\"trackingId\":\"5e-G:0\",\"message\":)"
             R"(\"Timed out waiting for device to connect.\",\"info\":{\"timeout\":\"00:00:00\"},)"
             R"(\"timestampUtc\":\"2018-08-24T17:49:33.000Z\"}","ExceptionMessage":""})");
    EXPECT_EQ(new_style.code, ErrorCode::kNotFound);
    EXPECT_EQ(new_style.detail, "404103 DeviceNotOnline: Timed out waiting for device to connect.");
    const Error old_style = read_rest_error(
        404, R"({"Message":"ErrorCode:DeviceNotFound;Device dev-1 not registered",)"
             R"("ExceptionMessage":"Tracking ID:5e...-G:5-TimeStamp:08/24/2018 17:49:33"})");
    EXPECT_EQ(old_style.code, ErrorCode::kNotFound);
    EXPECT_EQ(old_style.detail, "404001 DeviceNotFound: Device dev-1 not registered");
}

TEST(RestError, ReadsWhatOurHubWrites) {
    const std::pair<ServiceErrorCode, ErrorCode> cases[] = {
        {ServiceErrorCode::kIotHubUnauthorized, ErrorCode::kUnauthorized},
        {ServiceErrorCode::kModuleNotFound, ErrorCode::kNotFound},
        {ServiceErrorCode::kDeviceAlreadyExists, ErrorCode::kAlreadyExists},
        {ServiceErrorCode::kPreconditionFailed, ErrorCode::kPreconditionFailed},
        {ServiceErrorCode::kThrottlingException, ErrorCode::kThrottled},
        {ServiceErrorCode::kArgumentInvalid, ErrorCode::kRefused},
        {ServiceErrorCode::kIotHubQuotaExceeded, ErrorCode::kRefused},
        {ServiceErrorCode::kServerError, ErrorCode::kIo},
    };
    for (const auto& [service, ours] : cases) {
        const Error read =
            read_rest_error(static_cast<unsigned>(http_status(service)),
                            rest_error_body({service, "why \"so\""}, kTrackingId, kNow));
        EXPECT_EQ(read.code, ours) << name(service);
        EXPECT_EQ(read.detail, std::to_string(static_cast<int>(service)) + " " +
                                   std::string(name(service)) + ": why \"so\"");
    }
}

TEST(RestError, MakesDoWithTheStatus) {
    for (const char* body :
         {"", "<html>Bad Gateway</html>", "[]", "{}", "{\"Message\":7}", "{\"errorCode\":\"x\"}",
          "{\"Message\":\"{\\\"errorCode\\\":\"", "{\"Message\":\"\"}"}) {
        const Error read = read_rest_error(502, body);
        EXPECT_EQ(read.code, ErrorCode::kIo) << body;
        EXPECT_EQ(read.detail, "HTTP 502") << body;
    }
    EXPECT_EQ(read_rest_error(403, "{\"Message\":\"Quota is used up.\"}").detail,
              "HTTP 403: Quota is used up.");
    EXPECT_EQ(read_rest_error(400, "{\"Message\":\"ErrorCode:Unheard\"}").detail,
              "HTTP 400 Unheard");
    EXPECT_EQ(read_rest_error(409, "{\"errorCode\":409999,\"message\":\"m\"}").detail, "409999: m");
}

TEST(RestError, ShortensLongTextsBetweenCharacters) {
    std::string text = "x";
    for (int count = 0; count < 400; ++count) {
        text += "\xC3\xA9";
    }
    const Error read = read_rest_error(400, "{\"Message\":\"" + text + "\"}");
    EXPECT_EQ(read.detail, "HTTP 400: " + text.substr(0, 511));
}

}  // namespace
}  // namespace twinstorm::iothub

#include "hub/rest_query.h"

#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

class RestQuery : public ::testing::Test, public HubFixture {};

TEST_F(RestQuery, RefusesWhatIsNoQuery) {
    for (const char* const body :
         {"", "[]", "{}", R"({"query":7})", R"({"query":""})", R"({"query":"DROP TABLE devices"})",
          R"({"query":"SELECT * FROM devices WHERE"})"}) {
        const RestAnswer answer = rest("POST", "/devices/query", body);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_EQ(answer.error_code, "ArgumentInvalid") << body;
    }
}

TEST_F(RestQuery, RefusesPagesThatCannotBe) {
    const char* const body = R"({"query":"SELECT * FROM devices"})";
    EXPECT_EQ(rest("POST", "/devices/query", body, {.item_count = "0"}).error_code,
              "DeviceInvalidResultCount");
    EXPECT_EQ(rest("POST", "/devices/query", body, {.continuation = "abcd"}).error_code,
              "ArgumentInvalid");
    EXPECT_EQ(rest("POST", "/devices/query", body).body.as_array().size(), 0U);
}

TEST_F(RestQuery, AsksForTheRightToConnectAsAService) {
    EXPECT_EQ(rest("POST", "/devices/query", R"({"query":"SELECT * FROM devices"})",
                   {.authorization = "SharedAccessSignature sr=x"})
                  .status,
              401U);
}

}  // namespace
}  // namespace twinstorm::testing

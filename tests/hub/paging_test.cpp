#include "hub/paging.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "twinstorm/base/base64.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

constexpr std::string_view kQuery = "SELECT * FROM devices";

Outcome<Paging> read(const std::string& count, const std::string& token,
                     std::string_view query = kQuery) {
    const net::HttpHeaders headers{{"x-ms-max-item-count", count}, {"x-ms-continuation", token}};
    RestRequest request;
    request.headers = &headers;
    return read_paging(request, query);
}

TEST(Paging, TakesTheSizeOfAPage) {
    EXPECT_EQ(read("", "")->size, kQueryPageDefault);
    EXPECT_EQ(read("7", "")->size, 7U);
    EXPECT_EQ(read("1000000", "")->size, kQueryPageMax);
    EXPECT_FALSE(read("7", "")->resumes);
    for (const char* const count : {"0", "-1", "x", "7x", "99999999999999999999999"}) {
        EXPECT_EQ(read(count, "").error().code, ServiceErrorCode::kDeviceInvalidResultCount);
    }
}

TEST(Paging, GoesOnWhereATokenSays) {
    const auto paging = read("", write_continuation({{"d-1", "m"}, 3, 4, 5}, kQuery));
    ASSERT_TRUE(paging);
    EXPECT_TRUE(paging->resumes);
    EXPECT_EQ(paging->after.name, (iothub::IdentityName{"d-1", "m"}));
    EXPECT_EQ(paging->after.job, 3U);
    EXPECT_EQ(paging->after.place, 4U);
    EXPECT_EQ(paging->after.given, 5U);
}

TEST(Paging, RefusesTokensThatNobodyWasGiven) {
    const std::string good = write_continuation({{"d-1", "m"}, 3, 4, 5}, kQuery);
    std::string plain = base64_decode(good).value();
    const auto altered = [&](std::string_view from, std::string_view to) {
        std::string text = plain;
        return base64_encode(text.replace(text.find(from), from.size(), to));
    };
    ASSERT_TRUE(read("", altered("d-1", "d-2")));
    for (const std::string& token :
         {std::string("x"), std::string("===="), base64_encode("{}"), base64_encode("[1]"),
          base64_encode("\xff\xfe"), altered("d-1", "d 1"), altered("\"job\":3", "\"job\":-3"),
          altered("\"place\":4", "\"place\":\"4\""), altered("\"given\":5", "\"given\":5.5"),
          std::string(kContinuationBytesMax + 4, 'A')}) {
        const auto paging = read("", token);
        ASSERT_FALSE(paging) << token;
        EXPECT_EQ(paging.error().code, ServiceErrorCode::kArgumentInvalid);
    }
    EXPECT_FALSE(read("", good, "SELECT * FROM devices.modules"));
}

}  // namespace
}  // namespace twinstorm::hub

#include "twinstorm/net/http.h"

#include <gtest/gtest.h>

namespace twinstorm::net {
namespace {

TEST(Http, HeadersAreFoundInAnyCase) {
    const HttpHeaders headers{{"Content-Type", "application/json"}, {"If-Match", "\"*\""}};
    EXPECT_EQ(find_header(headers, "if-match"), "\"*\"");
    EXPECT_EQ(find_header(headers, "CONTENT-TYPE"), "application/json");
    EXPECT_EQ(find_header(headers, "content"), "");
}

}  // namespace
}  // namespace twinstorm::net

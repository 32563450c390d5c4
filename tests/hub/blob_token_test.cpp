#include "hub/blob_token.h"

#include <string>

#include <gtest/gtest.h>

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKey = "a key";
constexpr std::string_view kPath = "/c/gw/x.log";
constexpr WallTime kEnd = kVirtualEpoch + 1h;

std::string token() {
    return make_blob_token(kKey, kPath, "id 1", kEnd);
}

bool opens(std::string_view query, std::string_view path = kPath, WallTime now = kVirtualEpoch,
           std::string_view key = kKey) {
    return check_blob_token(key, path, query, now).has_value();
}

std::string changed(std::string_view from, std::string_view to) {
    std::string query = token().substr(1);
    const std::size_t at = query.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return query.replace(at, from.size(), to);
}

TEST(BlobToken, OpensItsBlobUntilItEnds) {
    ASSERT_TRUE(token().starts_with('?'));
    const std::string query = token().substr(1);
    EXPECT_EQ(check_blob_token(kKey, kPath, query, kVirtualEpoch).value_or(""), "id 1");
    EXPECT_EQ(check_blob_token(kKey, kPath, "comp=block&blockid=QQ%3D%3D&" + query, kVirtualEpoch)
                  .value_or(""),
              "id 1");
    EXPECT_TRUE(opens(query, kPath, kEnd - 1ns));
    EXPECT_FALSE(opens(query, kPath, kEnd));
}

TEST(BlobToken, OpensNothingElse) {
    const std::string query = token().substr(1);
    EXPECT_FALSE(opens(query, "/c/gw/y.log"));
    EXPECT_FALSE(opens(query, kPath, kVirtualEpoch, "another key"));
    EXPECT_FALSE(opens(changed("scid=id%201", "scid=id%202")));
    EXPECT_FALSE(opens(changed("T01", "T02")));
    EXPECT_FALSE(opens(changed("sp=rw", "sp=rwd")));
    EXPECT_FALSE(opens(changed("sr=b", "sr=c")));
    EXPECT_FALSE(opens(changed("sv=2018-03-28", "sv=2020-03-28")));
    EXPECT_FALSE(opens(changed("sig=", "sig=A")));
}

TEST(BlobToken, NeedsEachFieldOnce) {
    const std::string query = token().substr(1);
    for (const std::string_view field : {"sv=", "sr=", "scid=", "se=", "sp=", "sig="}) {
        EXPECT_FALSE(opens(changed(field, "x="))) << field;
        const std::size_t at = query.find(field);
        const std::string again = query.substr(at, query.find('&', at) - at);
        EXPECT_FALSE(opens(query + "&" + again)) << field;
    }
    EXPECT_FALSE(opens(""));
    EXPECT_FALSE(opens("sig=%zz&scid=1&se=2"));
}

}  // namespace
}  // namespace twinstorm::hub

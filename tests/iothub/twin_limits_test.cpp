#include <limits>

#include <gtest/gtest.h>

#include "iothub/json_of.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

ErrorCode code_of(const json::object& patch) {
    const auto checked = check_patch(patch, false);
    EXPECT_FALSE(checked) << json::serialize(patch);
    return checked ? ErrorCode::kInternal : checked.error().code;
}

json::object nested(int levels) {
    json::object patch{{"value", 1}};
    for (int level = 0; level < levels; ++level) {
        patch = json::object{{"level", std::move(patch)}};
    }
    return patch;
}

TEST(TwinSize, CountsAsTheHubDoes) {
    EXPECT_EQ(twin_size({}), 0u);
    EXPECT_EQ(twin_size(json_of("{'ab':1,'c':1.5,'d':true,'e':'xyz'}")),
              2u + 8 + 1 + 8 + 1 + 4 + 1 + 3);
    EXPECT_EQ(twin_size(json_of("{'a':{'b':{'c':'x'}},'d':[1,'yz',{'k':false}]}")),
              3u + 1 + 1 + 8 + 2 + 1 + 4);
    EXPECT_EQ(twin_size({{"\xC3\xA9", "\xE2\x82\xAC"}}), 2u + 3);
    EXPECT_EQ(twin_size({{"k", std::numeric_limits<std::uint64_t>::max()}}), 9u);
}

TEST(TwinSize, LeavesOutBookkeepingAndControlCharactersOfKeys) {
    EXPECT_EQ(twin_size(json_of("{'$version':3,'$metadata':{'a':{}},'a':1}")), 9u);
    EXPECT_EQ(twin_size({{"a\x01\xC2\x85"
                          "b\x7F",
                          nullptr}}),
              2u);
    EXPECT_EQ(twin_size({{"a", "\x01\x02"}}), 3u);
}

TEST(CheckPatch, AcceptsAllTypes) {
    EXPECT_TRUE(check_patch(json_of("{'a':null,'b':{},'c':[],'d':[1,'x',{'y':null},true,null],"
                                    "'e':-1.5,'f':'','g':false,'h':1e3,'i':5e-324}"),
                            false));
    EXPECT_TRUE(check_patch({}, false));
    EXPECT_TRUE(check_patch({{std::string(1024, 'k'), std::string(4096, 'v')}}, false));
    EXPECT_TRUE(check_patch({{"\xC3\xA9-_:/+@", 1}}, false));
}

TEST(CheckPatch, RefusesIllegalKeysAtEveryLevel) {
    for (const char* key :
         {"a.b", "$a", "a$", "a b", " ", "a\tb", "\x7F", "a\xC2\x80", "a\xC2\x9F"}) {
        EXPECT_EQ(code_of({{key, 1}}), ErrorCode::kInvalidArgument) << key;
        EXPECT_EQ(code_of({{key, nullptr}}), ErrorCode::kInvalidArgument) << key;
        EXPECT_EQ(code_of({{"a", {{key, 1}}}}), ErrorCode::kInvalidArgument) << key;
        EXPECT_EQ(code_of({{"a", json::array{json::object{{key, 1}}}}}),
                  ErrorCode::kInvalidArgument)
            << key;
    }
    EXPECT_TRUE(check_patch({{"a\xC2\xA0", 1}}, false));
    EXPECT_EQ(code_of({{std::string(1025, 'k'), 1}}), ErrorCode::kLimitExceeded);
}

TEST(CheckPatch, BookkeepingPassesOnlyAtTheTopOfServiceDocuments) {
    const auto document =
        json_of("{'$version':7,'$metadata':{'$lastUpdated':'x','a.b':[[]]},'a':1}");
    EXPECT_TRUE(check_patch(document, true));
    EXPECT_EQ(code_of(document), ErrorCode::kInvalidArgument);
    EXPECT_FALSE(check_patch(json_of("{'a':{'$version':7}}"), true));
    EXPECT_FALSE(check_patch(json_of("{'$etag':7}"), true));
}

TEST(CheckPatch, TextsHoldFourKilobytes) {
    EXPECT_EQ(code_of({{"a", std::string(4097, 'v')}}), ErrorCode::kLimitExceeded);
    EXPECT_EQ(code_of({{"a", json::array{std::string(4097, 'v')}}}), ErrorCode::kLimitExceeded);
}

TEST(CheckPatch, IntegersEndAtTwoToTheFiftyTwo) {
    constexpr std::int64_t kMin = -4'503'599'627'370'496;
    constexpr std::int64_t kMax = 4'503'599'627'370'495;
    EXPECT_TRUE(
        check_patch({{"a", kMin}, {"b", kMax}, {"c", static_cast<std::uint64_t>(kMax)}}, false));
    EXPECT_TRUE(check_patch({{"a", static_cast<double>(kMax)}, {"b", 0.25}}, false));
    EXPECT_EQ(code_of({{"a", kMin - 1}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code_of({{"a", kMax + 1}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code_of({{"a", static_cast<std::uint64_t>(kMax) + 1}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code_of({{"a", 1e20}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code_of(json_of("{'a':[123456789012345678901234567890]}")),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(code_of({{"a", std::numeric_limits<double>::infinity()}}),
              ErrorCode::kInvalidArgument);
}

TEST(CheckPatch, NestsTenLevels) {
    EXPECT_TRUE(check_patch(nested(10), false));
    EXPECT_EQ(code_of(nested(11)), ErrorCode::kLimitExceeded);
    json::object patch{{"value", json::array{1}}};
    for (int level = 0; level < 9; ++level) {
        patch = json::object{{"level", std::move(patch)}};
    }
    EXPECT_TRUE(check_patch(patch, false));
    EXPECT_EQ(code_of({{"level", std::move(patch)}}), ErrorCode::kLimitExceeded);
}

TEST(CheckPatch, ArraysHoldScalarsAndObjects) {
    EXPECT_EQ(code_of(json_of("{'a':[[1]]}")), ErrorCode::kInvalidArgument);
    EXPECT_EQ(check_patch(json_of("{'a':[[1]]}"), false).error().detail,
              "The array at `a` holds an array; its elements may be scalars and objects.");
}

TEST(CheckPatch, ShowsLongKeysShortened) {
    const auto checked = check_patch({{"x" + std::string(1100, '\xC3'), 1}}, false);
    EXPECT_LT(checked.error().detail.size(), 200u);
    std::string key = "x";
    for (int count = 0; count < 600; ++count) {
        key += "\xC3\xA9";
    }
    EXPECT_EQ(check_patch({{key, 1}}, false).error().detail,
              "The key `" + key.substr(0, 63) + "...` has 1201 bytes; at most 1024 are allowed.");
}

}  // namespace
}  // namespace twinstorm::iothub

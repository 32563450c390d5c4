#include "run/hub_watch.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "run/scripted_admin.h"

namespace twinstorm::run {
namespace {

constexpr std::string_view kPage = "/admin/security/watch";

class HubWatchTest : public ::testing::Test {
protected:
    void set(std::size_t count) {
        std::vector<iothub::IdentityName> names;
        for (std::size_t i = 0; i < count; ++i) {
            names.push_back({"gw-" + std::to_string(i), "agent"});
        }
        watch_.set(
            std::move(names),
            [this](Result<std::uint64_t> refused, TimePoint) { refused_ = std::move(refused); },
            kRunStart);
    }
    void fetch() {
        watch_.fetch(
            [this](Result<WatchedIdentities> found, TimePoint) { found_ = std::move(found); },
            kRunStart);
    }
    [[nodiscard]] std::size_t names_in(std::size_t request) const {
        return boost::json::parse(admin_.bodies.at(request)).at("identities").as_array().size();
    }

    ScriptedAdmin admin_;
    Target target_ = ScriptedAdmin::target();
    HubWatch watch_{admin_, target_};
    std::optional<Result<std::uint64_t>> refused_;
    std::optional<Result<WatchedIdentities>> found_;
};

TEST_F(HubWatchTest, TakesTurnsWithManyNames) {
    set(12'000);
    EXPECT_EQ(names_in(0), 5'000U);
    admin_.answer(200, R"({"since":"now","watched":5000,"refused":0})");
    admin_.answer(200, R"({"since":"now","watched":9000,"refused":1000})");
    EXPECT_FALSE(refused_);
    admin_.answer(200, R"({"since":"now","watched":9000,"refused":2000})");
    EXPECT_EQ(admin_.requests,
              (std::vector<std::string>{"PUT " + std::string(kPage), "POST " + std::string(kPage),
                                        "POST " + std::string(kPage)}));
    EXPECT_EQ(names_in(2), 2'000U);
    EXPECT_EQ(boost::json::parse(admin_.bodies[1]).at("identities").at(0).at(0), "gw-5000");
    ASSERT_TRUE(refused_ && *refused_);
    EXPECT_EQ(**refused_, 3'000U);
}

TEST_F(HubWatchTest, AHubWithoutAWatchIsSaidToBeOne) {
    set(1);
    admin_.answer(404);
    ASSERT_TRUE(refused_);
    EXPECT_EQ(refused_->error().code, ErrorCode::kNotFound);
}

TEST_F(HubWatchTest, GathersAllPagesAndThenEndsTheWatch) {
    set(1);
    admin_.answer(200, R"({"since":"now","watched":1,"refused":0})");
    fetch();
    admin_.answer(200, R"({"since":"now","next":"gw-1/agent","identities":[
        {"deviceId":"gw-1","moduleId":"agent","received":3,"forgotten":4,"messages":[
         {"id":"17","at":"x","received":2,"verdict":"accepted","events":{"Login":1}},
         {"id":"stranger","at":"x","received":1,"verdict":"accepted","events":{}},
         {"id":"18","at":"x","received":1,"verdict":"wrong-type","events":{}}]}]})");
    EXPECT_FALSE(found_);
    EXPECT_EQ(admin_.requests.back(), "GET " + std::string(kPage) + "?top=500&after=gw-1%2Fagent");
    admin_.answer(200, R"({"since":"now","next":null,"identities":[
        {"deviceId":"gw-2","moduleId":"","received":0,"forgotten":0,"messages":[]}]})");
    ASSERT_TRUE(found_ && *found_) << found_->error().message();
    EXPECT_EQ(admin_.requests.back(), "DELETE " + std::string(kPage));
    const WatchedIdentities& found = **found_;
    ASSERT_EQ(found.size(), 2U);
    const WatchedIdentity& one = found.at({"gw-1", "agent"});
    EXPECT_EQ(one.forgotten, 4U);
    ASSERT_EQ(one.messages.size(), 2U);
    EXPECT_EQ(one.messages.at(17).received, 2U);
    EXPECT_EQ(one.messages.at(18).verdict, "wrong-type");
    EXPECT_TRUE(found.at({"gw-2", ""}).messages.empty());
}

TEST_F(HubWatchTest, AHubStartedAnewHasForgotten) {
    set(1);
    admin_.answer(200, R"({"since":"now","watched":1,"refused":0})");
    fetch();
    admin_.answer(200, R"({"since":"later","next":null,"identities":[]})");
    ASSERT_TRUE(found_);
    EXPECT_EQ(found_->error().code, ErrorCode::kPreconditionFailed);
}

TEST_F(HubWatchTest, SaysWhatItCannotRead) {
    for (const std::string_view body : {"", "[]", R"({"since":"now"})", R"({"refused":0})"}) {
        set(1);
        admin_.answer(200, std::string(body));
        ASSERT_TRUE(refused_) << body;
        EXPECT_EQ(refused_->error().code, ErrorCode::kProtocolViolation) << body;
    }
    for (const std::string_view body :
         {"", R"({"since":"","next":null})", R"({"since":"","next":7,"identities":[]})",
          R"({"since":"","next":null,"identities":[{"deviceId":"x"}]})"}) {
        fetch();
        admin_.answer(200, std::string(body));
        ASSERT_TRUE(found_) << body;
        EXPECT_EQ(found_->error().code, ErrorCode::kProtocolViolation) << body;
        admin_.answer(204);  // The DELETE.
    }
}

}  // namespace
}  // namespace twinstorm::run

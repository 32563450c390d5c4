#include "run/admin_request.h"

#include <gtest/gtest.h>

#include "run/scripted_admin.h"

namespace twinstorm::run {
namespace {

TEST(AdminRequest, CarriesTheToken) {
    const net::HttpRequest request = admin_request(ScriptedAdmin::target(), "GET", "/admin/limits");
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/admin/limits");
    EXPECT_EQ(net::find_header(request.headers, "Host"), "hub");
    EXPECT_EQ(net::find_header(request.headers, "Authorization"), "Bearer token");
}

TEST(AdminRequest, TellsAMissingPageFromARefusal) {
    const auto code = [](unsigned status, std::string body = {}) {
        const auto checked = check_admin_answer(net::HttpResponse{status, {}, std::move(body)});
        return checked ? Error{ErrorCode::kInternal, "none"} : checked.error();
    };
    EXPECT_TRUE(check_admin_answer(net::HttpResponse{200, {}, {}}));
    EXPECT_TRUE(check_admin_answer(net::HttpResponse{204, {}, {}}));
    EXPECT_EQ(code(404).code, ErrorCode::kNotFound);
    EXPECT_EQ(code(405).code, ErrorCode::kNotFound);
    EXPECT_EQ(code(401).code, ErrorCode::kRefused);
    EXPECT_EQ(code(400, R"({"error":"faults: is missing"})").detail,
              "the hub's admin API answered 400: faults: is missing");
    EXPECT_EQ(code(500, "[").detail, "the hub's admin API answered 500");
    EXPECT_EQ(code(500, R"({"error":5})").detail, "the hub's admin API answered 500");
    const auto lost = check_admin_answer(fail(ErrorCode::kClosedByPeer, "gone"));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::kClosedByPeer);
}

}  // namespace
}  // namespace twinstorm::run

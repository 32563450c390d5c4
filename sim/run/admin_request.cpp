#include "run/admin_request.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "twinstorm/base/check.h"

namespace twinstorm::run {
namespace {

namespace json = boost::json;

constexpr unsigned kNoSuchPage = 404;
constexpr unsigned kNoSuchMethod = 405;

// `: faults[0].latency: expected ...`, when the hub said why.
std::string reason(const std::string& body) {
    json::error_code error;
    const json::value document = json::parse(body, error);
    const json::object* const object = error ? nullptr : document.if_object();
    const json::value* const text = object == nullptr ? nullptr : object->if_contains("error");
    return text != nullptr && text->is_string() ? ": " + std::string(text->get_string())
                                                : std::string();
}

}  // namespace

net::HttpRequest admin_request(const Target& target, std::string method, std::string page) {
    TWINSTORM_CHECK(target.admin.has_value());
    return {std::move(method),
            std::move(page),
            {{"Host", target.service.host_name},
             {"Authorization", "Bearer " + target.admin->token.reveal()}},
            {}};
}

Result<void> check_admin_answer(const Result<net::HttpResponse>& answer) {
    if (!answer) {
        return fail(answer.error());
    }
    if (answer->status / 100 == 2) {
        return {};
    }
    const bool unknown = answer->status == kNoSuchPage || answer->status == kNoSuchMethod;
    return fail(
        unknown ? ErrorCode::kNotFound : ErrorCode::kRefused,
        fmt::format("the hub's admin API answered {}{}", answer->status, reason(answer->body)));
}

}  // namespace twinstorm::run

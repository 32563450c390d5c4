#include "twinstorm/backend/service_client.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "twinstorm/base/check.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::backend {
namespace {

std::string with_api_version(std::string_view path) {
    return fmt::format("{}?api-version={}", path, iothub::kApiVersion);
}

Result<std::int64_t> desired_version(std::string_view twin) {
    boost::system::error_code error;
    const boost::json::value document = boost::json::parse({twin.data(), twin.size()}, error);
    const boost::json::value* const version =
        error ? nullptr : document.find_pointer("/properties/desired/$version", error);
    if (version == nullptr || !version->is_int64()) {
        return fail(ErrorCode::kProtocolViolation,
                    "the hub accepted a twin patch without saying properties.desired.$version");
    }
    return version->get_int64();
}

}  // namespace

std::string twin_path(const iothub::IdentityName& identity) {
    std::string path = "/twins/" + iothub::percent_encode(identity.device_id);
    if (identity.is_module()) {
        path += "/modules/" + iothub::percent_encode(identity.module_id);
    }
    return path;
}

ServiceClient::ServiceClient(net::HttpClient& http, const iothub::ConnectionString& service,
                             WallAnchor anchor)
    : http_(http), service_(service), anchor_(anchor) {}

void ServiceClient::send(std::string method, const std::string& path, std::string body, Done done,
                         TimePoint now) {
    exchange(
        std::move(method), path, std::move(body),
        [done = std::move(done)](Result<net::HttpResponse> answer, TimePoint when) {
            if (answer && answer->status / 100 != 2) {
                done(fail(iothub::read_rest_error(answer->status, answer->body)), when);
                return;
            }
            done(std::move(answer), when);
        },
        now);
}

void ServiceClient::exchange(std::string method, const std::string& path, std::string body,
                             Done done, TimePoint now) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = with_api_version(path);
    request.headers = {{"Host", service_.host_name}, {"Authorization", token(now)}};
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    }
    if (request.method != "GET" && request.method != "POST") {
        request.headers.emplace_back("If-Match", "\"*\"");
    }
    request.body = std::move(body);
    http_.send(std::move(request), std::move(done), now);
}

void ServiceClient::patch_desired(const iothub::IdentityName& identity,
                                  std::string_view desired_json, Patched done, TimePoint now) {
    send(
        "PATCH", twin_path(identity),
        fmt::format(R"({{"properties":{{"desired":{}}}}})", desired_json),
        [done = std::move(done)](const Result<net::HttpResponse>& answer, TimePoint when) {
            if (!answer) {
                done(fail(answer.error()), when);
                return;
            }
            done(desired_version(answer->body), when);
        },
        now);
}

const std::string& ServiceClient::token(TimePoint now) {
    if (token_.empty() || now >= token_renewal_) {
        const auto expiry =
            std::chrono::ceil<std::chrono::seconds>(anchor_.at(now)) + kServiceTokenLifetime;
        auto token = iothub::make_sas_token(service_.host_name, service_.key.reveal(),
                                            expiry.time_since_epoch().count(), service_.policy);
        TWINSTORM_CHECK(token.has_value());  // The key was checked with the connection string.
        token_ = std::move(*token);
        token_renewal_ = now + kServiceTokenLifetime / 2;
    }
    return token_;
}

}  // namespace twinstorm::backend

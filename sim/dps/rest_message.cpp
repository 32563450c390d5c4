#include "dps/rest_message.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "dps/json_body.h"
#include "dps/limits.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::dps {
namespace {

// SDKs read a success body only with exactly this type.
constexpr std::string_view kJsonType = "application/json; charset=utf-8";

}  // namespace

Outcome<RestRequest> read_request(const net::HttpRequest& request, Instant now) {
    if (request.body.size() > kMessageBytesMax) {
        return refuse(FaultCode::kTooLarge, "The body is too large");
    }
    std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
    RestRequest result{.method = request.method,
                       .path = {},
                       .segments = {},
                       .headers = request.headers,
                       .body = request.body,
                       .now = now};
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view encoded = path.substr(0, path.find('/'));
        path.remove_prefix(encoded.size());
        auto segment = iothub::percent_decode(encoded);
        if (!segment) {
            return refuse(FaultCode::kBadRequest, "The request target is malformed");
        }
        result.path += "/" + *segment;
        result.segments.push_back(*std::move(segment));
    }
    if (!path.empty() || result.segments.empty()) {
        return refuse(FaultCode::kBadRequest, "The request target is malformed");
    }
    return result;
}

net::HttpResponse json_response(unsigned status, const boost::json::value& body) {
    return {status, {{"Content-Type", std::string(kJsonType)}}, boost::json::serialize(body)};
}

net::HttpResponse fault_response(const Fault& fault, const std::string& tracking_id, WallTime now) {
    net::HttpResponse response{
        fault.status(),
        {{"Content-Type", std::string(kJsonType)}, {"x-ms-request-id", tracking_id}},
        fault_body(fault, tracking_id, now)};
    if (fault.retry_after.count() > 0) {
        response.headers.emplace_back("Retry-After", fmt::format("{}", fault.retry_after.count()));
    }
    return response;
}

}  // namespace twinstorm::dps

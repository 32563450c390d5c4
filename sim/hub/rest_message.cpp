#include "hub/rest_message.h"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>

#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

tl::unexpected<iothub::ServiceError> bad_target() {
    return refuse(ServiceErrorCode::kGenericBadRequest, "The request target is malformed");
}

// All names that a hub gives are; others would be echoed into JSON, which must be UTF-8.
bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string_view RestRequest::if_match() const {
    return net::find_header(*headers, "If-Match");
}

std::optional<std::string_view> RestRequest::parameter(std::string_view key) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == key) {
            return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        }
    }
    return std::nullopt;
}

Outcome<RestRequest> read_request(const net::HttpRequest& request, Instant now) {
    const std::string_view target = request.target;
    const std::size_t question = target.find('?');
    std::string_view path = target.substr(0, question);
    if (!path.starts_with('/')) {
        return bad_target();
    }
    RestRequest result{.method = request.method,
                       .path = {},
                       .segments = {},
                       .query = {},
                       .headers = &request.headers,
                       .body = request.body,
                       .now = now,
                       .name = {}};
    if (question != std::string_view::npos) {
        result.query = target.substr(question + 1);
    }
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view encoded = path.substr(0, path.find('/'));
        path.remove_prefix(encoded.size());
        auto segment = iothub::percent_decode(encoded);
        if (!segment || !is_ascii(*segment)) {
            return bad_target();
        }
        // `/devices/` is `/devices`: Node's SDK lists that way.
        if (segment->empty() && path.empty()) {
            break;
        }
        result.path += "/" + *segment;
        result.segments.push_back(*std::move(segment));
    }
    return result;
}

net::HttpResponse json_response(unsigned status, const boost::json::value& body) {
    return {status, {{"Content-Type", std::string(kJsonType)}}, boost::json::serialize(body)};
}

net::HttpResponse empty_response(unsigned status) {
    return {status, {}, {}};
}

net::HttpResponse error_response(Shard& shard, const iothub::ServiceError& error, Instant now) {
    const std::string tracking = shard.next_tracking_id();
    return {static_cast<unsigned>(iothub::http_status(error.code)),
            {{"Content-Type", std::string(kJsonType)},
             {"iothub-errorcode", std::string(iothub::name(error.code))},
             {std::string(kRequestIdHeader), tracking}},
            iothub::rest_error_body(error, tracking, now.wall)};
}

}  // namespace twinstorm::hub

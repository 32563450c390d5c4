// A REST request as routes see it, and answers in the hub's manner.
//
// Views: into the HttpRequest that was read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "hub/instant.h"
#include "hub/outcome.h"
#include "hub/shard.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

struct RestRequest {
    std::string_view method;
    std::string path;                   // Decoded, from `/` on, without the query.
    std::vector<std::string> segments;  // Of the path, decoded one by one.
    std::string_view query;             // Still encoded.
    const net::HttpHeaders* headers = nullptr;
    std::string_view body;
    Instant now{};
    iothub::IdentityName name;  // From the path's {d} and {m}, where the route has them.

    [[nodiscard]] std::string_view if_match() const;
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view key) const;
};

// Every answer has one; an error's body names the same id.
inline constexpr std::string_view kRequestIdHeader = "x-ms-request-id";
// SDKs read a success body only with exactly this type.
inline constexpr std::string_view kJsonType = "application/json; charset=utf-8";

// Errors: 400000 for a target that is not `/...` or is not percent-encoded properly.
[[nodiscard]] Outcome<RestRequest> read_request(const net::HttpRequest& request, Instant now);

[[nodiscard]] net::HttpResponse json_response(unsigned status, const boost::json::value& body);
[[nodiscard]] net::HttpResponse empty_response(unsigned status);
// Body in the style of the error's kind, and the header `iothub-errorcode`.
[[nodiscard]] net::HttpResponse error_response(Shard& shard, const iothub::ServiceError& error,
                                               Instant now);

}  // namespace twinstorm::hub

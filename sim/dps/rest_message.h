// One REST exchange as routes see it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "dps/fault.h"
#include "dps/instant.h"
#include "twinstorm/net/http.h"

namespace twinstorm::dps {

struct RestRequest {
    std::string_view method;
    std::string path;                   // Decoded, from `/` on, without the query.
    std::vector<std::string> segments;  // Of the path, decoded one by one.
    const net::HttpHeaders& headers;
    std::string_view body;
    Instant now;

    [[nodiscard]] std::string_view header(std::string_view name) const {
        return net::find_header(headers, name);
    }
};

// Errors: 400004 for a target that is not `/...` or is not percent-encoded properly; 413001.
[[nodiscard]] Outcome<RestRequest> read_request(const net::HttpRequest& request, Instant now);

[[nodiscard]] net::HttpResponse json_response(unsigned status, const boost::json::value& body);
[[nodiscard]] net::HttpResponse fault_response(const Fault& fault, const std::string& tracking_id,
                                               WallTime now);

}  // namespace twinstorm::dps

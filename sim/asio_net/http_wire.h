// HTTP/1.1 messages as bytes, and Beast's parsed fields as our values.
//
// Errors: none: a control character that a header must not have (RFC 9110, 5.5) becomes a space, so
//         that no value can forge a header. Framing headers are ours; a caller's are left out.
#pragma once

#include <string_view>

#include <boost/beast/http/fields.hpp>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/net/http.h"

namespace twinstorm::asio_net {

void append_text(Buffer& buffer, std::string_view text);
void append_request(Buffer& buffer, const net::HttpRequest& request, std::string_view host);

struct ResponseFraming {
    bool keep_alive = true;
    bool head = false;  // The answer to HEAD says its length and has no body.
};
void append_response(Buffer& buffer, const net::HttpResponse& response,
                     const ResponseFraming& framing);

[[nodiscard]] net::HttpHeaders to_headers(const boost::beast::http::fields& fields);

}  // namespace twinstorm::asio_net

// HTTP/1.1 messages as bytes, and Beast's parsed fields as our values.
//
// Errors: none: a control character that a header must not have (RFC 9110, 5.5) becomes a space, so
//         that no value can forge a header. Framing headers are ours; a caller's are left out.
#pragma once

#include <string>
#include <string_view>

#include <boost/beast/http/fields.hpp>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

void append_text(Buffer& buffer, std::string_view text);
void append_request(Buffer& buffer, const net::HttpRequest& request, std::string_view host);

struct ResponseFraming {
    bool keep_alive = true;
    bool head = false;  // The answer to HEAD says its length and has no body.
};
void append_response(Buffer& buffer, const net::HttpResponse& response,
                     const ResponseFraming& framing);

// RFC 9110, 7.2: without the port when it is the scheme's own.
[[nodiscard]] std::string host_header(const net::Destination& destination);

[[nodiscard]] net::HttpHeaders to_headers(const boost::beast::http::fields& fields);

// Beast 1.81 asserts that a chunked message goes on with five bytes at least, as its last chunk
// `0 CRLF CRLF` does; a peer may send fewer at a time.
[[nodiscard]] bool waits_for_chunk(const auto& parser, std::size_t bytes) {
    constexpr std::size_t kLastChunkBytes = 5;
    return parser.is_header_done() && parser.chunked() && bytes < kLastChunkBytes;
}

}  // namespace twinstorm::asio_net

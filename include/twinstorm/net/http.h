// HTTP exchanges as values: the REST side of a hub, carried by sockets or in virtual time.
//
// Use:    a server implements HttpHandler; a client holds an HttpClient. A reply may come later.
// Owner:  one worker. Limits: bodies up to kHttpBodyBytesMax, headers up to kHttpHeaderBytesMax.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::net {

inline constexpr std::size_t kHttpBodyBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kHttpHeaderBytesMax = std::size_t{16} << 10;

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The first header of that name, case-insensitive (RFC 9110, 5.1); empty when there is none.
[[nodiscard]] std::string_view find_header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
    std::string method;
    std::string target;  // Path and query as on the wire, still percent-encoded.
    HttpHeaders headers;
    std::string body;
};

struct HttpResponse {
    unsigned status = 200;
    HttpHeaders headers;
    std::string body;
};

using HttpReply = std::function<void(HttpResponse)>;  // Called once, in the handler's worker.

class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    virtual void handle(HttpRequest request, HttpReply reply, TimePoint now) = 0;
};

using HttpDone = std::function<void(Result<HttpResponse>, TimePoint now)>;

class HttpClient {
public:
    virtual ~HttpClient() = default;

    // Requests wait in order for one of the kept-alive connections, without limit of time: the
    // caller counts latency from its own intended instant and bounds what it has outstanding.
    virtual void send(HttpRequest request, HttpDone done, TimePoint now) = 0;
};

}  // namespace twinstorm::net

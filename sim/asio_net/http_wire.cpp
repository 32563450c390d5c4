#include "asio_net/http_wire.h"

#include <string>

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include "asio_net/socket.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool is_framing(std::string_view name) {
    const auto is = [name](boost::beast::string_view ours) {
        return boost::beast::iequals(ours, {name.data(), name.size()});
    };
    return is("content-length") || is("transfer-encoding") || is("connection");
}

void append_clean(Buffer& buffer, std::string_view text) {
    const std::size_t start = buffer.size();
    append_text(buffer, text);
    for (std::size_t at = start; at < buffer.size(); ++at) {
        const auto character = static_cast<unsigned char>(buffer[at]);
        if ((character < 0x20 && character != '\t') || character == 0x7f) {
            buffer[at] = std::byte{' '};
        }
    }
}

void append_header(Buffer& buffer, std::string_view name, std::string_view value) {
    append_clean(buffer, name);
    append_text(buffer, ": ");
    append_clean(buffer, value);
    append_text(buffer, "\r\n");
}

void append_headers(Buffer& buffer, const net::HttpHeaders& headers) {
    for (const auto& [name, value] : headers) {
        if (!is_framing(name)) {
            append_header(buffer, name, value);
        }
    }
}

// RFC 9110, 8.6: a method that gives a body a meaning says its length, even if it is 0.
bool says_length(const net::HttpRequest& request) {
    return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
           request.method == "PATCH";
}

}  // namespace

void append_text(Buffer& buffer, std::string_view text) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
    buffer.insert(buffer.end(), bytes, bytes + text.size());
}

void append_request(Buffer& buffer, const net::HttpRequest& request, std::string_view host) {
    append_clean(buffer, request.method);
    append_text(buffer, " ");
    append_clean(buffer, request.target);
    append_text(buffer, " HTTP/1.1\r\n");
    if (net::find_header(request.headers, "host").empty()) {
        append_header(buffer, "Host", host);
    }
    append_headers(buffer, request.headers);
    if (says_length(request)) {
        append_header(buffer, "Content-Length", fmt::format_int(request.body.size()).c_str());
    }
    append_text(buffer, "\r\n");
    append_text(buffer, request.body);
}

void append_response(Buffer& buffer, const net::HttpResponse& response,
                     const ResponseFraming& framing) {
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
    append_text(buffer, fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                                    std::string_view(reason.data(), reason.size())));
    append_headers(buffer, response.headers);
    // RFC 9112, 6.3: these never have a body, and say no length.
    const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
    if (!bodiless) {
        append_header(buffer, "Content-Length", fmt::format_int(response.body.size()).c_str());
    }
    if (!framing.keep_alive) {
        append_header(buffer, "Connection", "close");
    }
    append_text(buffer, "\r\n");
    if (!bodiless && !framing.head) {
        append_text(buffer, response.body);
    }
}

std::string host_header(const net::Destination& destination) {
    const std::string& name =
        destination.server_name.empty() ? destination.host : destination.server_name;
    const bool usual = destination.port == (destination.tls ? kHttpsPort : kHttpPort);
    return usual ? name : join_host_port(name, destination.port);
}

net::HttpHeaders to_headers(const boost::beast::http::fields& fields) {
    net::HttpHeaders headers;
    for (const auto& field : fields) {
        const auto name = field.name_string();
        const auto value = field.value();
        headers.emplace_back(std::string(name.data(), name.size()),
                             std::string(value.data(), value.size()));
    }
    return headers;
}

}  // namespace twinstorm::asio_net

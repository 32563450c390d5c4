#include "twinstorm/asio_net/tls.h"

#include <unistd.h>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "asio_net/client_certificate.h"
#include "asio_net/stream.h"

namespace twinstorm::asio_net {
namespace {

// What both ends have in common: memory only while bytes are in flight, and partial writes, since
// the connection keeps the rest.
SSL_CTX* make_context(const SSL_METHOD* method) {
    SSL_CTX* const context = SSL_CTX_new(method);
    if (context == nullptr) {
        return nullptr;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // A peer that hangs up without close_notify is closed, not broken: MQTT and HTTP have lengths.
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_read_ahead(context, 1);
    return context;
}

Error no_context() {
    return Error{ErrorCode::kTls, "no TLS context could be made: " + openssl_reason()};
}

Result<void> readable(const std::string& file) {
    if (::access(file.c_str(), R_OK) != 0) {
        return fail(ErrorCode::kIo, fmt::format("`{}` cannot be read: {}", file,
                                                std::generic_category().message(errno)));
    }
    return {};
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

Result<TlsContext> TlsContext::client(const std::string& ca_file) {
    ERR_clear_error();
    TlsContext made(make_context(TLS_client_method()));
    if (made.native() == nullptr) {
        return fail(no_context());
    }
    SSL_CTX_set_verify(made.native(), SSL_VERIFY_PEER, nullptr);
    keep_sessions(made.native());
    if (ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(made.native()) != 1) {
            return fail(ErrorCode::kTls,
                        "the system's trust store cannot be used: " + openssl_reason());
        }
        return made;
    }
    if (auto checked = readable(ca_file); !checked) {
        return fail(std::move(checked).error());
    }
    if (SSL_CTX_load_verify_file(made.native(), ca_file.c_str()) != 1) {
        return fail(ErrorCode::kTls, fmt::format("`{}` holds no certificate of a CA in PEM: {}",
                                                 ca_file, openssl_reason()));
    }
    return made;
}

Result<TlsContext> TlsContext::server(const std::string& certificate_file,
                                      const std::string& key_file, ClientCertificates clients) {
    ERR_clear_error();
    TlsContext made(make_context(TLS_server_method()));
    if (made.native() == nullptr) {
        return fail(no_context());
    }
    for (const std::string* const file : {&certificate_file, &key_file}) {
        if (auto checked = readable(*file); !checked) {
            return fail(std::move(checked).error());
        }
    }
    // Tickets keep the state of sessions at the clients; one for each handshake is enough.
    SSL_CTX_set_session_cache_mode(made.native(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(made.native(), 1);
    if (clients == ClientCertificates::kRequested) {
        request_certificates(made.native());
    }
    if (SSL_CTX_use_certificate_chain_file(made.native(), certificate_file.c_str()) != 1) {
        return fail(ErrorCode::kTls, fmt::format("`{}` holds no certificate in PEM: {}",
                                                 certificate_file, openssl_reason()));
    }
    if (SSL_CTX_use_PrivateKey_file(made.native(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(made.native()) != 1) {
        return fail(ErrorCode::kTls, fmt::format("`{}` holds no key for `{}`: {}", key_file,
                                                 certificate_file, openssl_reason()));
    }
    return made;
}

}  // namespace twinstorm::asio_net

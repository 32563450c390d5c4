#include "asio_net/stream.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <boost/asio/ip/address.hpp>

#include "asio_net/client_certificate.h"
#include "asio_net/socket.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

// Where an SSL keeps the address of its destination's session.
int session_slot() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
    auto* const kept = static_cast<TlsSession*>(SSL_get_ex_data(ssl, session_slot()));
    if (kept == nullptr) {
        return 0;
    }
    kept->reset(session);
    return 1;  // Ours from now on.
}

bool expect_name(SSL* ssl, const std::string& name) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(name, error);
    if (!error) {
        return X509_VERIFY_PARAM_set1_ip_asc(rules, address.to_string().c_str()) == 1;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;  // RFC 6066: names, not addresses.
}

Error refused_certificate(SSL* ssl, std::string_view where, long verdict) {
    const bool here = SSL_is_server(ssl) == 1;
    std::string text =
        fmt::format("{}: the {}'s certificate was not accepted: {}", where,
                    here ? "client" : "server", X509_verify_cert_error_string(verdict));
    const char* const name = X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0);
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH && name != nullptr) {
        text += fmt::format(" (it is not for `{}`)", name);
    }
    return Error{ErrorCode::kTls, std::move(text)};
}

// OpenSSL forbids to resume a TLS 1.3 session object twice, although a server that keeps no state
// takes its ticket any number of times: each dial resumes a copy of its own.
void resume_copy(SSL* ssl, const TlsSession& session) {
    if (session == nullptr || SSL_SESSION_is_resumable(session.get()) == 0) {
        return;
    }
    const TlsSession copy(SSL_SESSION_dup(session.get()));
    if (copy != nullptr) {
        SSL_set_session(ssl, copy.get());  // Without it the handshake is a full one.
    }
}

// What a server has shown was verified, and is not asked for again: in a fleet each connection
// would keep kilobytes of it as long as it lasts. The first certificate stays, for the session has
// it.
void forget_chain(SSL* ssl) {
    STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl);
    while (sk_X509_num(chain) > 0) {
        X509_free(sk_X509_pop(chain));
    }
}

}  // namespace

void FreeSession::operator()(SSL_SESSION* session) const {
    SSL_SESSION_free(session);
}

void Stream::FreeSsl::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

void keep_sessions(SSL_CTX* context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_new_session);
}

std::string openssl_reason() {
    const unsigned long error = ERR_peek_last_error();
    const char* const reason = ERR_reason_error_string(error);
    std::string text =
        reason != nullptr ? std::string(reason) : fmt::format("OpenSSL error {:#x}", error);
    ERR_clear_error();
    return text;
}

void Stream::attach(int descriptor) {
    descriptor_ = descriptor;
    system_error_ = 0;
}

Result<void> Stream::start_tls(int descriptor, const TlsContext& context) {
    attach(descriptor);
    ssl_.reset(SSL_new(context.native()));
    if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), descriptor) != 1) {
        return fail(ErrorCode::kExhausted, "no memory for a TLS connection: " + openssl_reason());
    }
    return {};
}

Result<void> Stream::start_tls_client(int descriptor, const TlsContext& context,
                                      const TlsPeer& peer) {
    if (auto started = start_tls(descriptor, context); !started) {
        return started;
    }
    if (!expect_name(ssl_.get(), std::string(peer.name))) {
        return fail(ErrorCode::kTls, fmt::format("`{}` is no name that a certificate can have: {}",
                                                 peer.name, openssl_reason()));
    }
    if (peer.certificate != nullptr) {
        if (auto used = use_certificate(ssl_.get(), *peer.certificate); !used) {
            return used;
        }
    }
    if (peer.session != nullptr) {
        TWINSTORM_CHECK(SSL_set_ex_data(ssl_.get(), session_slot(), peer.session) == 1);
        resume_copy(ssl_.get(), *peer.session);
    }
    SSL_set_connect_state(ssl_.get());
    return {};
}

Result<void> Stream::start_tls_server(int descriptor, const TlsContext& context) {
    return start_tls(descriptor, context).map([this] { SSL_set_accept_state(ssl_.get()); });
}

Step Stream::judge(int result) {
    system_error_ = 0;
    const int saved_errno = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::kWantRead;
        case SSL_ERROR_WANT_WRITE:
            return Step::kWantWrite;
        case SSL_ERROR_ZERO_RETURN:
            return Step::kClosed;
        case SSL_ERROR_SYSCALL:
            system_error_ = saved_errno;
            return saved_errno == 0 || saved_errno == ECONNRESET || saved_errno == EPIPE
                       ? Step::kClosed
                       : Step::kFailed;
        default:
            return ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING
                       ? Step::kClosed
                       : Step::kFailed;
    }
}

Step Stream::handshake() {
    if (ssl_ == nullptr) {
        return Step::kDone;
    }
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) {
        return judge(result);
    }
    if (SSL_is_server(ssl_.get()) == 0) {
        forget_chain(ssl_.get());
    }
    return Step::kDone;
}

Progress Stream::read(std::span<std::byte> room) {
    if (ssl_ == nullptr) {
        return read_plain(room);
    }
    std::size_t filled = 0;
    bool emptied = false;  // The last read of the socket was a short one.
    while (filled < room.size()) {
        const bool fresh = SSL_has_pending(ssl_.get()) == 0;
        const std::uint64_t before = BIO_number_read(SSL_get_rbio(ssl_.get()));
        ERR_clear_error();
        errno = 0;
        std::size_t moved = 0;
        const int result =
            SSL_read_ex(ssl_.get(), room.data() + filled, room.size() - filled, &moved);
        if (result != 1) {
            return {judge(result), filled};
        }
        filled += moved;
        const std::uint64_t taken = BIO_number_read(SSL_get_rbio(ssl_.get())) - before;
        // Only then did OpenSSL ask for all of its buffer, and was there less.
        emptied = fresh ? taken < SSL3_RT_MAX_PLAIN_LENGTH : emptied && taken == 0;
        if (emptied && SSL_has_pending(ssl_.get()) == 0) {
            return {Step::kWantRead, filled};  // Spares the read that would find nothing.
        }
    }
    return {Step::kDone, filled};
}

Progress Stream::read_plain(std::span<std::byte> room) {
    for (;;) {
        const ssize_t moved = ::recv(descriptor_, room.data(), room.size(), 0);
        if (moved > 0) {
            const auto bytes = static_cast<std::size_t>(moved);
            // A short read has emptied the socket; what comes later makes it readable anew.
            return {bytes < room.size() ? Step::kWantRead : Step::kDone, bytes};
        }
        system_error_ = moved == 0 ? 0 : errno;
        if (system_error_ == EAGAIN || system_error_ == EWOULDBLOCK) {
            return {Step::kWantRead, 0};
        }
        if (system_error_ != EINTR) {
            return {
                system_error_ == 0 || system_error_ == ECONNRESET ? Step::kClosed : Step::kFailed,
                0};
        }
    }
}

Progress Stream::write(std::span<const std::byte> bytes) {
    if (ssl_ == nullptr) {
        return write_plain(bytes);
    }
    std::size_t at = 0;
    while (at < bytes.size()) {
        ERR_clear_error();
        errno = 0;
        std::size_t moved = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data() + at, bytes.size() - at, &moved);
        if (result != 1) {
            return {judge(result), at};
        }
        at += moved;
    }
    return {Step::kDone, at};
}

Progress Stream::write_plain(std::span<const std::byte> bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t moved =
            ::send(descriptor_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (moved >= 0) {
            at += static_cast<std::size_t>(moved);
            continue;
        }
        system_error_ = errno;
        if (system_error_ == EAGAIN || system_error_ == EWOULDBLOCK) {
            return {Step::kWantWrite, at};
        }
        if (system_error_ != EINTR) {
            const bool gone = system_error_ == EPIPE || system_error_ == ECONNRESET;
            return {gone ? Step::kClosed : Step::kFailed, at};
        }
    }
    return {Step::kDone, at};
}

void Stream::say_goodbye() {
    if (ssl_ != nullptr) {
        ERR_clear_error();
        static_cast<void>(SSL_shutdown(ssl_.get()));  // Whether it arrives does not matter.
        ERR_clear_error();
    }
}

void Stream::reset() {
    ssl_.reset();
    descriptor_ = -1;
    system_error_ = 0;
}

bool Stream::resumed() const {
    return ssl_ != nullptr && SSL_session_reused(ssl_.get()) == 1;
}

std::vector<std::string> Stream::peer_chain() const {
    return ssl_ != nullptr ? shown_chain(ssl_.get()) : std::vector<std::string>();
}

Error Stream::explain(std::string_view where) const {
    if (ssl_ != nullptr) {
        return explain_tls(where);
    }
    if (system_error_ == 0) {
        return Error{ErrorCode::kClosedByPeer,
                     fmt::format("{}: the peer closed the connection", where)};
    }
    return system_error(system_error_, where, ErrorCode::kIo);
}

Error Stream::explain_tls(std::string_view where) const {
    const bool shaking_hands = SSL_is_init_finished(ssl_.get()) == 0;
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (shaking_hands && verdict != X509_V_OK) {
        ERR_clear_error();
        return refused_certificate(ssl_.get(), where, verdict);
    }
    if (system_error_ != 0) {
        return system_error(system_error_, where, ErrorCode::kIo);
    }
    const unsigned long error = ERR_peek_last_error();
    if (error == 0 || ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return Error{ErrorCode::kClosedByPeer,
                     fmt::format("{}: the peer closed the connection{}", where,
                                 shaking_hands ? " during the TLS handshake" : "")};
    }
    return Error{
        ErrorCode::kTls,
        fmt::format("{}: {}: {}", where, shaking_hands ? "the TLS handshake failed" : "TLS failed",
                    openssl_reason())};
}

}  // namespace twinstorm::asio_net

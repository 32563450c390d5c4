// Bytes over a non-blocking socket, plain or under TLS, with one face for both.
//
// Use:    attach() or start_tls_...(), then handshake() until kDone, then read() and write(). After
//         kFailed or kClosed ask explain() before anything else. A step that wants to read or write
//         is taken again once the socket can.
// Owner:  one connection, which also owns the socket. Idle cost: nothing plain, an SSL under TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/error.h"
#include "twinstorm/net/loop.h"

typedef struct ssl_st SSL;
typedef struct ssl_session_st SSL_SESSION;

namespace twinstorm::asio_net {

struct FreeSession {
    void operator()(SSL_SESSION* session) const;
};
// The latest ticket of one server, resumed by whoever dials it next.
using TlsSession = std::unique_ptr<SSL_SESSION, FreeSession>;

enum class Step : std::uint8_t { kDone, kWantRead, kWantWrite, kClosed, kFailed };

struct Progress {
    Step step = Step::kDone;
    std::size_t bytes = 0;  // Moved in any case.
};

class Stream {
public:
    struct TlsPeer {
        std::string_view name;  // For SNI and for the certificate: a host name or an address.
        TlsSession* session;    // Resumed when there is one, and kept up to date; null: never.
        const net::ClientCertificate* certificate = nullptr;  // Shown when the server asks for one.
    };

    void attach(int descriptor);
    [[nodiscard]] Result<void> start_tls_client(int descriptor, const TlsContext& context,
                                                const TlsPeer& peer);
    [[nodiscard]] Result<void> start_tls_server(int descriptor, const TlsContext& context);

    [[nodiscard]] Step handshake();
    // kDone: there may be more; kWantRead: drained.
    [[nodiscard]] Progress read(std::span<std::byte> room);
    [[nodiscard]] Progress write(std::span<const std::byte> bytes);
    void say_goodbye();  // TLS's close_notify, as far as the socket takes it.
    void reset();

    [[nodiscard]] Error explain(std::string_view where) const;
    [[nodiscard]] bool resumed() const;
    // What a client has shown, in DER, leaf first; nothing without TLS or without a certificate.
    [[nodiscard]] std::vector<std::string> peer_chain() const;

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const;
    };

    [[nodiscard]] Result<void> start_tls(int descriptor, const TlsContext& context);
    [[nodiscard]] Step judge(int result);
    [[nodiscard]] Progress read_plain(std::span<std::byte> room);
    [[nodiscard]] Progress write_plain(std::span<const std::byte> bytes);
    [[nodiscard]] Error explain_tls(std::string_view where) const;

    int descriptor_ = -1;
    int system_error_ = 0;  // Of the last failed step; 0: the peer closed, or TLS itself failed.
    std::unique_ptr<SSL, FreeSsl> ssl_;
};

// Lets clients of this context hand their tickets to Stream::TlsPeer::session.
void keep_sessions(SSL_CTX* context);

// OpenSSL's latest reason in words; empties its queue of errors.
[[nodiscard]] std::string openssl_reason();

}  // namespace twinstorm::asio_net

// TLS contexts of a process, and the certificates that a mock hub makes for itself.
//
// Rules:  1.2 and 1.3; verification of name and chain is always on for clients. ECDSA P-256.
// Owner:  one context for the whole fleet or hub; shared by its workers' loops (OpenSSL counts).
// Errors: kTls or kIo with the file and OpenSSL's reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "twinstorm/base/error.h"

typedef struct ssl_ctx_st SSL_CTX;

namespace twinstorm::asio_net {

// Of a client, leaf included. A handshake with more ends there.
inline constexpr std::size_t kClientCertificatesMax = 10;
inline constexpr std::size_t kClientCertificateBytesMax = std::size_t{32} << 10;

// Whether a server asks its clients for a certificate. To show none is fine, and any chain is let
// in: net::Peer hands it to the service, which judges it.
enum class ClientCertificates { kNotRequested, kRequested };

class TlsContext {
public:
    // `ca_file` empty: the system's trust store.
    [[nodiscard]] static Result<TlsContext> client(const std::string& ca_file);
    [[nodiscard]] static Result<TlsContext> server(
        const std::string& certificate_file, const std::string& key_file,
        ClientCertificates clients = ClientCertificates::kNotRequested);

    [[nodiscard]] SSL_CTX* native() const { return context_.get(); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const;
    };
    explicit TlsContext(SSL_CTX* context) : context_(context) {}
    std::unique_ptr<SSL_CTX, Free> context_;
};

struct CertificateFiles {
    std::string ca;           // `ca.pem`: what clients trust.
    std::string certificate;  // `server.pem`, chain included.
    std::string key;          // `server-key.pem`, mode 0600.
};

// Makes a CA (kept across starts when the folder already holds one) and a fresh server certificate
// that covers the host name, `localhost`, 127.0.0.1 and ::1.
[[nodiscard]] Result<CertificateFiles> make_certificates(
    const std::string& folder, const std::vector<std::string>& host_names,
    std::chrono::seconds validity = std::chrono::hours(24 * 30));

}  // namespace twinstorm::asio_net

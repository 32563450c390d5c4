// Certificates of clients: how a server asks for one and reads it, how a client shows its own.
//
// Rules:  TLS proves that the client holds the leaf's key; whether the chain is to be trusted is
//         for the service to say, which gets it whole: so sessions with one are never resumed.
// Errors: kTls with OpenSSL's reason; a key never appears in one.
#pragma once

#include <string>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/net/loop.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace twinstorm::asio_net {

// None is fine; more or larger ones than tls.h allows end the handshake.
void request_certificates(SSL_CTX* server);
[[nodiscard]] std::vector<std::string> shown_chain(SSL* server);  // DER, leaf first.

[[nodiscard]] Result<void> use_certificate(SSL* client, const net::ClientCertificate& certificate);

}  // namespace twinstorm::asio_net

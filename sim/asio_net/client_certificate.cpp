#include "asio_net/client_certificate.h"

#include <limits>
#include <memory>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "asio_net/stream.h"
#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr unsigned char kSessionContext[] = "twinstorm";

// Instead of OpenSSL's verification, which would build paths from whatever a stranger sends.
int accept_chain(X509_STORE_CTX* context, void*) {
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_untrusted(context);
    if (sk_X509_num(chain) > static_cast<int>(kClientCertificatesMax)) {
        X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_CHAIN_TOO_LONG);
        return 0;
    }
    return 1;
}

// A ticket holds the leaf and not its chain, so that its owner must shake hands in full.
SSL_TICKET_RETURN on_ticket(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t,
                            SSL_TICKET_STATUS status, void*) {
    switch (status) {
        case SSL_TICKET_SUCCESS:
        case SSL_TICKET_SUCCESS_RENEW:
            break;
        default:
            return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    if (SSL_SESSION_get0_peer(session) != nullptr) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

int on_ticket_made(SSL*, void*) {
    return 1;
}

std::string der_of(X509* certificate) {
    unsigned char* data = nullptr;
    const int size = ::i2d_X509(certificate, &data);
    std::string der;
    if (size > 0) {
        der.assign(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    OPENSSL_free(data);
    return der;
}

// A key behind a pass phrase is refused instead of asking at the terminal.
int no_pass_phrase(char*, int, int, void*) {
    return -1;
}

Bio reader(std::string_view text) {
    TWINSTORM_CHECK(text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate next_certificate(const Bio& pem) {
    return Certificate(
        pem == nullptr ? nullptr : PEM_read_bio_X509(pem.get(), nullptr, no_pass_phrase, nullptr));
}

Result<void> add_issuers(SSL* client, const Bio& pem) {
    while (const Certificate issuer = next_certificate(pem)) {
        if (SSL_add1_chain_cert(client, issuer.get()) != 1) {
            return fail(ErrorCode::kTls,
                        "the client certificate's chain cannot be used: " + openssl_reason());
        }
    }
    // The end of the text is an error to OpenSSL, too; all others mean that it is damaged.
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        return fail(ErrorCode::kTls,
                    "the client certificate's chain is damaged: " + openssl_reason());
    }
    ERR_clear_error();
    return {};
}

}  // namespace

void request_certificates(SSL_CTX* server) {
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(server, accept_chain, nullptr);
    SSL_CTX_set_max_cert_list(server, static_cast<long>(kClientCertificateBytesMax));
    SSL_CTX_set_session_ticket_cb(server, on_ticket_made, on_ticket, nullptr);
    // Who asks for certificates must name its sessions, or none is resumed.
    TWINSTORM_CHECK(
        SSL_CTX_set_session_id_context(server, kSessionContext, sizeof kSessionContext - 1) == 1);
}

std::vector<std::string> shown_chain(SSL* server) {
    std::vector<std::string> chain;
    const Certificate leaf(SSL_get1_peer_certificate(server));
    if (leaf == nullptr) {
        return chain;
    }
    chain.push_back(der_of(leaf.get()));
    const STACK_OF(X509)* const issuers = SSL_get_peer_cert_chain(server);  // Without the leaf.
    for (int at = 0; at < sk_X509_num(issuers); ++at) {
        chain.push_back(der_of(sk_X509_value(issuers, at)));
    }
    return chain;
}

Result<void> use_certificate(SSL* client, const net::ClientCertificate& certificate) {
    ERR_clear_error();
    const Bio chain = reader(certificate.chain);
    const Certificate leaf = next_certificate(chain);
    if (leaf == nullptr) {
        return fail(ErrorCode::kTls,
                    "the client certificate is no certificate in PEM: " + openssl_reason());
    }
    if (SSL_use_certificate(client, leaf.get()) != 1) {
        return fail(ErrorCode::kTls, "the client certificate cannot be used: " + openssl_reason());
    }
    if (auto added = add_issuers(client, chain); !added) {
        return added;
    }
    const Bio text = reader(certificate.key.reveal());
    const Key key(text == nullptr
                      ? nullptr
                      : PEM_read_bio_PrivateKey(text.get(), nullptr, no_pass_phrase, nullptr));
    if (key == nullptr) {
        return fail(ErrorCode::kTls,
                    "the client certificate's key is no key in PEM without a pass phrase: " +
                        openssl_reason());
    }
    if (SSL_use_PrivateKey(client, key.get()) != 1) {
        return fail(ErrorCode::kTls, "the client certificate and its key do not belong together: " +
                                         openssl_reason());
    }
    return {};
}

}  // namespace twinstorm::asio_net

// X.509 certificates of devices, as a hub and a provisioning service look at them.
//
// Use:    parse_certificate() of what a peer showed (DER, leaf first); compare thumbprints or the
//         common name; verify_chain() when a CA vouches for it. Time is an argument.
// Errors: kInvalidArgument for what is no certificate; kUnauthorized for a chain that is not
//         trusted; kLimitExceeded. OpenSSL stays behind certificate.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::iothub {

// Certificates that one peer may show. Ours.
inline constexpr std::size_t kChainCertificatesMax = 10;

struct Certificate {
    std::string sha1;         // Thumbprint: upper-case hexadecimal without colons.
    std::string sha256;       // The same.
    std::string common_name;  // The first of the subject, in UTF-8; empty when there is none.
    std::string subject;      // Whole, in the form of RFC 2253.
    std::string issuer;
    std::string serial;  // Upper-case hexadecimal.
    WallTime not_before{};
    WallTime not_after{};
    std::string pem;

    [[nodiscard]] bool valid_at(WallTime now) const {
        return not_before <= now && now <= not_after;
    }
};

[[nodiscard]] Result<Certificate> parse_certificate(std::string_view der);
// From the first certificate of a PEM text, or from bare base64: services send both.
[[nodiscard]] Result<Certificate> parse_certificate_text(std::string_view text);

// True when a thumbprint as a person writes it (any case, colons or blanks between) is one of the
// certificate's two. An empty one never is.
[[nodiscard]] bool has_thumbprint(const Certificate& certificate, std::string_view thumbprint);

// The chain (DER, leaf first) leads to one of the trusted certificates (PEM), which need not be
// self-signed; all dates hold at `now`, every issuer is a CA, and the leaf may be a TLS client.
[[nodiscard]] Result<void> verify_chain(std::span<const std::string> chain,
                                        std::span<const std::string> trusted_pem, WallTime now);

}  // namespace twinstorm::iothub

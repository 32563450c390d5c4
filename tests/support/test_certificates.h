// Certificates made for a test, in memory: roots, issuers, leaves, and such as sign themselves.
//
// Use:    const auto root = make_root("Root"); const auto leaf = make_leaf("device-1", root);
//         ClientCertificate{leaf.chain, Secret(leaf.key)}. ECDSA P-256; valid from an hour ago.
// Link:   OpenSSL::Crypto.
#pragma once

#include <chrono>
#include <string>

namespace twinstorm::support {

struct TestCertificate {
    std::string name;   // The subject's CN.
    std::string pem;    // The certificate alone.
    std::string chain;  // Leaf first, up to the last issuer that is no root.
    std::string key;    // PEM, without a pass phrase.
    std::string der;    // The certificate alone.
};

inline constexpr std::chrono::hours kTestValidity{24};

[[nodiscard]] TestCertificate make_root(const std::string& name);
[[nodiscard]] TestCertificate make_issuer(const std::string& name, const TestCertificate& by);
// A negative validity gives a certificate that expired that long ago.
[[nodiscard]] TestCertificate make_leaf(const std::string& name, const TestCertificate& by,
                                        std::chrono::seconds validity = kTestValidity);
[[nodiscard]] TestCertificate make_self_signed(const std::string& name,
                                               std::chrono::seconds validity = kTestValidity);

}  // namespace twinstorm::support

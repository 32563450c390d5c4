#include "twinstorm/iothub/certificate.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "twinstorm/base/base64.h"

namespace twinstorm::iothub {
namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};

void free_text(char* text) {
    OPENSSL_free(text);
}
void free_bytes(unsigned char* bytes) {
    OPENSSL_free(bytes);
}
// The certificates on it belong to others.
void free_stack(STACK_OF(X509) * stack) {
    sk_X509_free(stack);
}

using X509Pointer = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Time = std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), Free<free_stack>>;
using Text = std::unique_ptr<char, Free<free_text>>;
using Bytes = std::unique_ptr<unsigned char, Free<free_bytes>>;

constexpr std::string_view kPemMark = "-----BEGIN";

tl::unexpected<Error> no_certificate() {
    ERR_clear_error();  // Else OpenSSL would tell the next caller on this thread.
    return fail(ErrorCode::kInvalidArgument, "the bytes are no X.509 certificate");
}

X509Pointer read_der(std::string_view der) {
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* end = begin;
    X509Pointer made(d2i_X509(nullptr, &end, static_cast<long>(der.size())));
    // Bytes after the certificate belong to none.
    return made != nullptr && end == begin + der.size() ? std::move(made) : nullptr;
}

X509Pointer read_pem(std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return X509Pointer(bio == nullptr ? nullptr
                                      : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

std::string upper_hex(const unsigned char* bytes, std::size_t size) {
    std::string text;
    text.reserve(2 * size);
    for (std::size_t i = 0; i < size; ++i) {
        fmt::format_to(std::back_inserter(text), "{:02X}", bytes[i]);
    }
    return text;
}

std::string thumbprint(const X509* certificate, const EVP_MD* digest) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    return X509_digest(certificate, digest, bytes, &size) == 1 ? upper_hex(bytes, size) : "";
}

std::string common_name(const X509* certificate) {
    const X509_NAME* const name = X509_get_subject_name(certificate);
    const int place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (place < 0) {
        return {};
    }
    const ASN1_STRING* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place));
    unsigned char* raw = nullptr;
    const int size = ASN1_STRING_to_UTF8(&raw, text);
    const Bytes utf8(raw);
    // With its length: a zero byte within must not make the rest invisible.
    return size <= 0
               ? std::string()
               : std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

std::string one_line(const X509_NAME* name) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return size <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

std::string serial(const X509* certificate) {
    const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    const Text text(number == nullptr ? nullptr : BN_bn2hex(number.get()));
    return text == nullptr ? std::string() : std::string(text.get());
}

std::string to_pem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return size <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

// Nanoseconds hold the years 1678 to 2261. A certificate without an end says 9999 (RFC 5280,
// 4.1.2.5), so what lies outside is moved to the edge.
std::optional<WallTime> instant(const ASN1_TIME* time) {
    constexpr int kDaysMax = 100'000;
    const Time epoch(ASN1_TIME_set(nullptr, 0));
    int days = 0;
    int seconds = 0;
    if (epoch == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
        return std::nullopt;
    }
    return WallTime(std::chrono::days(std::clamp(days, -kDaysMax, kDaysMax)) +
                    std::chrono::seconds(seconds));
}

Result<Certificate> describe_certificate(X509* certificate) {
    const auto not_before = instant(X509_get0_notBefore(certificate));
    const auto not_after = instant(X509_get0_notAfter(certificate));
    if (!not_before || !not_after) {
        return no_certificate();
    }
    return Certificate{.sha1 = thumbprint(certificate, EVP_sha1()),
                       .sha256 = thumbprint(certificate, EVP_sha256()),
                       .common_name = common_name(certificate),
                       .subject = one_line(X509_get_subject_name(certificate)),
                       .issuer = one_line(X509_get_issuer_name(certificate)),
                       .serial = serial(certificate),
                       .not_before = *not_before,
                       .not_after = *not_after,
                       .pem = to_pem(certificate)};
}

Result<Store> trust(std::span<const std::string> trusted_pem, WallTime now) {
    Store store(X509_STORE_new());
    if (store == nullptr) {
        return fail(ErrorCode::kExhausted, "no store of certificates could be made");
    }
    for (const std::string& pem : trusted_pem) {
        const X509Pointer anchor = read_pem(pem);
        if (anchor == nullptr || X509_STORE_add_cert(store.get(), anchor.get()) != 1) {
            return no_certificate();
        }
    }
    X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(
        rules, static_cast<std::time_t>(
                   std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
    // An intermediate may be what was uploaded: trust need not reach a self-signed root.
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
    X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(kChainCertificatesMax));
    return store;
}

bool is_hex_upper(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

// Lower-case letters raised, what people put between the digits left out.
std::string normal_thumbprint(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        const char upper = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
        if (is_hex_upper(upper)) {
            digits += upper;
        }
    }
    return digits;
}

}  // namespace

Result<Certificate> parse_certificate(std::string_view der) {
    const X509Pointer certificate = read_der(der);
    return certificate == nullptr ? no_certificate() : describe_certificate(certificate.get());
}

Result<Certificate> parse_certificate_text(std::string_view text) {
    if (text.find(kPemMark) != std::string_view::npos) {
        const X509Pointer certificate = read_pem(text);
        return certificate == nullptr ? no_certificate() : describe_certificate(certificate.get());
    }
    std::string unbroken(text);
    std::erase_if(unbroken, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
    const auto der = base64_decode(unbroken);
    return der ? parse_certificate(*der) : no_certificate();
}

bool has_thumbprint(const Certificate& certificate, std::string_view thumbprint) {
    const std::string wanted = normal_thumbprint(thumbprint);
    return !wanted.empty() && (wanted == certificate.sha1 || wanted == certificate.sha256);
}

Result<void> verify_chain(std::span<const std::string> chain,
                          std::span<const std::string> trusted_pem, WallTime now) {
    if (chain.empty()) {
        return fail(ErrorCode::kUnauthorized, "the peer shows no certificate");
    }
    if (chain.size() > kChainCertificatesMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("a chain has at most {} certificates", kChainCertificatesMax));
    }
    std::vector<X509Pointer> certificates;
    const Stack others(sk_X509_new_null());
    for (const std::string& der : chain) {
        certificates.push_back(read_der(der));
        if (certificates.back() == nullptr ||
            sk_X509_push(others.get(), certificates.back().get()) <= 0) {
            return no_certificate();
        }
    }
    const auto store = trust(trusted_pem, now);
    if (!store) {
        return fail(store.error());
    }
    const StoreContext context(X509_STORE_CTX_new());
    if (context == nullptr || X509_STORE_CTX_init(context.get(), store->get(),
                                                  certificates.front().get(), others.get()) != 1) {
        return fail(ErrorCode::kExhausted, "no chain could be built");
    }
    const int verified = X509_verify_cert(context.get());
    ERR_clear_error();
    if (verified == 1) {
        return {};
    }
    const int reason = X509_STORE_CTX_get_error(context.get());
    return fail(ErrorCode::kUnauthorized, X509_verify_cert_error_string(reason));
}

}  // namespace twinstorm::iothub

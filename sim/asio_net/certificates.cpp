#include "twinstorm/asio_net/tls.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/ip/address.hpp>

#include "asio_net/socket.h"
#include "asio_net/stream.h"

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
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr std::chrono::seconds kClockSkew = std::chrono::hours(1);  // A client's clock may lag.
constexpr std::chrono::seconds kCaValidity = std::chrono::hours(24 * 3650);
constexpr int kSerialBits = 127;  // RFC 5280, 4.1.2.2: positive, at most 20 bytes.
constexpr mode_t kPrivate = 0600;
constexpr mode_t kPublic = 0644;

struct Authority {
    Key key;
    Certificate certificate;
};

struct Subject {
    const char* name;
    std::chrono::seconds validity;
};

Error tls_error(const std::string& what) {
    return Error{ErrorCode::kTls, fmt::format("{}: {}", what, openssl_reason())};
}

Error io_error(const std::string& file) {
    return system_error(errno, fmt::format("`{}` cannot be written", file), ErrorCode::kIo);
}

// --- Making ---------------------------------------------------------------------------------

bool add_extension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
    return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
    const Number number(BN_new());
    return number != nullptr &&
           BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

// A negative validity gives a certificate that expired that long ago.
bool set_validity(X509* certificate, std::chrono::seconds validity) {
    const auto begin = std::min(validity, std::chrono::seconds{0}) - kClockSkew;
    return X509_gmtime_adj(X509_getm_notBefore(certificate), begin.count()) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), validity.count()) != nullptr;
}

// Unsigned, without extensions; of its own issuer until told otherwise.
Certificate begin_certificate(EVP_PKEY* key, const Subject& subject) {
    Certificate made(X509_new());
    if (made == nullptr || X509_set_version(made.get(), X509_VERSION_3) != 1 ||
        !set_serial(made.get()) || !set_validity(made.get(), subject.validity) ||
        X509_set_pubkey(made.get(), key) != 1) {
        return nullptr;
    }
    X509_NAME* const name = X509_get_subject_name(made.get());
    const auto* const text = reinterpret_cast<const unsigned char*>(subject.name);
    if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) != 1 ||
        X509_set_issuer_name(made.get(), name) != 1) {
        return nullptr;
    }
    return made;
}

Key make_key() {
    return Key(EVP_EC_gen("P-256"));
}

Result<Authority> make_authority() {
    Authority made{make_key(), nullptr};
    if (made.key == nullptr) {
        return fail(tls_error("no key could be made"));
    }
    made.certificate = begin_certificate(made.key.get(), {"Twinstorm mock CA", kCaValidity});
    X509* const certificate = made.certificate.get();
    if (certificate == nullptr ||
        !add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE") ||
        !add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(certificate, certificate, NID_subject_key_identifier, "hash") ||
        X509_sign(certificate, made.key.get(), EVP_sha256()) == 0) {
        return fail(tls_error("no CA could be made"));
    }
    return made;
}

// The caller's names are data, never part of OpenSSL's little configuration language.
bool add_name(GENERAL_NAMES* names, const std::string& text) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(text, error);
    GENERAL_NAME* const name = GENERAL_NAME_new();
    if (name == nullptr || sk_GENERAL_NAME_push(names, name) == 0) {
        GENERAL_NAME_free(name);
        return false;
    }
    if (error) {
        ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
        GENERAL_NAME_set0_value(name, GEN_DNS, value);
        return ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1;
    }
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    GENERAL_NAME_set0_value(name, GEN_IPADD, value);
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return ASN1_OCTET_STRING_set(value, bytes.data(), static_cast<int>(bytes.size())) == 1;
    }
    const auto bytes = address.to_v6().to_bytes();
    return ASN1_OCTET_STRING_set(value, bytes.data(), static_cast<int>(bytes.size())) == 1;
}

bool add_names(X509* certificate, const std::vector<std::string>& host_names) {
    const Names names(GENERAL_NAMES_new());
    if (names == nullptr) {
        return false;
    }
    for (const char* const always : {"localhost", "127.0.0.1", "::1"}) {
        if (!add_name(names.get(), always)) {
            return false;
        }
    }
    for (const std::string& host_name : host_names) {
        if (!add_name(names.get(), host_name)) {
            return false;
        }
    }
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0,
                             X509V3_ADD_DEFAULT) == 1;
}

Result<Certificate> make_server(EVP_PKEY* key, const Authority& authority,
                                const std::vector<std::string>& host_names,
                                std::chrono::seconds validity) {
    Certificate made = begin_certificate(key, {"Twinstorm mock hub", validity});
    X509* const issuer = authority.certificate.get();
    X509* const certificate = made.get();
    if (certificate == nullptr ||
        X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1 ||
        !add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") ||
        !add_extension(certificate, issuer, NID_subject_key_identifier, "hash") ||
        !add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") ||
        !add_names(certificate, host_names) ||
        X509_sign(certificate, authority.key.get(), EVP_sha256()) == 0) {
        return fail(tls_error("no server certificate could be made"));
    }
    return made;
}

// --- Files ----------------------------------------------------------------------------------

// Whole or not at all, and a key is never readable by others, not even for a moment.
Result<void> write_file(const std::string& file, std::string_view text, mode_t mode) {
    const std::string draft = fmt::format("{}.{}", file, ::getpid());
    static_cast<void>(::unlink(draft.c_str()));  // Of a process that had the same id and died.
    const Socket target(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!target.valid()) {
        return fail(io_error(file));
    }
    while (!text.empty()) {
        const ssize_t written = ::write(target.get(), text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            Error error = io_error(file);
            static_cast<void>(::unlink(draft.c_str()));
            return fail(std::move(error));
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    if (::rename(draft.c_str(), file.c_str()) != 0) {
        return fail(io_error(file));
    }
    return {};
}

Result<std::string> text_of(const Bio& bio, bool written) {
    char* data = nullptr;
    const long size = bio == nullptr ? 0 : BIO_get_mem_data(bio.get(), &data);
    if (!written || size <= 0) {
        return fail(tls_error("a certificate or key could not be encoded"));
    }
    return std::string(data, static_cast<std::size_t>(size));
}

Result<void> write_key(const std::string& file, EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    const bool written =
        bio != nullptr &&
        PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return text_of(bio, written).and_then([&](const std::string& text) {
        return write_file(file, text, kPrivate);
    });
}

Result<void> write_chain(const std::string& file, const std::vector<X509*>& chain) {
    const Bio bio(BIO_new(BIO_s_mem()));
    bool written = bio != nullptr;
    for (X509* const certificate : chain) {
        written = written && PEM_write_bio_X509(bio.get(), certificate) == 1;
    }
    return text_of(bio, written).and_then([&](const std::string& text) {
        return write_file(file, text, kPublic);
    });
}

Result<Authority> read_authority(const std::string& certificate_file, const std::string& key_file) {
    const Bio certificate(BIO_new_file(certificate_file.c_str(), "r"));
    const Bio key(BIO_new_file(key_file.c_str(), "r"));
    Authority read;
    if (certificate != nullptr) {
        read.certificate.reset(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
    }
    if (key != nullptr) {
        read.key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    }
    const std::string remedy =
        fmt::format("remove `{}` and `{}` to have new ones made", certificate_file, key_file);
    if (read.certificate == nullptr || read.key == nullptr ||
        X509_check_private_key(read.certificate.get(), read.key.get()) != 1) {
        return fail(tls_error(fmt::format("`{}` and `{}` are no CA and its key; {}",
                                          certificate_file, key_file, remedy)));
    }
    if (X509_cmp_current_time(X509_get0_notAfter(read.certificate.get())) <= 0) {
        return fail(ErrorCode::kTls, fmt::format("`{}` has expired; {}", certificate_file, remedy));
    }
    return read;
}

// The key is written first: a certificate without its key means that someone took the key away.
Result<Authority> keep_or_make_authority(const std::string& certificate_file,
                                         const std::string& key_file) {
    std::error_code ignored;
    if (std::filesystem::exists(certificate_file, ignored)) {
        return read_authority(certificate_file, key_file);
    }
    auto made = make_authority();
    if (!made) {
        return made;
    }
    if (auto written = write_key(key_file, made->key.get()); !written) {
        return fail(std::move(written).error());
    }
    if (auto written = write_chain(certificate_file, {made->certificate.get()}); !written) {
        return fail(std::move(written).error());
    }
    return made;
}

}  // namespace

Result<CertificateFiles> make_certificates(const std::string& folder,
                                           const std::vector<std::string>& host_names,
                                           std::chrono::seconds validity) {
    ERR_clear_error();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return fail(ErrorCode::kIo,
                    fmt::format("`{}` cannot be made: {}", folder, error.message()));
    }
    const CertificateFiles files{folder + "/ca.pem", folder + "/server.pem",
                                 folder + "/server-key.pem"};
    const auto authority = keep_or_make_authority(files.ca, folder + "/ca-key.pem");
    if (!authority) {
        return fail(authority.error());
    }
    const Key key = make_key();
    if (key == nullptr) {
        return fail(tls_error("no key could be made"));
    }
    auto server = make_server(key.get(), *authority, host_names, validity);
    if (!server) {
        return fail(std::move(server).error());
    }
    if (auto written = write_key(files.key, key.get()); !written) {
        return fail(std::move(written).error());
    }
    if (auto written =
            write_chain(files.certificate, {server->get(), authority->certificate.get()});
        !written) {
        return fail(std::move(written).error());
    }
    return files;
}

}  // namespace twinstorm::asio_net

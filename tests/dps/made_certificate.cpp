#include "dps/made_certificate.h"

#include <chrono>
#include <ctime>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "twinstorm/base/check.h"

namespace twinstorm::testing {
namespace {

std::time_t unix_time(WallTime instant) {
    return static_cast<std::time_t>(
        std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count());
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    TWINSTORM_CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

std::string encode(X509* certificate, bool pem) {
    BIO* bio = BIO_new(BIO_s_mem());
    TWINSTORM_CHECK((pem ? PEM_write_bio_X509(bio, certificate) : i2d_X509_bio(bio, certificate)) ==
                    1);
    char* begin = nullptr;
    const long size = BIO_get_mem_data(bio, &begin);
    std::string bytes(begin, static_cast<std::size_t>(size));
    BIO_free_all(bio);
    return bytes;
}

}  // namespace

struct MadeCertificate::Objects {
    Objects() : key(EVP_EC_gen("P-256")), certificate(X509_new()) {}
    Objects(const Objects&) = delete;
    Objects& operator=(const Objects&) = delete;
    ~Objects() {
        EVP_PKEY_free(key);
        X509_free(certificate);
    }
    EVP_PKEY* key;
    X509* certificate;
};

MadeCertificate::MadeCertificate(const CertificateWish& wish, const MadeCertificate* issuer)
    : objects_(std::make_unique<Objects>()) {
    static long serial = 1;
    X509* const made = objects_->certificate;
    const Objects& signer = issuer == nullptr ? *objects_ : *issuer->objects_;
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
    ASN1_TIME_set(X509_getm_notBefore(made), unix_time(wish.begins));
    ASN1_TIME_set(X509_getm_notAfter(made), unix_time(wish.ends));
    X509_set_pubkey(made, objects_->key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wish.common_name.data()),
                               static_cast<int>(wish.common_name.size()), -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(signer.certificate));
    add_extension(made, signer.certificate, NID_basic_constraints,
                  wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(made, signer.certificate, NID_key_usage,
                  wish.authority ? "critical,keyCertSign" : "critical,digitalSignature");
    TWINSTORM_CHECK(X509_sign(made, signer.key, EVP_sha256()) > 0);
    der = encode(made, false);
    pem = encode(made, true);
}

MadeCertificate::~MadeCertificate() = default;

}  // namespace twinstorm::testing

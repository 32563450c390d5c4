#include "support/test_certificates.h"

#include <algorithm>
#include <memory>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "twinstorm/base/check.h"

namespace twinstorm::support {
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
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr int kSerialBits = 127;
constexpr std::chrono::seconds kClockSkew = std::chrono::hours(1);

enum class Kind { kAuthority, kLeaf };

struct Wish {
    const std::string& name;
    Kind kind;
    std::chrono::seconds validity;
};

std::string text_of(const Bio& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    TWINSTORM_CHECK(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    TWINSTORM_CHECK(
        PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio);
}

std::string der_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    TWINSTORM_CHECK(i2d_X509_bio(bio.get(), certificate) == 1);
    return text_of(bio);
}

Certificate read_certificate(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

Key read_key(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

void add_extension(X509* certificate, int id, const char* value) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
    TWINSTORM_CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate begin(EVP_PKEY* key, const Wish& wish) {
    Certificate made(X509_new());
    const Number serial(BN_new());
    TWINSTORM_CHECK(BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) != nullptr);
    const auto since = std::min(wish.validity, std::chrono::seconds{0}) - kClockSkew;
    X509_set_version(made.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), since.count());
    X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.validity.count());
    X509_set_pubkey(made.get(), key);
    const auto* const name = reinterpret_cast<const unsigned char*>(wish.name.c_str());
    TWINSTORM_CHECK(X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN",
                                               MBSTRING_UTF8, name, -1, -1, 0) == 1);
    const bool authority = wish.kind == Kind::kAuthority;
    add_extension(made.get(), NID_basic_constraints,
                  authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(made.get(), NID_key_usage,
                  authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    if (!authority) {
        add_extension(made.get(), NID_ext_key_usage, "clientAuth");
    }
    return made;
}

// Without an issuer it signs itself.
TestCertificate make(const Wish& wish, const TestCertificate* by) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate made = begin(key.get(), wish);
    const Certificate issuer = by != nullptr ? read_certificate(by->pem) : nullptr;
    const Key signer = by != nullptr ? read_key(by->key) : nullptr;
    X509_set_issuer_name(made.get(),
                         X509_get_subject_name(by != nullptr ? issuer.get() : made.get()));
    TWINSTORM_CHECK(X509_sign(made.get(), by != nullptr ? signer.get() : key.get(), EVP_sha256()) !=
                    0);
    TestCertificate result{wish.name, pem_of(made.get()), "", pem_of(key.get()),
                           der_of(made.get())};
    const bool by_root = by == nullptr || by->chain.empty();
    result.chain = result.pem + (by_root ? std::string() : by->chain);
    return result;
}

}  // namespace

TestCertificate make_root(const std::string& name) {
    TestCertificate root = make({name, Kind::kAuthority, kTestValidity}, nullptr);
    root.chain.clear();  // Nobody sends a root: who trusts it has it.
    return root;
}

TestCertificate make_issuer(const std::string& name, const TestCertificate& by) {
    return make({name, Kind::kAuthority, kTestValidity}, &by);
}

TestCertificate make_leaf(const std::string& name, const TestCertificate& by,
                          std::chrono::seconds validity) {
    return make({name, Kind::kLeaf, validity}, &by);
}

TestCertificate make_self_signed(const std::string& name, std::chrono::seconds validity) {
    return make({name, Kind::kLeaf, validity}, nullptr);
}

}  // namespace twinstorm::support

#include "twinstorm/iothub/sas_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "iothub/query_string.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kScheme = "SharedAccessSignature ";
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kBlockBytes = 64;

template <std::size_t kSize>
std::string_view view(const std::array<char, kSize>& bytes) {
    return {bytes.data(), bytes.size()};
}

// SHA-256 of two pieces. One for each thread, because to look the algorithm up and to make its
// context costs several times the hash itself.
class Sha256 {
public:
    using Hash = std::array<char, kHashBytes>;

    [[nodiscard]] Hash digest(std::string_view first, std::string_view second) {
        Hash hash;
        const bool made =
            EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr) == 1 &&
            EVP_DigestUpdate(context_.get(), first.data(), first.size()) == 1 &&
            EVP_DigestUpdate(context_.get(), second.data(), second.size()) == 1 &&
            EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                               nullptr) == 1;
        TWINSTORM_CHECK(made);
        return hash;
    }

private:
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_{
        EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free};
};

tl::unexpected<Error> bad_token(std::string_view why) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("The SAS token {}.", why));
}

struct Fields {
    std::optional<std::string_view> resource;
    std::optional<std::string_view> signature;
    std::optional<std::string_view> expiry;
    std::optional<std::string_view> policy;

    std::optional<std::string_view>* slot(std::string_view key) {
        if (key == "sr") {
            return &resource;
        }
        if (key == "sig") {
            return &signature;
        }
        if (key == "se") {
            return &expiry;
        }
        return key == "skn" ? &policy : nullptr;
    }
};

Result<Fields> read_fields(std::string_view text) {
    Fields fields;
    QueryReader reader(text);
    while (const auto pair = reader.next()) {
        auto* const slot = fields.slot(pair->key);
        if (slot == nullptr) {
            continue;
        }
        // Which of two equal fields counts would be for an attacker to exploit.
        if (slot->has_value()) {
            return bad_token("names a field twice");
        }
        *slot = pair->value.value_or(std::string_view());
    }
    return fields;
}

// Only the plain decimal form: the signature covers the text, and the token keeps the number.
std::optional<std::int64_t> parse_expiry(std::string_view text) {
    std::int64_t expiry = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, expiry);
    const bool plain = text == "0" || !text.starts_with('0');
    return error == std::errc() && rest == end && expiry >= 0 && plain ? std::optional(expiry)
                                                                       : std::nullopt;
}

// base64 of the HMAC over the literal `sr` and `se`. An empty key signs nothing: an identity
// without keys must not be open to everybody.
Result<std::string> sign(std::string_view resource, std::int64_t expiry, std::string_view key) {
    const auto key_bytes = base64_decode(key);
    if (!key_bytes || key_bytes->empty()) {
        return fail(ErrorCode::kInvalidArgument, "The shared access key is not base64.");
    }
    std::string text(resource);
    text.append("\n").append(std::to_string(expiry));
    return base64_encode(hmac_sha256(*key_bytes, text));
}

}  // namespace

Result<SasToken> SasToken::parse(std::string_view text) {
    if (!text.starts_with(kScheme)) {
        return bad_token("does not begin with `SharedAccessSignature `");
    }
    const auto fields = read_fields(text.substr(kScheme.size()));
    if (!fields) {
        return fail(fields.error());
    }
    if (!fields->resource || fields->resource->empty() || !fields->signature ||
        fields->signature->empty() || !fields->expiry) {
        return bad_token("lacks `sr`, `sig` or `se`");
    }
    const auto expiry = parse_expiry(*fields->expiry);
    if (!expiry) {
        return bad_token("has an `se` that is not a decimal number of seconds");
    }
    auto signature = percent_decode(*fields->signature);
    auto policy = percent_decode(fields->policy.value_or(std::string_view()));
    if (!signature || !policy || !percent_decode(*fields->resource)) {
        return bad_token("is not percent-encoded properly");
    }
    return SasToken{std::string(*fields->resource), *std::move(signature), *expiry,
                    *std::move(policy)};
}

bool SasToken::expired(WallTime now, std::chrono::seconds grace) const {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(now - grace);
    return expiry < seconds.time_since_epoch().count();
}

bool SasToken::signed_with(std::string_view key) const {
    const auto expected = sign(resource, expiry, key);
    return expected && expected->size() == signature.size() &&
           CRYPTO_memcmp(expected->data(), signature.data(), signature.size()) == 0;
}

bool SasToken::covers(std::string_view resource_path) const {
    const auto decoded = percent_decode(resource);
    if (!decoded || decoded->empty()) {
        return false;
    }
    const std::string_view scope = *decoded;
    if (resource_path.starts_with(scope)) {
        return resource_path.size() == scope.size() || resource_path[scope.size()] == '/';
    }
    // Old samples sign `{host}/devices/{d}/api-version...`; nothing else may be longer, least of
    // all the resource of a module when its device connects.
    constexpr std::string_view kOldTail = "/api-version";
    return scope.starts_with(resource_path) &&
           scope.substr(resource_path.size()).starts_with(kOldTail);
}

std::string resource_path(std::string_view host, const IdentityName& identity) {
    std::string path(host);
    if (!identity.device_id.empty()) {
        path += "/devices/" + identity.device_id;
    }
    if (identity.is_module()) {
        path += "/modules/" + identity.module_id;
    }
    return path;
}

Result<std::string> make_sas_token(std::string_view resource, std::string_view key,
                                   std::int64_t expiry, std::string_view policy) {
    const std::string encoded = percent_encode(resource);
    const auto signature = sign(encoded, expiry, key);
    if (!signature) {
        return fail(signature.error());
    }
    std::string token(kScheme);
    token.append("sr=").append(encoded).append("&sig=").append(percent_encode(*signature));
    token.append("&se=").append(std::to_string(expiry));
    if (!policy.empty()) {
        token += "&skn=" + percent_encode(policy);
    }
    return token;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    thread_local Sha256 sha256;
    std::array<unsigned char, kBlockBytes> block{};
    if (key.size() <= kBlockBytes) {
        std::ranges::copy(key, block.begin());
    } else {
        std::ranges::copy(sha256.digest(key, {}), block.begin());
    }
    const auto padded = [&block](unsigned char pad) {
        std::array<char, kBlockBytes> result{};
        std::ranges::transform(block, result.begin(),
                               [pad](unsigned char byte) { return static_cast<char>(byte ^ pad); });
        return result;
    };
    const auto inner_key = padded(0x36);
    const Sha256::Hash inner = sha256.digest(view(inner_key), text);
    const auto outer_key = padded(0x5c);
    const Sha256::Hash outer = sha256.digest(view(outer_key), view(inner));
    OPENSSL_cleanse(block.data(), block.size());
    return {outer.begin(), outer.end()};
}

}  // namespace twinstorm::iothub

#include "hub/blob_token.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "hub/iso_instant.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

constexpr std::string_view kVersion = "2018-03-28";
constexpr std::string_view kResource = "b";  // One blob.
constexpr std::string_view kPermissions = "rw";

std::string signature_of(std::string_view key, std::string_view path, std::string_view correlation,
                         std::string_view expiry) {
    return base64_encode(
        iothub::hmac_sha256(key, fmt::format("{}\n{}\n{}\n{}\n{}\n{}", kPermissions, expiry, path,
                                             correlation, kVersion, kResource)));
}

// The only field of that name, decoded: which of two counts would be for an attacker to exploit.
std::optional<std::string> field(std::string_view query, std::string_view name) {
    std::optional<std::string> found;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) {
            continue;
        }
        auto value = iothub::percent_decode(pair.substr(equals + 1));
        if (found || !value) {
            return std::nullopt;
        }
        found = *std::move(value);
    }
    return found;
}

}  // namespace

std::string make_blob_token(std::string_view key, std::string_view path,
                            std::string_view correlation_id, WallTime expiry) {
    const std::string ends = iothub::format_instant(expiry);
    return fmt::format("?sv={}&sr={}&scid={}&se={}&sp={}&sig={}", kVersion, kResource,
                       iothub::percent_encode(correlation_id), iothub::percent_encode(ends),
                       kPermissions,
                       iothub::percent_encode(signature_of(key, path, correlation_id, ends)));
}

tl::expected<std::string, std::string_view> check_blob_token(std::string_view key,
                                                             std::string_view path,
                                                             std::string_view query, WallTime now) {
    auto correlation = field(query, "scid");
    const auto expiry = field(query, "se");
    const auto signature = field(query, "sig");
    if (!correlation || !expiry || !signature) {
        return tl::unexpected<std::string_view>("The request has no shared access signature.");
    }
    const Secret expected(signature_of(key, path, *correlation, *expiry));
    if (field(query, "sv") != kVersion || field(query, "sr") != kResource ||
        field(query, "sp") != kPermissions || !expected.equals(*signature)) {
        return tl::unexpected<std::string_view>("Signature did not match.");
    }
    const auto ends = read_iso_instant(*expiry);
    if (!ends || now >= *ends) {
        return tl::unexpected<std::string_view>("Signature not valid in the specified time frame.");
    }
    return *std::move(correlation);
}

}  // namespace twinstorm::hub

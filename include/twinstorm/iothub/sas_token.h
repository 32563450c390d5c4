// Shared access signatures: `SharedAccessSignature sr={sr}&sig={sig}&se={se}[&skn={policy}]`.
//
// Rules:  the signature is HMAC-SHA256 over the literal `sr` text + "\n" + `se`, keyed with the
//         base64-decoded key; `sr` is neither decoded nor re-encoded before it is checked.
// Units:  expiry in Unix seconds, UTC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::iothub {

struct SasToken {
    std::string resource;   // `sr`, exactly as it stands in the token.
    std::string signature;  // `sig`, decoded: base64.
    std::int64_t expiry = 0;
    std::string policy;  // `skn`; empty for a device's or module's own key.

    [[nodiscard]] static Result<SasToken> parse(std::string_view text);
    [[nodiscard]] bool expired(WallTime now, std::chrono::seconds grace) const;
    // True when this key (base64) made the signature. Constant time in the signature. An empty
    // key signs nothing.
    [[nodiscard]] bool signed_with(std::string_view key) const;
    // True when `sr`, decoded, is a segment-wise prefix of `{host}/devices/{d}[/modules/{m}]`.
    // The one longer form let through is that of old samples, `{path}/api-version...`.
    [[nodiscard]] bool covers(std::string_view resource_path) const;
};

// The resource path that tokens for this identity name: `{host}/devices/{d}[/modules/{m}]`.
[[nodiscard]] std::string resource_path(std::string_view host, const IdentityName& identity);

// Errors: kInvalidArgument when the key is not base64. `resource` is given un-encoded.
[[nodiscard]] Result<std::string> make_sas_token(std::string_view resource, std::string_view key,
                                                 std::int64_t expiry, std::string_view policy = {});

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 bytes.

}  // namespace twinstorm::iothub

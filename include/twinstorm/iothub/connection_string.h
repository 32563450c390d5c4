// `HostName=..;SharedAccessKeyName=..;SharedAccessKey=..` and the forms of devices and modules.
//
// Errors: kInvalidArgument that names the missing or unknown part, never a key's text.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::iothub {

struct ConnectionString {
    std::string host_name;
    std::string gateway_host_name;
    IdentityName identity;  // Empty for a service connection string.
    std::string policy;     // SharedAccessKeyName.
    Secret key;             // SharedAccessKey, base64.
    bool x509 = false;

    [[nodiscard]] bool is_service() const { return !policy.empty(); }
    [[nodiscard]] static Result<ConnectionString> parse(std::string_view text);
    [[nodiscard]] Secret format() const;
};

}  // namespace twinstorm::iothub

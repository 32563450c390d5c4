#include "twinstorm/dps/device_key.h"

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::dps {

Result<std::string> derive_device_key(std::string_view group_key,
                                      std::string_view registration_id) {
    const auto key = base64_decode(group_key);
    if (!key) {
        return fail(ErrorCode::kInvalidArgument, "the group key is not base64");
    }
    return base64_encode(iothub::hmac_sha256(*key, registration_id));
}

}  // namespace twinstorm::dps

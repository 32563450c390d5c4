// A device's own key under a group enrolment, as devices and the service derive it.
//
// Errors: kInvalidArgument when the group's key is not base64.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::dps {

// base64( HMAC-SHA256( base64-decode(group key), registration id ) )
[[nodiscard]] Result<std::string> derive_device_key(std::string_view group_key,
                                                    std::string_view registration_id);

}  // namespace twinstorm::dps

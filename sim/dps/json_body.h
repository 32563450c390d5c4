// Bodies of requests and answers as JSON.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "dps/fault.h"
#include "twinstorm/base/time.h"

namespace twinstorm::dps {

// Errors: 400004 when it is no JSON object.
[[nodiscard]] Outcome<boost::json::object> parse_body(std::string_view text);

// `{"errorCode":401002,"trackingId":"...","message":"...","timestampUtc":"..."}`
[[nodiscard]] std::string fault_body(const Fault& fault, std::string_view tracking_id,
                                     WallTime now);

}  // namespace twinstorm::dps

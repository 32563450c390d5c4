#include "dps/json_body.h"

#include <utility>

#include <boost/json/parse.hpp>

#include "twinstorm/iothub/service_error.h"

namespace twinstorm::dps {

Outcome<boost::json::object> parse_body(std::string_view text) {
    boost::json::error_code error;
    boost::json::value value = boost::json::parse(text, error);
    if (error || !value.is_object()) {
        return refuse(FaultCode::kBadRequest, "The body must be a JSON object");
    }
    return std::move(value.get_object());
}

std::string fault_body(const Fault& fault, std::string_view tracking_id, WallTime now) {
    // The shape is that of a hub's twin answers; the numbers are the provisioning service's own.
    return iothub::twin_error_body({static_cast<iothub::ServiceErrorCode>(fault.code), fault.text},
                                   tracking_id, now);
}

}  // namespace twinstorm::dps

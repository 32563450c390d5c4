// The REST side: devices that register over HTTPS, and operators with their enrolments.
//
// Use:    one handler for both; a path that begins with the id scope is a device's. Every answer
//         comes within the call.
// Owner:  the service.
#pragma once

#include "dps/core.h"
#include "twinstorm/net/http.h"

namespace twinstorm::dps {

class Rest final : public net::HttpHandler {
public:
    explicit Rest(Core& core) : core_(core) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override;

private:
    Core& core_;
    RateWindow rate_;  // Of service operations.
};

}  // namespace twinstorm::dps

// The service REST API: finds the route, checks the token for its right, answers.
//
// Use:    one handler for the hub; every answer comes within the call.
// Owner:  the hub. Routes are a table: a later one that answers late gets the reply itself.
#pragma once

#include "hub/core.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

class RestRouter final : public net::HttpHandler {
public:
    explicit RestRouter(Core& core) : core_(core) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override;

private:
    [[nodiscard]] net::HttpResponse answer(const net::HttpRequest& request, Instant now);

    Core& core_;
};

}  // namespace twinstorm::hub

// The service REST API: finds the route, checks the token for its right, answers.
//
// Use:    one handler for each loop that listens. A request about one device is answered on the
//         shard that owns it, so that an answer may come after the call.
// Owner:  the hub; on its shard's loop. Routes are a table.
#pragma once

#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

class RestRouter final : public net::HttpHandler {
public:
    explicit RestRouter(Shard& shard) : shard_(shard) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override;

private:
    Shard& shard_;
};

}  // namespace twinstorm::hub

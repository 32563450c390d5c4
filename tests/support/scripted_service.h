// A service API that answers as a test says, and remembers what it was asked.
#pragma once

#include <functional>
#include <vector>

#include "twinstorm/backend/service_client.h"
#include "twinstorm/virtual_net/virtual_loop.h"

namespace twinstorm::support {

class ScriptedService final : public net::HttpHandler {
public:
    using Answer = std::function<net::HttpResponse(const net::HttpRequest& request)>;

    ScriptedService();

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override;

    virtual_net::VirtualLoop loop;
    std::unique_ptr<net::HttpClient> http;
    backend::ServiceClient client;
    Answer answer;
    std::vector<net::HttpRequest> requests;
    std::vector<TimePoint> instants;
};

}  // namespace twinstorm::support

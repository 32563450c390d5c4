// An HTTP client of a hub's admin API that keeps what it is asked until the test answers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "twinstorm/net/http.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

class ScriptedAdmin final : public net::HttpClient {
public:
    void send(net::HttpRequest request, net::HttpDone done, TimePoint) override {
        requests.push_back(request.method + " " + request.target);
        bodies.push_back(std::move(request.body));
        headers.push_back(std::move(request.headers));
        waiting_.push_back(std::move(done));
    }

    // To the oldest request without an answer.
    void answer(unsigned status, std::string body = {}, TimePoint now = kRunStart) {
        take()(net::HttpResponse{status, {}, std::move(body)}, now);
    }
    void fail_with(Error error) { take()(fail(std::move(error)), kRunStart); }

    [[nodiscard]] static Target target() {
        Target target;
        target.service.host_name = "hub";
        target.admin = Admin{Secret("token")};
        return target;
    }

    std::vector<std::string> requests;
    std::vector<std::string> bodies;
    std::vector<net::HttpHeaders> headers;

private:
    net::HttpDone take() {
        net::HttpDone done = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        return done;
    }

    std::vector<net::HttpDone> waiting_;
};

}  // namespace twinstorm::run

// The operator's access to a hub's REST service API: requests signed with the service policy's key.
//
// Use:    one for each HttpClient. Owner: one worker. Errors: in the outcome, never thrown.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/net/http.h"

namespace twinstorm::backend {

inline constexpr std::chrono::seconds kServiceTokenLifetime{3600};

class ServiceClient {
public:
    ServiceClient(net::HttpClient& http, const iothub::ConnectionString& service,
                  WallAnchor anchor);

    // A 2xx answer, or the error that its status and body say.
    using Done = std::function<void(Result<net::HttpResponse>, TimePoint now)>;
    void send(std::string method, const std::string& path, std::string body, Done done,
              TimePoint now);

    // Whatever answer there is, as the bulk API needs it: its 400 says which items failed.
    void exchange(std::string method, const std::string& path, std::string body, Done done,
                  TimePoint now);

    // Patches desired properties, unconditionally. The result is the section's new $version.
    using Patched = std::function<void(Result<std::int64_t>, TimePoint now)>;
    void patch_desired(const iothub::IdentityName& identity, std::string_view desired_json,
                       Patched done, TimePoint now);

private:
    [[nodiscard]] const std::string& token(TimePoint now);

    net::HttpClient& http_;
    iothub::ConnectionString service_;
    WallAnchor anchor_;
    std::string token_;
    TimePoint token_renewal_{};
};

// The path of a twin: `/twins/{d}[/modules/{m}]`, ids percent-encoded.
[[nodiscard]] std::string twin_path(const iothub::IdentityName& identity);

}  // namespace twinstorm::backend

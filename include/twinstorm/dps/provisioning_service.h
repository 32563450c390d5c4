// A mock Device Provisioning Service without I/O: devices register over MQTT or REST and are told
// their hub; operators keep enrolments over REST.
//
// Use:    give mqtt() to a loop that listens for devices, rest() to one that listens for HTTPS.
//         A new service has one enrolment group, `default`, with a symmetric key: group_key().
// Owner:  one worker, one loop. Must end before its loop; connections are then forgotten.
// Limits: named in dps/limits.h. Whatever bytes arrive, the offender alone suffers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/dps/hub_registrar.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::dps {

enum class Right : std::uint8_t {
    kEnrollmentRead = 1,
    kEnrollmentWrite = 2,  // Implies reading.
    kRegistrationStatusRead = 4,
    kRegistrationStatusWrite = 8,  // The same.
};

struct ServicePolicy {
    std::string name;
    std::uint8_t rights = 0;  // Of Right, added up.
    Secret key;               // Base64.
};

struct Options {
    std::string id_scope = "0ne00000000";
    std::string host_name = "twinstorm-dps.azure-devices-provisioning.net";
    std::vector<std::string> hubs;  // Host names of the linked hubs; at least one.
    Secret owner_key;  // Base64 key of provisioningserviceowner; made from the seed when empty.
    Secret group_key;  // The same for the enrolment group `default`.
    std::vector<ServicePolicy> policies{};  // Beside provisioningserviceowner.
    std::uint64_t seed = 1;                 // Keys, operation and tracking ids come from it.
    bool throttle = true;
    std::chrono::seconds sas_grace{300};  // How long a connection outlives its token.
    std::chrono::seconds retry_after{3};  // What devices are told to wait before they poll.
    // One line for the operator, already rate-limited. May be empty.
    std::function<void(std::string_view line)> log;
};

struct Statistics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t connections_dropped = 0;  // For a rule that the device broke.
    std::uint64_t registrations = 0;        // Asked for and begun.
    std::uint64_t assigned = 0;
    std::uint64_t failed = 0;
    std::uint64_t throttled = 0;
};

class ProvisioningService {
public:
    ProvisioningService(Options options, WallAnchor anchor, net::Loop& loop,
                        HubRegistrar& registrar);
    ~ProvisioningService();

    [[nodiscard]] net::Service& mqtt();
    [[nodiscard]] net::HttpHandler& rest();

    [[nodiscard]] const std::string& id_scope() const;
    [[nodiscard]] Secret group_key() const;          // Of `default`, as it was made.
    [[nodiscard]] Secret connection_string() const;  // Of provisioningserviceowner.
    [[nodiscard]] Statistics statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::dps

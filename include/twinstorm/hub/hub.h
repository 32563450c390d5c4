// A mock IoT Hub without I/O: identities, twins, MQTT conversations and the REST service API.
//
// Use:    restore() first; then each loop listens with its own shard's mqtt(i) and rest(i), all
//         on the same ports. Must end before its loops; connections still there are then forgotten.
// Owner:  the command that runs it; one shard for each loop, on that loop's thread. A connection
//         goes to the loop that owns its device. Knows no sockets: the same object serves in real
//         and in virtual time.
// Limits: named in hub/limits.h. Whatever bytes arrive, the offender alone suffers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/defender/security_message.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::amqp {
class Messages;
}

namespace twinstorm::hub {

// What of a hub's doings goes to its built-in endpoint. A new hub routes telemetry only.
struct Routes {
    bool telemetry = true;
    bool twin_changes = false;
    bool lifecycle = false;
    bool connections = false;
};

// The settings of a hub's cloud-to-device messages, with the defaults of a new hub.
struct CloudToDeviceOptions {
    std::chrono::seconds time_to_live{3600};  // Of a message that says none.
    unsigned deliveries_max = 10;             // 1 to 100; then the message is given up.
    std::chrono::seconds feedback_time_to_live{3600};
    std::chrono::seconds feedback_lock{60};
    unsigned feedback_deliveries_max = 10;
};

// Those of its notifications of uploaded files, as a new hub has them once they are switched on.
struct FileNotificationOptions {
    std::chrono::seconds time_to_live{3600};
    std::chrono::seconds lock{60};
    unsigned deliveries_max = 10;
};

struct Options {
    std::string host_name = "twinstorm-hub.azure-devices.net";
    iothub::Tier tier = iothub::Tier::kS1;
    int units = 1;
    bool throttle = true;    // Throttles and daily quota of the tier; else they are only counted.
    Secret owner_key;        // Base64 key of the policy iothubowner; made from the seed when empty.
    Secret admin_token;      // For /admin; made from the seed when empty.
    std::uint64_t seed = 1;  // Keys, generation ids and tracking ids come from it.
    std::string journal_file;  // Identities and twins survive a restart; empty: they do not.
    std::chrono::seconds sas_grace{300};  // How long a connection outlives its token.
    std::size_t partitions = 4;           // Of the built-in endpoint.
    Routes routes{};
    std::vector<std::string> consumer_groups{"$Default"};
    defender::Mode verdicts = defender::Mode::kStrict;  // On security messages.
    // The newest ones, whole, to be looked at through /admin; by each loop. 0 where nobody can ask.
    std::size_t security_messages_kept = 256;
    std::vector<std::string> client_cas;  // PEM: whose certificates prove CA-signed identities.
    CloudToDeviceOptions cloud_to_device{};
    FileNotificationOptions file_notifications{};
    // One line for the operator of the hub, already rate-limited. May be empty; called from every
    // loop's thread.
    std::function<void(std::string_view line)> log;
};

// A device as a provisioning service asks for it. Without thumbprints it has keys, made by the hub
// where none are given.
struct DeviceSetup {
    std::string device_id;
    Secret primary_key;  // Base64.
    Secret secondary_key;
    std::string primary_thumbprint{};
    std::string secondary_thumbprint{};
    bool edge = false;
    boost::json::object initial_twin{};  // `tags`, `properties.desired`.
    bool reset_twin = false;             // Of a device that is there already.
};

class Hub {
public:
    // At least one loop; no more than there are partitions have a share of the devices.
    Hub(Options options, WallAnchor anchor, const std::vector<net::Loop*>& loops);
    ~Hub();

    // Checks the owner key, reads the journal, when there is one, and keeps it from then on.
    // Errors: kIo, kInvalidArgument with the line. Serve nobody after an error.
    [[nodiscard]] Result<void> restore();

    [[nodiscard]] net::Service& mqtt(std::size_t loop = 0);
    [[nodiscard]] net::HttpHandler& rest(std::size_t loop = 0);

    // Cloud-to-device messages and notices for services, as the AMQP links use them; on the first
    // loop.
    [[nodiscard]] amqp::Messages& messages();

    // The built-in endpoint and the service's AMQP links; for the first loop alone. `address`
    // (`host:port`) is where clients that come the hub's way are sent on to.
    [[nodiscard]] net::Service& amqp();
    void announce_amqp(std::string address);
    // Before its loops run: where devices find the storage for their files, which is rest().
    void announce_storage(std::string address);

    // On the first loop's thread; `done` is called there, at once or later, with whether the device
    // existed. Errors: kInvalidArgument and what the hub refuses.
    void set_up_device(DeviceSetup setup,
                       std::function<void(Result<bool> existed, TimePoint now)> done,
                       TimePoint now);

    [[nodiscard]] Secret connection_string() const;  // Of iothubowner.
    // Of all shared access policies, by name.
    [[nodiscard]] std::map<std::string, Secret> policies() const;
    [[nodiscard]] Secret events_connection_string(std::string_view address) const;
    [[nodiscard]] std::string entity_path() const;
    [[nodiscard]] Secret admin_token() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::hub

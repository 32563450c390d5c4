// A mock IoT Hub without I/O: identities, twins, MQTT conversations and the REST service API.
//
// Use:    restore() first; then give mqtt() to a loop that listens for devices, rest() to one that
//         listens for HTTPS. Must end before its loop; connections still there are then forgotten.
// Owner:  one worker. Knows no sockets: the same object serves in real and in virtual time.
// Limits: named in hub/limits.h. Whatever bytes arrive, the offender alone suffers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

struct Options {
    std::string host_name = "twinstorm-hub.azure-devices.net";
    iothub::Tier tier = iothub::Tier::kS1;
    int units = 1;
    Secret owner_key;        // Base64 key of the policy iothubowner; made from the seed when empty.
    Secret admin_token;      // For /admin; made from the seed when empty.
    std::uint64_t seed = 1;  // Keys, generation ids and tracking ids come from it.
    std::string journal_file;  // Identities and twins survive a restart; empty: they do not.
    std::chrono::seconds sas_grace{300};  // How long a connection outlives its token.
    // One line for the operator of the hub, already rate-limited. May be empty.
    std::function<void(std::string_view line)> log;
};

class Hub {
public:
    Hub(Options options, WallAnchor anchor, net::Loop& loop);
    ~Hub();

    // Checks the owner key, reads the journal, when there is one, and keeps it from then on.
    // Errors: kIo, kInvalidArgument with the line. Serve nobody after an error.
    [[nodiscard]] Result<void> restore();

    [[nodiscard]] net::Service& mqtt();
    [[nodiscard]] net::HttpHandler& rest();

    [[nodiscard]] Secret connection_string() const;  // Of iothubowner.
    [[nodiscard]] Secret admin_token() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::hub

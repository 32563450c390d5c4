// The port through which a provisioning service makes devices on the hubs linked to it.
//
// Use:    implemented by the hubs' owner. assign() creates the device, or brings an existing one
//         up to date with its credentials, and calls `done` once: within the call or later.
// Owner:  the service's worker; `done` is called on its thread, and does nothing once the service
//         has ended.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::dps {

// What the device proves itself with at its hub.
struct DeviceCredentials {
    enum class Kind : std::uint8_t { kSas, kSelfSigned };

    Kind kind = Kind::kSas;
    std::string primary_key{};  // Base64.
    std::string secondary_key{};
    std::string primary_thumbprint{};  // SHA-256 of the certificate it showed; upper-case hex.
    std::string secondary_thumbprint{};
};

struct Assignment {
    std::string device_id;
    std::string hub;  // Host name of the linked hub that was chosen.
    DeviceCredentials credentials;
    bool edge = false;
    // `tags` and `properties.desired`, in the form of a service's twin PATCH; may be empty.
    boost::json::object initial_twin;
    // A device that exists keeps its twin, unless this says that it begins anew.
    bool reset_twin = false;
    boost::json::value payload;  // What the device sent along; null: nothing.
};

struct Assigned {
    std::string hub;               // Host name, as the device is told.
    bool existed = false;          // The device was there before.
    boost::json::value payload{};  // For the device; null: nothing.
};

using AssignDone = std::function<void(Result<Assigned> assigned, TimePoint now)>;

class HubRegistrar {
public:
    virtual ~HubRegistrar() = default;
    virtual void assign(Assignment assignment, AssignDone done, TimePoint now) = 0;
};

}  // namespace twinstorm::dps

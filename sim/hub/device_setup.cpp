#include "hub/device_setup.h"

#include <utility>

#include "hub/identity_document.h"

namespace twinstorm::hub {
namespace {

IdentityWrite write_of(const DeviceSetup& setup) {
    IdentityWrite write;
    write.edge = setup.edge;
    const bool sas = setup.primary_thumbprint.empty() && setup.secondary_thumbprint.empty();
    write.credentials.type = sas ? Authentication::kSas : Authentication::kSelfSigned;
    write.credentials.primary_key = setup.primary_key.reveal();
    write.credentials.secondary_key = setup.secondary_key.reveal();
    write.credentials.primary_thumbprint = setup.primary_thumbprint;
    write.credentials.secondary_thumbprint = setup.secondary_thumbprint;
    return write;
}

}  // namespace

Outcome<bool> set_up_device(Shard& owner, const DeviceSetup& setup, Instant now) {
    const iothub::IdentityName name{setup.device_id, {}};
    const bool existed = owner.registry.find(name) != nullptr;
    const auto identity = existed ? owner.registry.update(name, write_of(setup), "*", now)
                                  : owner.registry.create(name, write_of(setup), now);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    if (existed && !setup.reset_twin) {
        return true;
    }
    if (!existed) {
        owner.configurations.consider(**identity, now);
    }
    const auto written = existed ? owner.twins.replace(**identity, setup.initial_twin, {}, now)
                         : setup.initial_twin.empty()
                             ? Outcome<void>{}
                             : owner.twins.patch(**identity, setup.initial_twin, {}, now);
    if (!written) {
        return tl::unexpected(written.error());
    }
    return existed;
}

}  // namespace twinstorm::hub

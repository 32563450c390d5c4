// A device that a provisioning service brings along: made, or brought up to date.
//
// Rules:  a device that is there keeps its twin and gets the credentials, unless its twin is to
//         begin anew. A new one gets the initial twin.
#pragma once

#include "hub/outcome.h"
#include "hub/shard.h"
#include "twinstorm/hub/hub.h"

namespace twinstorm::hub {

// On the shard that owns the device. Gives whether the device was there before.
[[nodiscard]] Outcome<bool> set_up_device(Shard& owner, const DeviceSetup& setup, Instant now);

}  // namespace twinstorm::hub

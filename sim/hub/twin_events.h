// What the built-in endpoint is told of twins and of identities, where its routes want it.
#pragma once

#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/registry.h"
#include "hub/shard.h"
#include "hub/twin_store.h"

namespace twinstorm::hub {

// The changed sections as the service sees them, with the twin's version.
void tell_twin_change(Shard& shard, const Identity& identity, const TwinStore::Change& change,
                      Instant now);
void tell_lifecycle(Shard& shard, const Identity& identity, Registry::Event event, Instant now);

}  // namespace twinstorm::hub

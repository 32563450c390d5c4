// /admin/security/watch: the identities whose security messages are kept for a harness, and what
// was kept.
//
// PUT:    {"identities": [["gw-1", "DefenderIotMicroAgent"], ...]}: watches these and no others;
//         POST: these, too. Answer: {"since", "watched", "refused"}, the latter beyond
//         kWatchedIdentitiesMax. Errors: 400 with `{"error": "..."}`.
// GET:    ?after={deviceId}/{moduleId}&top=n. Answer: {"since", "identities": [{"deviceId",
//         "moduleId", "received", "forgotten", "messages": [{"id", "at", "received", "verdict",
//         "events": {"Login": 3}}]}], "next"}. The verdict is `accepted` or the reason why the
//         message was ignored. `next` goes into `after`; null on the last page.
// DELETE: watches nobody.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void set_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now);
void extend_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now);
void show_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now);
void clear_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// What queries see of twins: the twins as they are or, under a fault on demand, as they were.
//
// Use:    keep_for_queries() before each change of a twin; is_indexed() and indexed_view() wherever
//         a query or job looks at one. Without the fault they cost a comparison.
// Rules:  a twin that is younger than the index is not in it yet; one that was deleted is in it no
//         more.
#pragma once

#include <optional>

#include <boost/json/object.hpp>

#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/shard.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {

void keep_for_queries(Shard& shard, const Identity& identity, Instant now);

[[nodiscard]] bool is_indexed(const Shard& shard, const Identity& identity, TimePoint now);
// None: it is not in the index. `parts` at least.
[[nodiscard]] std::optional<boost::json::object> indexed_view(const Shard& shard,
                                                              const Identity& identity,
                                                              const iothub::TwinParts& parts,
                                                              TimePoint now);

}  // namespace twinstorm::hub

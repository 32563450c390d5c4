#include "hub/twin_index.h"

namespace twinstorm::hub {
namespace {

std::optional<TimePoint> as_of(const Shard& shard, TimePoint now) {
    const Faults* const faults = shard.faults.active();
    return faults == nullptr ? std::nullopt : faults->queries_as_of(now);
}

}  // namespace

void keep_for_queries(Shard& shard, const Identity& identity, Instant now) {
    if (const auto at = as_of(shard, now.run)) {
        shard.twin_history.forget_before(*at);
        shard.twin_history.keep(identity.record.name, shard.twins.service_view(identity), now.run);
    }
}

bool is_indexed(const Shard& shard, const Identity& identity, TimePoint now) {
    const auto at = as_of(shard, now);
    return !at || identity.record.created <= shard.common.anchor.at(*at);
}

std::optional<boost::json::object> indexed_view(const Shard& shard, const Identity& identity,
                                                const iothub::TwinParts& parts, TimePoint now) {
    const auto at = as_of(shard, now);
    if (!at) {
        return shard.twins.service_view(identity, parts);
    }
    if (!is_indexed(shard, identity, now)) {
        return std::nullopt;
    }
    const auto* const earlier = shard.twin_history.as_of(identity.record.name, *at);
    return earlier != nullptr ? *earlier : shard.twins.service_view(identity, parts);
}

}  // namespace twinstorm::hub

#include "hub/shards.h"

namespace twinstorm::hub {

Shards::Shards(Common& common, const std::vector<net::Loop*>& loops) : common_(common) {
    shards_.reserve(loops.size());
    for (net::Loop* const loop : loops) {
        shards_.push_back(std::make_unique<Shard>(common, *this, shards_.size(), *loop));
    }
}

void Shards::on(Shard& target, const Shard& from, TimePoint now, Work work) {
    if (&target.loop == &from.loop) {
        work(target, now);
        return;
    }
    target.loop.post([&target, work = std::move(work)](TimePoint then) { work(target, then); });
}

}  // namespace twinstorm::hub

#include "hub/endpoint_source.h"

#include <utility>

#include <fmt/format.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::hub {
namespace {

// The asker's end of a watch at a partition of another loop; it ends on the asker's thread.
class DistantWatch final : public events::Watch {
public:
    // Lives on the partition's thread, and is only touched there.
    struct There {
        std::unique_ptr<events::Watch> watch;
    };

    DistantWatch(Shard& here, Shard& there) : here_(here), there_(there) {}
    ~DistantWatch() override {
        *wanted_ = false;
        there_.loop.post([far = std::move(far_)](TimePoint) { far->watch.reset(); });
    }

    void start(std::size_t partition, std::int64_t sequence_number, std::function<void()> ready) {
        // Shared with what may still be under way when the watch ends.
        const auto tell = [&here = here_, wanted = wanted_, ready = std::move(ready)] {
            here.loop.post([wanted, ready](TimePoint) {
                if (*wanted) {
                    ready();
                }
            });
        };
        there_.loop.post(
            [&there = there_, far = far_, partition, sequence_number, tell](TimePoint) {
                far->watch = there.events.watchers(partition).add(sequence_number, tell);
            });
    }

private:
    Shard& here_;
    Shard& there_;
    // Shared with posted work, which must be copyable; see There and start().
    std::shared_ptr<There> far_ = std::make_shared<There>();
    std::shared_ptr<bool> wanted_ = std::make_shared<bool>(true);  // On the asker's thread only.
};

}  // namespace

std::string entity_path_of(const Common& common) {
    constexpr std::uint64_t kNumbers = 10'000'000'000;
    const std::string_view hub =
        std::string_view(common.options.host_name).substr(0, common.options.host_name.find('.'));
    constexpr std::size_t kHubCharacters = 10;
    return fmt::format("iothub-ehub-{}-1-{:010}", hub.substr(0, kHubCharacters),
                       derive(common.options.seed, "hub/entity-path") % kNumbers);
}

Shard& EndpointSource::owner_of(int partition) const {
    return shards_.at(static_cast<std::size_t>(partition) % shards_.count());
}

int EndpointSource::partition_count() const {
    return static_cast<int>(shards_.front().common.options.partitions);
}

std::string EndpointSource::entity_path() const {
    return entity_path_of(shards_.front().common);
}

WallTime EndpointSource::created_at() const {
    const Common& common = shards_.front().common;
    return common.instant(common.started).wall;
}

template <class Answer, class Ask>
void EndpointSource::ask(int partition, Ask ask, std::function<void(Answer)> done) const {
    Shard& here = shards_.front();
    Shard& owner = owner_of(partition);
    shards_.on(owner, here, here.loop.now(),
               [&here, ask = std::move(ask), done = std::move(done)](Shard& there, TimePoint now) {
                   // Shared because work that is posted must be copyable; it is handed over.
                   auto answer = std::make_shared<Answer>(ask(there));
                   there.all.on(here, there, now,
                                [answer, done](Shard&, TimePoint) { done(std::move(*answer)); });
               });
}

void EndpointSource::info(int partition, InfoDone done) {
    const auto index = static_cast<std::size_t>(partition);
    ask<events::PartitionInfo>(
        partition, [index](Shard& shard) { return shard.events.partition(index).info(); },
        std::move(done));
}

void EndpointSource::read(int partition, const events::Position& from,
                          const events::ReadLimits& limits, ReadDone done) {
    const auto index = static_cast<std::size_t>(partition);
    ask<events::Batch>(
        partition,
        [index, from, limits](Shard& shard) {
            return shard.events.partition(index).read(from, limits);
        },
        std::move(done));
}

std::unique_ptr<events::Watch> EndpointSource::watch(int partition, std::int64_t sequence_number,
                                                     std::function<void()> ready) {
    const auto index = static_cast<std::size_t>(partition);
    Shard& here = shards_.front();
    Shard& owner = owner_of(partition);
    if (&owner.loop == &here.loop) {
        return owner.events.watchers(index).add(sequence_number, std::move(ready));
    }
    auto watch = std::make_unique<DistantWatch>(here, owner);
    watch->start(index, sequence_number, std::move(ready));
    return watch;
}

}  // namespace twinstorm::hub

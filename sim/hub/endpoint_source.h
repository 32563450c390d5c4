// The built-in endpoint as AMQP consumers read it: finds the shard that holds a partition.
//
// Owner:  the hub, on the front shard's loop, where the AMQP connections are. Answers at once when
//         the partition is on the same loop, else after a trip to the other and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hub/shards.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::hub {

class EndpointSource final : public amqp::EventSource {
public:
    explicit EndpointSource(Shards& shards) : shards_(shards) {}

    [[nodiscard]] int partition_count() const override;
    [[nodiscard]] std::string entity_path() const override;
    [[nodiscard]] WallTime created_at() const override;
    void info(int partition, InfoDone done) override;
    void read(int partition, const events::Position& from, const events::ReadLimits& limits,
              ReadDone done) override;
    [[nodiscard]] std::unique_ptr<events::Watch> watch(int partition, std::int64_t sequence_number,
                                                       std::function<void()> ready) override;

private:
    [[nodiscard]] Shard& owner_of(int partition) const;
    template <class Answer, class Ask>
    void ask(int partition, Ask ask, std::function<void(Answer)> done) const;

    Shards& shards_;
};

// `iothub-ehub-{hub}-1-0123456789`, as the service makes such names.
[[nodiscard]] std::string entity_path_of(const Common& common);

}  // namespace twinstorm::hub

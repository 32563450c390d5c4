// A consumer's receiver on one partition: reads as far ahead as its credit goes.
//
// Use:    pump() after anything that may have changed: credit, settlements, what was read.
// Limits: kBatchEventsMax, kBatchBytesMax read ahead; what can_send() says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <proton/types.h>

#include "amqp/readers.h"
#include "amqp/shared.h"
#include "twinstorm/events/partition.h"

namespace twinstorm::amqp {

// Tells the conversation that something it waited for has come. May outlive it.
using Poke = std::function<void()>;

class EventLink {
public:
    struct Request {
        int partition = 0;
        std::string group{};
        std::optional<std::int64_t> epoch{};
        events::Position from{};
        bool metrics = false;
    };
    // Not admitted: use refusal() and nothing else.
    EventLink(Service::Shared& shared, Poke poke, Request request);

    [[nodiscard]] const std::optional<Condition>& refusal() const { return refusal_; }

    // A condition ends the link.
    [[nodiscard]] std::optional<Condition> pump(pn_link_t* link, WallTime now);
    void updated(pn_delivery_t* delivery);

private:
    // What comes later; callbacks hold it weakly, as the link may have gone.
    struct Later {
        bool reading = false;
        bool watching = false;
        std::optional<events::Batch> batch{};
        std::unique_ptr<events::Watch> watch{};
        std::optional<Condition> stolen{};
    };

    void read(std::size_t events_max);
    void watch(std::int64_t awaited);
    void take_batch();
    void send_ready(pn_link_t* link, WallTime now);

    Service::Shared* shared_;
    Poke poke_;
    Request request_;
    std::optional<Condition> refusal_;
    std::shared_ptr<Later> later_;  // See Later.
    std::unique_ptr<Readers::Seat> seat_;
    events::Batch batch_;
    std::size_t sent_ = 0;  // Of batch_.
    std::uint64_t tag_ = 0;
    Buffer scratch_;
};

}  // namespace twinstorm::amqp

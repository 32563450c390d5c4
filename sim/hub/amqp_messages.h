// The AMQP side's way to cloud-to-device messages and their feedback.
//
// Owner:  the hub, on the front shard's loop, where all answers come. A message goes to the shard
//         that owns its device and its answer comes back from there.
#pragma once

#include "hub/shard.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::hub {

class AmqpMessages final : public amqp::Messages {
public:
    explicit AmqpMessages(Shard& front) : front_(front) {}

    void send(amqp::CloudMessage message, SendDone done) override;
    void take_feedback(FeedbackDone done) override;
    void settle_feedback(std::uint64_t lock, amqp::Settlement settlement) override;
    [[nodiscard]] std::unique_ptr<events::Watch> watch_feedback(
        std::function<void()> ready) override;

private:
    Shard& front_;
};

}  // namespace twinstorm::hub

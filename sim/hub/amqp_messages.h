// The AMQP side's way to cloud-to-device messages, and to the notices that wait for services.
//
// Owner:  the hub, on the front shard's loop, where all answers come. A message goes to the shard
//         that owns its device and its answer comes back from there. Throttle, quota and faults
//         are met before it sets out.
#pragma once

#include <functional>
#include <memory>

#include "hub/shard.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::hub {

class AmqpMessages final : public amqp::Messages {
public:
    explicit AmqpMessages(Shard& front) : front_(front) {}

    void send(amqp::CloudMessage message, SendDone done) override;
    void take_notice(amqp::NoticeKind kind, NoticeDone done) override;
    void settle_notice(amqp::NoticeKind kind, std::uint64_t lock,
                       amqp::Settlement settlement) override;
    [[nodiscard]] std::unique_ptr<events::Watch> watch_notices(
        amqp::NoticeKind kind, std::function<void()> ready) override;

private:
    // Why shared: work that is posted must be copyable; it is handed on, never used by two.
    using MessagePointer = std::shared_ptr<amqp::CloudMessage>;
    void send_to_owner(const MessagePointer& message, const SendDone& done, TimePoint now);

    Shard& front_;
};

}  // namespace twinstorm::hub

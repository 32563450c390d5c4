// Puts one incoming message together from its transfers, never more than its limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <proton/types.h>

#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/buffer_pool.h"

namespace twinstorm::amqp {

class Intake {
public:
    enum class State : std::uint8_t { kPartial, kComplete, kAborted, kTooLarge };

    // Takes what has come of the link's current delivery.
    [[nodiscard]] State take(pn_delivery_t* delivery, std::size_t bytes_max);
    [[nodiscard]] Buffer message();  // Once, after kComplete.

private:
    Buffer bytes_;
};

// Ends a delivery that the peer sent: accepted, or rejected with a reason.
void settle(pn_delivery_t* delivery, const std::optional<Condition>& refusal);

}  // namespace twinstorm::amqp

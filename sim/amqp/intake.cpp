#include "amqp/intake.h"

#include <utility>

#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/link.h>

#include "amqp/engine.h"

namespace twinstorm::amqp {

Intake::State Intake::take(pn_delivery_t* delivery, std::size_t bytes_max) {
    if (pn_delivery_aborted(delivery)) {
        bytes_.clear();
        return State::kAborted;
    }
    const std::size_t pending = pn_delivery_pending(delivery);
    if (bytes_.size() + pending > bytes_max) {
        bytes_.clear();
        return State::kTooLarge;
    }
    const std::size_t before = bytes_.size();
    bytes_.resize(before + pending);
    if (pending > 0) {
        const auto read = pn_link_recv(pn_delivery_link(delivery),
                                       reinterpret_cast<char*>(bytes_.data() + before), pending);
        bytes_.resize(before + (read > 0 ? static_cast<std::size_t>(read) : 0));
    }
    return pn_delivery_partial(delivery) ? State::kPartial : State::kComplete;
}

Buffer Intake::message() {
    return std::exchange(bytes_, {});
}

void settle(pn_delivery_t* delivery, const std::optional<Condition>& refusal) {
    if (refusal) {
        set_condition(pn_disposition_condition(pn_delivery_local(delivery)), *refusal);
        pn_delivery_update(delivery, PN_REJECTED);
    } else {
        pn_delivery_update(delivery, PN_ACCEPTED);
    }
    pn_delivery_settle(delivery);
}

}  // namespace twinstorm::amqp

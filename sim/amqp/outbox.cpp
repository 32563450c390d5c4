#include "amqp/outbox.h"

#include <proton/delivery.h>
#include <proton/link.h>
#include <proton/session.h>

#include "amqp/limits.h"

namespace twinstorm::amqp {

bool can_send(pn_link_t* link) {
    return pn_link_credit(link) > 0 && pn_link_unsettled(link) < kUnsettledMax &&
           pn_session_outgoing_bytes(pn_link_session(link)) < kSendAheadBytesMax;
}

pn_delivery_t* send_message(pn_link_t* link, const Buffer& message, std::uint64_t tag) {
    const auto* const tag_bytes = reinterpret_cast<const char*>(&tag);
    pn_delivery_t* const delivery = pn_delivery(link, pn_dtag(tag_bytes, sizeof(tag)));
    pn_link_send(link, reinterpret_cast<const char*>(message.data()), message.size());
    pn_link_advance(link);
    if (pn_link_remote_snd_settle_mode(link) == PN_SND_SETTLED) {
        pn_delivery_settle(delivery);
        return nullptr;
    }
    return delivery;
}

void drain(pn_link_t* link) {
    if (pn_link_get_drain(link) && pn_link_credit(link) > 0) {
        pn_link_drained(link);
    }
}

}  // namespace twinstorm::amqp

// A service's sender of cloud-to-device messages: `/messages/devicebound`.
//
// Each message stays unsettled until the hub has taken it or said why not.
// Limits: kRequestCredit messages in flight, of kCloudMessageBytesMax each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <proton/types.h>

#include "amqp/event_link.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

class CloudLink {
public:
    CloudLink(Service::Shared& shared, Poke poke);

    // A whole message; `delivery` stays valid until it is settled, here.
    void message(pn_delivery_t* delivery, std::span<const std::byte> bytes);
    [[nodiscard]] std::optional<Condition> pump(pn_link_t* link, WallTime now);

private:
    struct Later {
        std::vector<std::pair<std::uint64_t, std::optional<Condition>>> answers;
    };

    Service::Shared* shared_;
    Poke poke_;
    std::shared_ptr<Later> later_;  // Callbacks hold it weakly, as the link may have gone.
    std::map<std::uint64_t, pn_delivery_t*> waiting_;
    std::uint64_t number_ = 0;
};

}  // namespace twinstorm::amqp

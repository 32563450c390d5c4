// A service's receiver of feedback on cloud-to-device messages.
//
// Each batch stays locked until its receiver settles it; what is not settled when the link goes is
// released. Limits: kFeedbackUnsettledMax.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include <proton/types.h>

#include "amqp/event_link.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

class FeedbackLink {
public:
    FeedbackLink(Service::Shared& shared, Poke poke);
    FeedbackLink(FeedbackLink&&) = default;
    FeedbackLink& operator=(FeedbackLink&&) = default;
    ~FeedbackLink();

    [[nodiscard]] std::optional<Condition> pump(pn_link_t* link, WallTime now);
    void updated(pn_delivery_t* delivery);

private:
    struct Later {
        bool asking = false;
        bool empty_handed = false;  // It asked, and there was nothing.
        bool watching = false;
        std::optional<FeedbackBatch> batch;
        std::unique_ptr<events::Watch> watch;
    };

    void ask();
    void watch();
    void send(pn_link_t* link);

    Service::Shared* shared_;
    Messages* messages_;
    Poke poke_;
    std::shared_ptr<Later> later_;  // Callbacks hold it weakly, as the link may have gone.
    std::map<pn_delivery_t*, std::uint64_t> locks_;
    std::uint64_t tag_ = 0;
};

}  // namespace twinstorm::amqp

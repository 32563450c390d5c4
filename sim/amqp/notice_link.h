// A service's receiver of notices: feedback on cloud-to-device messages, or notifications of files.
//
// Each notice stays locked until its receiver settles it; what is not settled when the link goes is
// released. Limits: kNoticesUnsettledMax.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include <proton/types.h>

#include "amqp/event_link.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

class NoticeLink {
public:
    NoticeLink(Service::Shared& shared, NoticeKind kind, Poke poke);
    NoticeLink(NoticeLink&&) = default;
    NoticeLink& operator=(NoticeLink&&) = default;
    ~NoticeLink();

    [[nodiscard]] std::optional<Condition> pump(pn_link_t* link, WallTime now);
    void updated(pn_delivery_t* delivery);

private:
    struct Later {
        bool asking = false;
        bool empty_handed = false;  // It asked, and there was nothing.
        bool watching = false;
        std::optional<Notice> notice;
        std::unique_ptr<events::Watch> watch;
    };

    void ask();
    void watch();
    void send(pn_link_t* link);
    void put_notice(Buffer& message, const Notice& notice) const;

    Service::Shared* shared_;
    Messages* messages_;
    NoticeKind kind_;
    Poke poke_;
    std::shared_ptr<Later> later_;  // Callbacks hold it weakly, as the link may have gone.
    std::map<pn_delivery_t*, std::uint64_t> locks_;
    std::uint64_t tag_ = 0;
};

}  // namespace twinstorm::amqp

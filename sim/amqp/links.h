// The links of one connection: opens, refuses and closes them, and gives each what is its own.
//
// Use:    the conversation hands over Proton's events, then calls pump() once a turn.
// Owner:  one conversation. Limits: FrameGuard counts the links.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include <proton/types.h>

#include "amqp/address.h"
#include "amqp/cloud_link.h"
#include "amqp/event_link.h"
#include "amqp/frame_guard.h"
#include "amqp/grants.h"
#include "amqp/intake.h"
#include "amqp/notice_link.h"
#include "amqp/requests.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

class Links {
public:
    Links(Service::Shared& shared, const Poke& poke);

    void attached(pn_link_t* link, const Attach& attach, WallTime now);
    void detached(pn_link_t* link);
    void session_ended(pn_session_t* session);
    void delivered(pn_delivery_t* delivery, WallTime now);
    // Sends what is ready, everywhere; closes links whose tokens have expired.
    void pump(WallTime now);

    // When pump() has something to do, whatever comes.
    [[nodiscard]] std::optional<WallTime> next_deadline(WallTime now) const;

    [[nodiscard]] Grants& grants() { return grants_; }
    [[nodiscard]] bool empty() const { return links_.empty(); }

private:
    struct RequestLink {
        Node node = Node::kCbs;
    };
    struct AnswerLink {
        Node node = Node::kCbs;
        std::string name;
        std::string target;
        std::deque<Buffer> waiting;
        std::uint64_t tag = 0;
    };
    struct RedirectLink {
        WallTime ends{};
    };
    struct ClosedLink {};  // The peer's DETACH is awaited.
    using Role = std::variant<RequestLink, AnswerLink, EventLink, CloudLink, NoticeLink,
                              RedirectLink, ClosedLink>;
    struct Link {
        Address address;
        Intake intake;
        Role role;
    };

    // The role of a link that is allowed, or why it is not.
    [[nodiscard]] tl::expected<Role, Condition> role_for(const Address& address,
                                                         const Attach& attach);
    [[nodiscard]] tl::expected<Role, Condition> reader_for(const Address& address,
                                                           const Attach& attach);
    void refuse(pn_link_t* link, const Condition& why);
    void redirect(pn_link_t* pn_link, Link& link);
    void close(pn_link_t* pn_link, Link& link, const Condition& why);
    void take_incoming(pn_link_t* pn_link, Link& link, pn_delivery_t* delivery, WallTime now);
    void take_message(pn_link_t* pn_link, Link& link, pn_delivery_t* delivery, WallTime now);
    [[nodiscard]] std::optional<Condition> pump_role(pn_link_t* pn_link, Link& link, WallTime now);
    void hand_out_replies(WallTime now);
    [[nodiscard]] AnswerLink* find_answer_link(const Reply& reply);
    [[nodiscard]] static std::optional<Condition> pump_answers(pn_link_t* link,
                                                               AnswerLink& answers);

    Service::Shared* shared_;
    Poke poke_;
    Grants grants_;
    Requests requests_;
    std::unordered_map<pn_link_t*, Link> links_;
};

}  // namespace twinstorm::amqp

// Longer than most: the one place where each kind of link meets each kind of event.
#include "amqp/links.h"

#include <algorithm>
#include <charconv>
#include <type_traits>
#include <utility>
#include <vector>

#include <proton/codec.h>
#include <proton/condition.h>
#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/link.h>
#include <proton/session.h>
#include <proton/terminus.h>

#include "amqp/engine.h"
#include "amqp/limits.h"
#include "amqp/outbox.h"
#include "amqp/selector.h"

namespace twinstorm::amqp {

namespace {

constexpr std::string_view kMetricsCapability = "com.microsoft:enable-receiver-runtime-metric";
constexpr std::string_view kEpochProperty = "com.microsoft:epoch";

[[nodiscard]] tl::unexpected<Condition> refused(std::string_view name, std::string why) {
    return tl::unexpected<Condition>(Condition{std::string(name), std::move(why)});
}

[[nodiscard]] tl::unexpected<Condition> not_found(std::string_view what) {
    return refused(
        condition::kNotFound,
        "The messaging entity '" + std::string(what.substr(0, 256)) + "' could not be found.");
}

[[nodiscard]] bool has_symbol(const Value& symbols, std::string_view wanted) {
    return symbols.text == wanted ||
           std::ranges::any_of(symbols.items,
                               [wanted](const Value& each) { return each.text == wanted; });
}

[[nodiscard]] std::optional<int> partition_of(std::string_view text, int count) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number >= count) {
        return std::nullopt;
    }
    return number;
}

void put_text(pn_data_t* data, bool is_symbol, const std::string& text) {
    const pn_bytes_t bytes = pn_bytes(text.size(), text.data());
    is_symbol ? pn_data_put_symbol(data, bytes) : pn_data_put_string(data, bytes);
}

}  // namespace

Links::Links(Service::Shared& shared, const Poke& poke)
    : shared_(&shared), poke_(poke), requests_(shared, poke, grants_) {}

void Links::attached(pn_link_t* link, const Attach& attach, WallTime now) {
    const Value& terminus = attach.peer_sends ? attach.target : attach.source;
    const Address address =
        parse_address(terminus.field(0).text, shared_->ports.events.entity_path());
    if (address.kind != Address::Kind::kCbs && !grants_.allows(address.path, now)) {
        refuse(link,
               {std::string(condition::kUnauthorizedAccess),
                "Unauthorized access. 'Listen' claim(s) are required to perform this operation."});
        return;
    }
    if (links_.size() >= kLinksBeforeTokenMax && !grants_.any(now)) {
        refuse(link, {std::string(condition::kResourceLimitExceeded),
                      "too many links before the first token"});
        return;
    }
    if (address.kind == Address::Kind::kRedirect) {
        pn_link_open(link);
        links_.insert_or_assign(link, Link{address, {}, RedirectLink{now + kRedirectDelay}});
        return;
    }
    auto role = role_for(address, attach);
    if (!role) {
        refuse(link, role.error());
        return;
    }
    // Only the addresses: what else a peer puts there is not given back to Proton.
    pn_terminus_set_address(pn_link_source(link), attach.source.field(0).text.c_str());
    pn_terminus_set_address(pn_link_target(link), attach.target.field(0).text.c_str());
    pn_link_set_snd_settle_mode(link, pn_link_remote_snd_settle_mode(link));
    pn_link_set_rcv_settle_mode(link, pn_link_remote_rcv_settle_mode(link));
    pn_link_set_max_message_size(link, kMessageBytesMax);
    pn_link_open(link);
    links_.insert_or_assign(link, Link{address, {}, std::move(*role)});
}

tl::expected<Links::Role, Condition> Links::role_for(const Address& address, const Attach& attach) {
    using Kind = Address::Kind;
    switch (address.kind) {
        case Kind::kCbs:
        case Kind::kManagement: {
            const Node node = address.kind == Kind::kCbs ? Node::kCbs : Node::kManagement;
            if (attach.peer_sends) {
                return RequestLink{node};
            }
            return AnswerLink{.node = node,
                              .name = attach.name,
                              .target = attach.target.field(0).text,
                              .waiting = {}};
        }
        case Kind::kRedirect:
            break;
        case Kind::kDeviceBound:
            if (attach.peer_sends) {
                return CloudLink(*shared_, poke_);
            }
            break;
        case Kind::kEvents:
            if (!attach.peer_sends) {
                return reader_for(address, attach);
            }
            break;
        case Kind::kFeedback:
            if (!attach.peer_sends) {
                return NoticeLink(*shared_, NoticeKind::kFeedback, poke_);
            }
            break;
        case Kind::kFileNotifications:
            if (!attach.peer_sends) {
                return NoticeLink(*shared_, NoticeKind::kFile, poke_);
            }
            break;
        case Kind::kUnknown:
            return not_found(address.path);
    }
    return refused(condition::kNotAllowed,
                   "'" + address.path + "' does not work in this direction");
}

tl::expected<Links::Role, Condition> Links::reader_for(const Address& address,
                                                       const Attach& attach) {
    const auto& groups = shared_->options.consumer_groups;
    const auto group = std::ranges::find_if(groups, [&address](const std::string& each) {
        return same_name(each, address.consumer_group);
    });
    const auto partition = partition_of(address.partition, shared_->ports.events.partition_count());
    if (group == groups.end() || !partition) {
        return not_found(address.path);
    }
    const auto from = starting_position(attach.source.field(7));
    if (!from) {
        return refused(condition::kInvalidField, from.error().detail);
    }
    const Value& epoch = attach.properties.at(kEpochProperty);
    const bool has_epoch =
        epoch.kind == Value::Kind::kSigned || epoch.kind == Value::Kind::kUnsigned;
    if (has_epoch && epoch.number < 0) {
        return refused(condition::kInvalidField, "an epoch is not negative");
    }
    EventLink reader(*shared_, poke_,
                     {.partition = *partition,
                      .group = *group,
                      .epoch = has_epoch ? std::optional(epoch.number) : std::nullopt,
                      .from = *from,
                      .metrics = has_symbol(attach.desired_capabilities, kMetricsCapability)});
    if (reader.refusal()) {
        return tl::unexpected<Condition>(*reader.refusal());
    }
    return reader;
}

// [AMQP-2.6.3]: an attach without a terminus, then a detach that says why.
void Links::refuse(pn_link_t* link, const Condition& why) {
    pn_terminus_set_type(pn_link_is_sender(link) ? pn_link_source(link) : pn_link_target(link),
                         PN_UNSPECIFIED);
    pn_link_open(link);
    set_condition(pn_link_condition(link), why);
    pn_link_close(link);
    links_.insert_or_assign(link, Link{{}, {}, ClosedLink{}});
}

void Links::redirect(pn_link_t* pn_link, Link& link) {
    const Options& options = shared_->options;
    const std::string host = options.events_host.substr(0, options.events_host.find(':'));
    // Clients cut the entity's name out between `5671/` and `/$management`, whatever the port.
    const std::string address =
        "amqps://" + host + ":5671/" + shared_->ports.events.entity_path() + "/$management";
    pn_data_t* const info = pn_condition_info(pn_link_condition(pn_link));
    pn_data_put_map(info);
    pn_data_enter(info);
    put_text(info, true, "hostname");
    put_text(info, false, options.events_host);
    put_text(info, true, "network-host");
    put_text(info, false, host);
    put_text(info, true, "address");
    put_text(info, false, address);
    pn_data_exit(info);
    close(pn_link, link,
          {std::string(condition::kLinkRedirect), "The endpoint is served elsewhere."});
}

void Links::close(pn_link_t* pn_link, Link& link, const Condition& why) {
    set_condition(pn_link_condition(pn_link), why);
    pn_link_close(pn_link);
    link.role = ClosedLink{};
}

void Links::detached(pn_link_t* link) {
    links_.erase(link);
    pn_link_close(link);
    pn_link_free(link);
}

void Links::session_ended(pn_session_t* session) {
    std::erase_if(links_,
                  [session](const auto& each) { return pn_link_session(each.first) == session; });
    pn_session_close(session);
    pn_session_free(session);
}

void Links::delivered(pn_delivery_t* delivery, WallTime now) {
    pn_link_t* const pn_link = pn_delivery_link(delivery);
    const auto found = links_.find(pn_link);
    if (found == links_.end()) {
        return;
    }
    if (pn_link_is_receiver(pn_link)) {
        take_incoming(pn_link, found->second, delivery, now);
        return;
    }
    std::visit(
        [delivery](auto& role) {
            if constexpr (requires { role.updated(delivery); }) {
                role.updated(delivery);
            } else if (pn_delivery_settled(delivery) || pn_delivery_remote_state(delivery) != 0) {
                pn_delivery_settle(delivery);
            }
        },
        found->second.role);
}

void Links::take_incoming(pn_link_t* pn_link, Link& link, pn_delivery_t* delivery, WallTime now) {
    if (pn_link_current(pn_link) != delivery) {
        return;  // News of an earlier one: the peer has settled it.
    }
    if (std::holds_alternative<ClosedLink>(link.role)) {
        pn_delivery_settle(delivery);
        return;
    }
    if (pn_link_credit(pn_link) < 0 || pn_link_queued(pn_link) > pn_link_credit(pn_link)) {
        pn_delivery_settle(delivery);
        close(pn_link, link,
              {std::string(condition::kTransferLimitExceeded), "more messages than credit"});
        return;
    }
    const bool is_request = std::holds_alternative<RequestLink>(link.role);
    const std::size_t bytes_max = is_request ? kRequestBytesMax : kMessageBytesMax;
    switch (link.intake.take(delivery, bytes_max)) {
        case Intake::State::kPartial:
            break;
        case Intake::State::kAborted:
            pn_delivery_settle(delivery);
            break;
        case Intake::State::kTooLarge:
            pn_delivery_settle(delivery);
            close(pn_link, link,
                  {std::string(condition::kMessageSizeExceeded),
                   "a message is larger than " + std::to_string(bytes_max) + " bytes"});
            break;
        case Intake::State::kComplete:
            take_message(pn_link, link, delivery, now);
            break;
    }
}

void Links::take_message(pn_link_t* pn_link, Link& link, pn_delivery_t* delivery, WallTime now) {
    const Buffer bytes = link.intake.message();
    pn_link_advance(pn_link);
    if (auto* const cloud = std::get_if<CloudLink>(&link.role)) {
        cloud->message(delivery, bytes);
        return;
    }
    const auto message = decode_message(bytes);
    if (!message) {
        settle(delivery, Condition{std::string(condition::kDecodeError), message.error().detail});
        return;
    }
    settle(delivery, std::nullopt);
    requests_.put(std::get<RequestLink>(link.role).node, *message, now);
}

void Links::pump(WallTime now) {
    hand_out_replies(now);
    for (auto& [pn_link, link] : links_) {
        if (std::holds_alternative<ClosedLink>(link.role)) {
            continue;
        }
        const auto* const redirected = std::get_if<RedirectLink>(&link.role);
        if (redirected != nullptr && redirected->ends <= now) {
            redirect(pn_link, link);
            continue;
        }
        auto ended = pump_role(pn_link, link, now);
        const bool is_free = link.address.kind == Address::Kind::kCbs;
        if (!ended && !is_free && !grants_.allows(link.address.path, now)) {
            ended =
                Condition{std::string(condition::kUnauthorizedAccess), "The token has expired."};
        }
        if (ended) {
            close(pn_link, link, *ended);
        }
    }
}

std::optional<WallTime> Links::next_deadline(WallTime now) const {
    auto next = grants_.next_expiry(now);
    for (const auto& [pn_link, link] : links_) {
        const auto* const redirected = std::get_if<RedirectLink>(&link.role);
        if (redirected != nullptr) {
            next = std::min(next.value_or(redirected->ends), redirected->ends);
        }
    }
    return next;
}

std::optional<Condition> Links::pump_role(pn_link_t* pn_link, Link& link, WallTime now) {
    return std::visit(
        [pn_link, now](auto& role) -> std::optional<Condition> {
            using Is = std::decay_t<decltype(role)>;
            if constexpr (std::is_same_v<Is, RequestLink>) {
                const int credit = pn_link_credit(pn_link);
                if (credit < kRequestCredit) {
                    pn_link_flow(pn_link, kRequestCredit - credit);
                }
                return std::nullopt;
            } else if constexpr (std::is_same_v<Is, AnswerLink>) {
                return pump_answers(pn_link, role);
            } else if constexpr (requires { role.pump(pn_link, now); }) {
                return role.pump(pn_link, now);
            } else {
                drain(pn_link);
                return std::nullopt;
            }
        },
        link.role);
}

std::optional<Condition> Links::pump_answers(pn_link_t* link, AnswerLink& answers) {
    if (answers.waiting.size() > kAnswersMax) {
        return Condition{std::string(condition::kResourceLimitExceeded),
                         "too many answers wait for credit"};
    }
    while (!answers.waiting.empty() && can_send(link)) {
        send_message(link, answers.waiting.front(), answers.tag++);
        answers.waiting.pop_front();
    }
    if (answers.waiting.empty()) {
        drain(link);
    }
    return std::nullopt;
}

void Links::hand_out_replies(WallTime now) {
    for (Reply& reply : requests_.take(now)) {
        if (AnswerLink* const answers = find_answer_link(reply)) {
            answers->waiting.push_back(std::move(reply.message));
        }
    }
}

// The link whose target or name is the reply's address; else any of that node, as long as there is
// one: SDKs differ in what they write there.
Links::AnswerLink* Links::find_answer_link(const Reply& reply) {
    AnswerLink* any = nullptr;
    for (auto& [pn_link, link] : links_) {
        auto* const answers = std::get_if<AnswerLink>(&link.role);
        if (answers == nullptr || answers->node != reply.node) {
            continue;
        }
        if (!reply.reply_to.empty() &&
            (answers->target == reply.reply_to || answers->name == reply.reply_to)) {
            return answers;
        }
        any = answers;
    }
    return any;
}

}  // namespace twinstorm::amqp

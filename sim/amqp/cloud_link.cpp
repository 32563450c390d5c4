#include "amqp/cloud_link.h"

#include <proton/link.h>

#include "amqp/intake.h"
#include "amqp/limits.h"
#include "amqp/message.h"

namespace twinstorm::amqp {

CloudLink::CloudLink(Service::Shared& shared, Poke poke)
    : shared_(&shared),
      poke_(std::move(poke)),
      // Callbacks hold it weakly.
      later_(std::make_shared<Later>()) {}

void CloudLink::message(pn_delivery_t* delivery, std::span<const std::byte> bytes) {
    const auto refuse = [delivery](std::string_view name, std::string why) {
        settle(delivery, Condition{std::string(name), std::move(why)});
    };
    const auto decoded = decode_message(bytes);
    if (!decoded) {
        refuse(condition::kDecodeError, decoded.error().detail);
        return;
    }
    auto cloud = to_cloud_message(*decoded);
    if (!cloud) {
        refuse(condition::kInvalidField, cloud.error().detail);
        return;
    }
    if (cloud->body.size() > kCloudMessageBytesMax) {
        refuse(condition::kMessageSizeExceeded, "a cloud-to-device message holds 64 KB at most");
        return;
    }
    const std::uint64_t number = number_++;
    waiting_.emplace(number, delivery);
    const std::weak_ptr<Later> weak = later_;
    shared_->ports.messages.send(std::move(*cloud),
                                 [weak, number, wake = poke_](std::optional<Condition> refusal) {
                                     if (const auto later = weak.lock()) {
                                         later->answers.emplace_back(number, std::move(refusal));
                                         wake();
                                     }
                                 });
}

std::optional<Condition> CloudLink::pump(pn_link_t* link, WallTime /*now*/) {
    for (const auto& [number, refusal] : std::exchange(later_->answers, {})) {
        const auto waiting = waiting_.find(number);
        settle(waiting->second, refusal);
        waiting_.erase(waiting);
    }
    const int in_flight = static_cast<int>(waiting_.size()) + pn_link_credit(link);
    if (in_flight < kRequestCredit) {
        pn_link_flow(link, kRequestCredit - in_flight);
    }
    return std::nullopt;
}

}  // namespace twinstorm::amqp

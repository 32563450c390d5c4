// What one connection subscribes to, with the QoS that it was granted. The hub knows six filters
// and no others, five of them for a module, so that the documented limit of five subscriptions
// cannot be passed one by one.
#pragma once

#include <cstdint>

#include "twinstorm/iothub/topic.h"

namespace twinstorm::hub {

class SubscriptionSet {
public:
    // The low byte says what is subscribed, the high one what of it was granted QoS 1. A journal
    // from before QoS was kept has the low byte alone.
    static constexpr std::uint16_t kBitsMax = 0x3f3f;

    SubscriptionSet() = default;
    explicit SubscriptionSet(std::uint16_t bits) : bits_(bits) {}

    // A filter subscribed again takes the new QoS, [MQTT-3.8.4-3].
    void add(iothub::Subscribable what, std::uint8_t qos) {
        remove(what);
        bits_ = static_cast<std::uint16_t>(bits_ | bit(what) | (qos > 0 ? qos_bit(what) : 0U));
    }
    void remove(iothub::Subscribable what) {
        bits_ = static_cast<std::uint16_t>(bits_ & ~(bit(what) | qos_bit(what)));
    }
    [[nodiscard]] bool has(iothub::Subscribable what) const { return (bits_ & bit(what)) != 0; }
    [[nodiscard]] std::uint8_t qos(iothub::Subscribable what) const {
        return (bits_ & qos_bit(what)) != 0 ? 1 : 0;
    }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    [[nodiscard]] std::uint16_t bits() const { return bits_; }
    friend bool operator==(const SubscriptionSet&, const SubscriptionSet&) = default;

private:
    static_assert(iothub::kSubscribables <= 8);
    static constexpr unsigned bit(iothub::Subscribable what) {
        return 1U << static_cast<unsigned>(what);
    }
    static constexpr unsigned qos_bit(iothub::Subscribable what) { return bit(what) << 8; }

    std::uint16_t bits_ = 0;
};

}  // namespace twinstorm::hub

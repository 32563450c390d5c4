// What one connection subscribes to. The hub knows five things to subscribe to and no others, so
// a set is a byte, and the documented limit of five subscriptions cannot be passed one by one.
#pragma once

#include <cstdint>

#include "twinstorm/iothub/topic.h"

namespace twinstorm::hub {

class SubscriptionSet {
public:
    SubscriptionSet() = default;
    explicit SubscriptionSet(std::uint8_t bits) : bits_(bits) {}

    void add(iothub::Subscribable what) { bits_ = static_cast<std::uint8_t>(bits_ | bit(what)); }
    void remove(iothub::Subscribable what) {
        bits_ = static_cast<std::uint8_t>(bits_ & ~bit(what));
    }
    [[nodiscard]] bool has(iothub::Subscribable what) const { return (bits_ & bit(what)) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    [[nodiscard]] std::uint8_t bits() const { return bits_; }
    friend bool operator==(const SubscriptionSet&, const SubscriptionSet&) = default;

private:
    static constexpr std::uint8_t bit(iothub::Subscribable what) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(what));
    }

    std::uint8_t bits_ = 0;
};

}  // namespace twinstorm::hub

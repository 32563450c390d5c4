// Looks at each frame before Proton does, and lets through only what Proton is safe with.
//
// Proton checks its own expectations with assert(), and Debian builds it with assertions on: a
// hostile frame could end the whole process. So every performative is decoded here first, its
// fields checked against [AMQP-2.7], and channels, handles and unfinished deliveries followed.
//
// Use:    check() each whole frame; pass it on when no Condition comes back. Behind an ATTACH,
//         attach() is what it said, in more detail than Proton tells.
// Limits: kFrameBytesMax, kChannelMax, kLinksMax, kHandleMax, kPeerSilenceMin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "amqp/value.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::amqp {

struct Attach {
    std::string name{};
    bool peer_sends = false;
    Value source{};  // The described value's list, or null; so is target.
    Value target{};
    Value desired_capabilities{};
    Value properties{};
};

class FrameGuard {
public:
    // Size of the frame that begins here; none while fewer than four bytes are there.
    [[nodiscard]] static std::optional<std::uint32_t> frame_bytes(std::span<const std::byte> bytes);

    // None when the frame is good.
    [[nodiscard]] std::optional<Condition> check(std::span<const std::byte> frame);

    [[nodiscard]] const Attach& attach() const { return attach_; }
    [[nodiscard]] bool opened() const { return opened_; }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    struct Handle {
        bool peer_sends = false;
        bool unfinished = false;  // A delivery's next frame is awaited.
        std::uint32_t delivery_id = 0;
    };
    using Handles = std::map<std::uint32_t, Handle>;

    [[nodiscard]] std::optional<Condition> check_performative(std::uint16_t channel,
                                                              std::uint64_t code,
                                                              const Value& fields);
    [[nodiscard]] std::optional<Condition> on_open(const Value& fields);
    [[nodiscard]] std::optional<Condition> on_begin(std::uint16_t channel, const Value& fields);
    [[nodiscard]] std::optional<Condition> on_attach(Handles& handles, const Value& fields);
    [[nodiscard]] std::optional<Condition> on_flow(const Handles& handles, const Value& fields);
    [[nodiscard]] std::optional<Condition> on_transfer(Handles& handles, const Value& fields);
    [[nodiscard]] std::optional<Condition> on_detach(Handles& handles, const Value& fields);

    bool opened_ = false;
    bool closed_ = false;
    std::map<std::uint16_t, Handles> channels_;
    std::size_t links_ = 0;
    Attach attach_;
};

}  // namespace twinstorm::amqp

// The messages of one identity that carry events of playbooks: which those are, and how they ended.
//
// Use:    made() with each message that carries any, then acked() or failed() for messages of any
//         kind: what is unknown here is none of ours.
// Owner:  one identity. Limits: kPlayedMessagesMax, after which further ones are counted only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "twinstorm/host/playbook.h"

namespace twinstorm::device {

inline constexpr std::size_t kPlayedMessagesMax = 512;

struct PlayedMessage {
    enum class State : std::uint8_t {
        kOpen,  // Waits, or is on its way.
        kAcked,
        kFailed,  // Given up before it was sent.
    };

    std::uint64_t sequence = 0;  // Its message id.
    host::PlaySet plays = 0;
    std::uint32_t events = 0;  // Of the plays.
    State state = State::kOpen;

    friend bool operator==(const PlayedMessage&, const PlayedMessage&) = default;
};

class PlayedMessages {
public:
    void made(std::uint64_t sequence, host::PlaySet plays, std::uint32_t events);
    void acked(std::uint64_t sequence) { end(sequence, PlayedMessage::State::kAcked); }
    void failed(std::uint64_t sequence) { end(sequence, PlayedMessage::State::kFailed); }

    [[nodiscard]] const std::vector<PlayedMessage>& messages() const { return messages_; }
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

private:
    void end(std::uint64_t sequence, PlayedMessage::State state);

    std::vector<PlayedMessage> messages_;  // By sequence.
    std::uint64_t left_out_ = 0;
};

}  // namespace twinstorm::device

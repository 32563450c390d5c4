#include "twinstorm/device/played_messages.h"

#include <algorithm>

#include "twinstorm/base/check.h"

namespace twinstorm::device {

void PlayedMessages::made(std::uint64_t sequence, host::PlaySet plays, std::uint32_t events) {
    TWINSTORM_CHECK(messages_.empty() || messages_.back().sequence < sequence);
    if (messages_.size() == kPlayedMessagesMax) {
        ++left_out_;
        return;
    }
    messages_.push_back({sequence, plays, events, PlayedMessage::State::kOpen});
}

void PlayedMessages::end(std::uint64_t sequence, PlayedMessage::State state) {
    const auto found = std::ranges::lower_bound(messages_, sequence, {}, &PlayedMessage::sequence);
    if (found != messages_.end() && found->sequence == sequence) {
        found->state = state;
    }
}

}  // namespace twinstorm::device

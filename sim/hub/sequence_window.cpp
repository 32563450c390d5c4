#include "hub/sequence_window.h"

#include <bit>

namespace twinstorm::hub {

SequenceWindow::Verdict SequenceWindow::record(std::uint64_t sequence) {
    if (!started_) {
        started_ = true;
        low_ = sequence > kStragglersMax ? sequence - kStragglersMax : 0;
        highest_ = sequence;
    }
    if (sequence < low_) {
        return Verdict::kDuplicate;
    }
    if (sequence - low_ >= kWidth) {
        advance_to(sequence - kWidth + 1);
    }
    const std::uint64_t bit = std::uint64_t{1} << (sequence - low_);
    if ((seen_ & bit) != 0) {
        return Verdict::kDuplicate;
    }
    seen_ |= bit;
    // What arrived without a gap from the low end is settled; the window starts after it.
    advance_to(low_ + static_cast<std::uint64_t>(std::countr_one(seen_)));
    if (sequence < highest_) {
        return Verdict::kReordered;
    }
    highest_ = sequence;
    return Verdict::kNew;
}

void SequenceWindow::advance_to(std::uint64_t low) {
    const std::uint64_t steps = low - low_;
    seen_ = steps >= kWidth ? 0 : seen_ >> steps;
    low_ = low;
}

}  // namespace twinstorm::hub

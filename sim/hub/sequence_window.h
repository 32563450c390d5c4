// Which sequence numbers of one identity arrived: exact counts in four words.
//
// Rules:  everything below low() is settled: seen, or given up. The 64 numbers from low() on are
//         known one by one. A number beyond them pushes the window along and gives up what is
//         still missing below it.
// Tells:  distinct and duplicated exactly while no gap stays open for 64 numbers; a number that
//         comes after it was given up counts as a duplicate. Reordered: new, but below the highest
//         seen. The first number may have up to 32 stragglers before it. A sender that starts again
//         from zero looks like duplicates: sequence numbers live as long as the identity.
#pragma once

#include <cstdint>

namespace twinstorm::hub {

class SequenceWindow {
public:
    enum class Verdict : std::uint8_t { kNew, kReordered, kDuplicate };

    static constexpr std::uint64_t kWidth = 64;
    static constexpr std::uint64_t kStragglersMax = 32;

    Verdict record(std::uint64_t sequence);

    [[nodiscard]] std::uint64_t low() const { return low_; }

private:
    void advance_to(std::uint64_t low);

    std::uint64_t low_ = 0;
    std::uint64_t seen_ = 0;  // Bit i: low_ + i has arrived. Bit 0 is always clear between calls.
    std::uint64_t highest_ = 0;
    bool started_ = false;
};

}  // namespace twinstorm::hub

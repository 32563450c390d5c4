// Chance, repeatable: every draw comes from a seed, never from a clock or a thread.
//
// Use:    derive(run seed, device id) gives a device's seed; it never depends on the worker.
// Owner:  one Random per object that draws. The same seed gives the same draws on every machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace twinstorm {

// A seed for a named part: derive(seed, "device/gw-00001").
[[nodiscard]] std::uint64_t derive(std::uint64_t seed, std::string_view name);
[[nodiscard]] std::uint64_t derive(std::uint64_t seed, std::uint64_t number);

// SplitMix64: eight bytes of state, so that a device can afford its own.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t bits();
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);  // [0, bound), bound > 0, unbiased.
    [[nodiscard]] double unit();                             // [0, 1)
    [[nodiscard]] double exponential();                      // Mean 1.

private:
    std::uint64_t state_;
};

}  // namespace twinstorm

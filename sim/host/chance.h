// Chance without state: any number is drawn from its coordinates, in a few nanoseconds.
#pragma once

#include <cstdint>

namespace twinstorm::host {

inline constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

// SplitMix64's finisher: a bijection of 64 bits.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// The number-th draw below a seed.
[[nodiscard]] constexpr std::uint64_t draw_at(std::uint64_t seed, std::uint64_t number) {
    return mix(seed + kGoldenGamma * (number + 1));
}

// [0, bound) from 32 random bits; off by at most bound / 2^32, which nobody can see here.
[[nodiscard]] constexpr std::uint32_t scale(std::uint32_t bits, std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{bits} * bound) >> 32);
}

}  // namespace twinstorm::host

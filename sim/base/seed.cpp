#include "twinstorm/base/seed.h"

#include <cmath>

#include "twinstorm/base/check.h"

namespace twinstorm {
namespace {

constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace

std::uint64_t derive(std::uint64_t seed, std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, 64 bits.
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return derive(seed, hash);
}

std::uint64_t derive(std::uint64_t seed, std::uint64_t number) {
    return mix(mix(seed + kGoldenGamma) + kGoldenGamma * (number + 1));
}

std::uint64_t Random::bits() {
    state_ += kGoldenGamma;
    return mix(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
    TWINSTORM_CHECK(bound > 0);
    const std::uint64_t reject_below = (0 - bound) % bound;  // 2^64 mod bound.
    std::uint64_t draw = bits();
    while (draw < reject_below) {
        draw = bits();
    }
    return draw % bound;
}

double Random::unit() {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double Random::exponential() {
    return -std::log1p(-unit());
}

}  // namespace twinstorm

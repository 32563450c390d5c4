#include "twinstorm/base/seed.h"

#include <array>
#include <cmath>
#include <cstddef>

#include "twinstorm/base/check.h"

namespace twinstorm {
namespace {

constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

// The exponential density in 256 layers of one area, after Marsaglia and Tsang, "The Ziggurat
// Method for Generating Random Variables" (2000): of a hundred draws, one needs more than its
// layer.
struct Layers {
    static constexpr std::size_t kCount = 256;
    static constexpr double kTail = 7.69711747013104972;  // Where the lowest layer ends.
    static constexpr double kArea = 0.0039496598225815571993;

    Layers() {
        width[0] = kArea * std::exp(kTail);
        width[1] = kTail;
        for (std::size_t i = 1; i + 1 < kCount; ++i) {
            width[i + 1] = -std::log(kArea / width[i] + std::exp(-width[i]));
        }
        for (std::size_t i = 0; i <= kCount; ++i) {
            height[i] = std::exp(-width[i]);
        }
    }

    std::array<double, kCount + 1> width{};  // From the lowest to the highest; the last is 0.
    std::array<double, kCount + 1> height{};
};
const Layers kLayers;

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
    while (true) {
        const std::uint64_t drawn = bits();
        const std::size_t layer = drawn % Layers::kCount;
        const double x = static_cast<double>(drawn >> 11) * 0x1.0p-53 * kLayers.width[layer];
        if (x < kLayers.width[layer + 1]) {
            return x;
        }
        if (layer == 0) {
            return Layers::kTail - std::log(1 - unit());
        }
        const double low = kLayers.height[layer];
        if (low + (kLayers.height[layer + 1] - low) * unit() < std::exp(-x)) {
            return x;
        }
    }
}

}  // namespace twinstorm

#include "hub/seeded_key.h"

#include <cstddef>

#include <fmt/format.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::hub {

std::string seeded_key(std::uint64_t seed) {
    constexpr std::size_t kKeyBytes = 32;
    Random random(seed);
    std::string bytes;
    while (bytes.size() < kKeyBytes) {
        std::uint64_t bits = random.bits();
        for (int i = 0; i < 8; ++i) {
            bytes.push_back(static_cast<char>(bits & 0xff));
            bits >>= 8;
        }
    }
    return base64_encode(bytes);
}

std::string seeded_hex(Random& random) {
    const std::uint64_t high = random.bits();
    const std::uint64_t low = random.bits();
    return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace twinstorm::hub

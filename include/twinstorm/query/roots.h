// Which parts of a twin a query touches, so that the hub renders these and no others.
//
// Law:    a document cut down to the roots of a condition matches as the whole document does.
//         The metadata roots mean the `$metadata` member; kDesired and kReported mean all others.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace twinstorm::query {

enum class Root : std::uint8_t {
    kHeader,  // Every other top-level member: deviceId, status, version, ... and a job's document.
    kTags,
    kDesired,
    kDesiredMetadata,
    kReported,
    kReportedMetadata,
    kConfigurations,
};

inline constexpr int kRootCount = 7;

class Roots {
public:
    constexpr Roots() = default;
    constexpr Roots(std::initializer_list<Root> roots) {
        for (const Root root : roots) {
            bits_ = static_cast<std::uint8_t>(bits_ | bit(root));
        }
    }
    [[nodiscard]] static constexpr Roots all() {
        Roots roots;
        roots.bits_ = (1U << kRootCount) - 1;
        return roots;
    }

    [[nodiscard]] constexpr bool has(Root root) const { return (bits_ & bit(root)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    constexpr Roots& operator|=(Roots other) {
        bits_ = static_cast<std::uint8_t>(bits_ | other.bits_);
        return *this;
    }
    friend constexpr bool operator==(Roots, Roots) = default;

private:
    [[nodiscard]] static constexpr unsigned bit(Root root) {
        return 1U << static_cast<unsigned>(root);
    }

    std::uint8_t bits_ = 0;
};

}  // namespace twinstorm::query

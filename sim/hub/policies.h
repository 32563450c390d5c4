// The hub's shared access policies: the five that every new hub has, with keys from the seed.
//
// Owner:  the hub; fixed for its life.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "twinstorm/base/secret.h"

namespace twinstorm::hub {

enum class Right : std::uint8_t {
    kRegistryRead = 1,
    kRegistryWrite = 2,
    kServiceConnect = 4,
    kDeviceConnect = 8,
};

struct Policy {
    std::string name;
    std::uint8_t rights = 0;
    Secret primary_key;
    Secret secondary_key;

    // RegistryWrite implies RegistryRead.
    [[nodiscard]] bool allows(Right right) const;
};

class Policies {
public:
    Policies(std::uint64_t seed, const Secret& owner_key);

    [[nodiscard]] const Policy* find(std::string_view name) const;
    [[nodiscard]] const Policy& owner() const { return policies_.front(); }
    [[nodiscard]] std::span<const Policy> all() const { return policies_; }

private:
    std::array<Policy, 5> policies_;
};

}  // namespace twinstorm::hub

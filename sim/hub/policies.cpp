#include "hub/policies.h"

#include "hub/seeded_key.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::hub {
namespace {

constexpr std::uint8_t bit(Right right) {
    return static_cast<std::uint8_t>(right);
}

constexpr std::uint8_t kAllRights = bit(Right::kRegistryRead) | bit(Right::kRegistryWrite) |
                                    bit(Right::kServiceConnect) | bit(Right::kDeviceConnect);

Policy make_policy(std::uint64_t seed, std::string_view name, std::uint8_t rights) {
    const std::uint64_t own = derive(derive(seed, "hub/policy"), name);
    return Policy{std::string(name), rights, Secret(seeded_key(derive(own, 1))),
                  Secret(seeded_key(derive(own, 2)))};
}

}  // namespace

bool Policy::allows(Right right) const {
    std::uint8_t granted = rights;
    if ((granted & bit(Right::kRegistryWrite)) != 0) {
        granted |= bit(Right::kRegistryRead);
    }
    return (granted & bit(right)) != 0;
}

Policies::Policies(std::uint64_t seed, const Secret& owner_key)
    : policies_{make_policy(seed, "iothubowner", kAllRights),
                make_policy(seed, "service", bit(Right::kServiceConnect)),
                make_policy(seed, "device", bit(Right::kDeviceConnect)),
                make_policy(seed, "registryRead", bit(Right::kRegistryRead)),
                make_policy(seed, "registryReadWrite",
                            bit(Right::kRegistryRead) | bit(Right::kRegistryWrite))} {
    if (!owner_key.empty()) {
        policies_.front().primary_key = owner_key;
    }
}

const Policy* Policies::find(std::string_view name) const {
    for (const Policy& policy : policies_) {
        if (policy.name == name) {
            return &policy;
        }
    }
    return nullptr;
}

}  // namespace twinstorm::hub

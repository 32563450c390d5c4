#include "twinstorm/plan/identity_state.h"

#include "twinstorm/base/seed.h"

namespace twinstorm::plan {

IdentityState identity_state(const IdentityShares& shares, std::uint64_t seed,
                             std::string_view device_id) {
    if (!shares.any()) {
        return IdentityState::kOrdinary;
    }
    double drawn = Random(derive(derive(seed, "identities"), device_id)).unit();
    if (drawn < shares.absent) {
        return IdentityState::kAbsent;
    }
    drawn -= shares.absent;
    if (drawn < shares.never_connected) {
        return IdentityState::kNeverConnected;
    }
    drawn -= shares.never_connected;
    return drawn < shares.rejected ? IdentityState::kRejected : IdentityState::kOrdinary;
}

}  // namespace twinstorm::plan

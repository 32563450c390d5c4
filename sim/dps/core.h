// What all parts of the service share.
//
// Owner:  the service. Conversations know it by address; forget_all() ends that.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "dps/attestation.h"
#include "dps/enrollment_store.h"
#include "dps/instant.h"
#include "dps/log.h"
#include "dps/policies.h"
#include "dps/registrations.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/dps/provisioning_service.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::dps {

class DpsConversation;

struct Core {
    Core(Options options, WallAnchor wall_anchor, net::Loop& carrier, HubRegistrar& registrar);

    [[nodiscard]] Instant instant(TimePoint now) const { return {now, anchor.at(now)}; }
    [[nodiscard]] AttestationRules attestation_rules() const;
    [[nodiscard]] std::string next_tracking_id();

    Options options;
    WallAnchor anchor;
    net::Loop& loop;
    Random random;
    Log log;
    Statistics statistics;
    Policies policies;
    EnrollmentStore enrollments;
    Registrations registrations;
    std::set<DpsConversation*> conversations;
};

}  // namespace twinstorm::dps

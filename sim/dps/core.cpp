#include "dps/core.h"

#include <algorithm>
#include <utility>

#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/base/check.h"

namespace twinstorm::dps {

Core::Core(Options given, WallAnchor wall_anchor, net::Loop& carrier, HubRegistrar& registrar)
    : options(std::move(given)),
      anchor(wall_anchor),
      loop(carrier),
      random(derive(options.seed, "dps/ids")),
      log(options.log),
      policies(options),
      enrollments(derive(options.seed, "dps/enrollments"), options.hubs),
      registrations({enrollments, registrar, anchor, options.retry_after, options.throttle},
                    derive(options.seed, "dps/registrations"), statistics) {
    TWINSTORM_CHECK(!options.hubs.empty() && options.hubs.size() <= kLinkedHubsMax);
}

AttestationRules Core::attestation_rules() const {
    // No token is taken whose connection would end at once.
    return {options.id_scope, enrollments, std::min(kSasClockSkew, options.sas_grace)};
}

std::string Core::next_tracking_id() {
    return hex_id(random);
}

}  // namespace twinstorm::dps

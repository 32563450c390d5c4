#include "twinstorm/run/provision.h"

#include <utility>

#include "run/fleet_plan.h"

namespace twinstorm::run {

Result<backend::RegistrySummary> provision(backend::RegistryJob::Kind kind, const plan::Plan& plan,
                                           const Target& target, World& world) {
    constexpr std::size_t kConnections = 4;
    net::Loop& loop = world.main();
    const auto http = loop.http_client(target.rest, kConnections);
    backend::ServiceClient service(*http, target.service, world.anchor());
    Result<backend::RegistrySummary> outcome = fail(ErrorCode::kCancelled);
    backend::RegistryJob job(kind, service, loop, plan.seed,
                             [&](Result<backend::RegistrySummary> summary, TimePoint) {
                                 outcome = std::move(summary);
                                 loop.stop();
                             });
    loop.post([&](TimePoint now) { job.start(fleet_identities(plan, target.service), now); });
    world.run();
    return outcome;
}

}  // namespace twinstorm::run

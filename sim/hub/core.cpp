#include "hub/core.h"

#include <utility>

#include "hub/hub_conversation.h"
#include "hub/seeded_key.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {
namespace {

Secret admin_token_of(const Options& options) {
    if (!options.admin_token.empty()) {
        return options.admin_token;
    }
    Random random(derive(options.seed, "hub/admin-token"));
    return Secret(seeded_hex(random));
}

}  // namespace

Core::Core(Options hub_options, WallAnchor wall_anchor, net::Loop& worker_loop)
    : options(std::move(hub_options)),
      anchor(wall_anchor),
      loop(worker_loop),
      started(worker_loop.now()),
      metering_block_bytes(iothub::limits(options.tier, options.units).metering_block_bytes),
      admin_token(admin_token_of(options)),
      tracking(derive(options.seed, "hub/tracking")),
      log(options.log),
      policies(options.seed, options.owner_key),
      journal(loop, options.log),
      registry(options.seed, journal,
               [](Identity& identity, Drop rule, TimePoint now) {
                   identity.connection->end(rule, now);
               }),
      twins(journal, [this](Identity& identity, const boost::json::object& change, TimePoint now) {
          if (identity.connected() && identity.connection->notify_desired(change, now)) {
              ++twin_counts.notices;
          }
      }) {}

Core::~Core() {
    for (HubConversation* conversation : conversations) {
        conversation->forget_hub();
    }
}

std::string Core::next_tracking_id() {
    return seeded_hex(tracking);
}

void Core::save_session(const Identity& identity, TimePoint now) {
    if (journal.enabled()) {
        journal.append({{"op", "session"},
                        {"device", identity.record.name.device_id},
                        {"module", identity.record.name.module_id},
                        {"subscriptions", identity.session.bits()}},
                       now);
    }
}

}  // namespace twinstorm::hub

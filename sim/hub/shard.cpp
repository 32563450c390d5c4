#include "hub/shard.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hub/hub_conversation.h"
#include "hub/limits.h"
#include "hub/seeded_key.h"
#include "hub/twin_events.h"
#include "hub/twin_index.h"

namespace twinstorm::hub {

ConnectionCounts& ConnectionCounts::operator+=(const ConnectionCounts& other) {
    accepted += other.accepted;
    over_limit += other.over_limit;
    closed_by_peer += other.closed_by_peer;
    handed_over += other.handed_over;
    devices += other.devices;
    modules += other.modules;
    return *this;
}

TwinCounts& TwinCounts::operator+=(const TwinCounts& other) {
    reads += other.reads;
    updates += other.updates;
    refused += other.refused;
    notices += other.notices;
    return *this;
}

Shard::Shard(Common& hub_common, Shards& shards, std::size_t shard_index, net::Loop& worker_loop)
    : common(hub_common),
      all(shards),
      index(shard_index),
      loop(worker_loop),
      tracking(derive(common.options.seed, fmt::format("hub/tracking/{}", index))),
      log(common.options.log),
      agenda(loop),
      faults(agenda, {[this](TimePoint now) { look_at_faults(now); },
                      [this](bool keeps_state, TimePoint now) { restart(keeps_state, now); }}),
      journal(loop),
      registry(common.options.seed, common.identities, journal,
               [](Identity& identity, Drop rule, TimePoint now) {
                   identity.connection->end(rule, now);
               }),
      twins(
          journal,
          [this](Identity& identity, const boost::json::object& change, TimePoint now) {
              if (identity.connected() && identity.connection->notify_desired(change, now)) {
                  ++twin_counts.notices;
              }
          },
          [this](const Identity& identity, const TwinStore::Change& change, Instant now) {
              tell_twin_change(*this, identity, change, now);
          },
          [this](const Identity& identity, Instant now) {
              keep_for_queries(*this, identity, now);
          }),
      events(common, index),
      methods(*this),
      jobs(*this),
      cloud_messages(*this),
      feedback(common, agenda),
      file_notifications(
          common, agenda,
          {kFileNotificationsMax, common.options.file_notifications.deliveries_max,
           common.options.file_notifications.lock, common.options.file_notifications.time_to_live}),
      configurations(*this),
      configuration_store(*this),
      security(common.options.verdicts, common.options.security_messages_kept) {
    registry.watch([this](const Identity& identity, Registry::Event event, Instant now) {
        tell_lifecycle(*this, identity, event, now);
        if (event == Registry::Event::kDeleted && !identity.record.name.is_module()) {
            file_uploads.forget(identity.record.name.device_id);
        }
    });
}

Shard::~Shard() {
    for (HubConversation* conversation : conversations) {
        conversation->forget_hub();
    }
}

void Shard::look_at_faults(TimePoint now) {
    if (faults.active() == nullptr || !faults.active()->queries_as_of(now)) {
        twin_history.clear();
    }
    const std::vector<HubConversation*> all_of_them = conversations;  // Who is cut leaves them.
    for (HubConversation* const conversation : all_of_them) {
        conversation->faults_changed(now);
    }
}

void Shard::restart(bool keeps_state, TimePoint now) {
    const std::vector<HubConversation*> all_of_them = conversations;
    for (HubConversation* const conversation : all_of_them) {
        conversation->end(Drop::kFault, now);
    }
    if (restarts) {
        restarts();
    }
    if (!keeps_state) {
        configuration_store.clear(instant(now));
        registry.clear(instant(now));
        file_uploads.clear();
        ledger.reset(instant(now).wall);
    }
}

std::string Shard::next_tracking_id() {
    return seeded_hex(tracking);
}

void Shard::save_session(const Identity& identity, TimePoint now) {
    if (journal.enabled()) {
        journal.append({{"op", "session"},
                        {"device", identity.record.name.device_id},
                        {"module", identity.record.name.module_id},
                        {"subscriptions", identity.session.bits()}},
                       now);
    }
}

}  // namespace twinstorm::hub

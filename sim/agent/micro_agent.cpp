#include "twinstorm/agent/micro_agent.h"

#include <algorithm>
#include <chrono>

#include "agent/collection.h"
#include "agent/message_writer.h"
#include "agent/seeds.h"
#include "agent/stream_of.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

constexpr std::size_t kBillingBlock = 4096;

}  // namespace

MicroAgent::MicroAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                       WallAnchor anchor)
    : persona_(&persona),
      host_(make_host(persona, device_id, seed, anchor)),
      anchor_(anchor),
      seed_(own_seed(persona, device_id, seed)) {}

void MicroAgent::start(TimePoint intended) {
    schedule_.start(configuration_, intended + first_collection(persona_->options, seed_));
    unsent_since_.fill(intended);
    load_.unsent_since = intended;
}

std::optional<boost::json::object> MicroAgent::apply(const boost::json::object& desired,
                                                     const boost::json::object*, TimePoint now) {
    const ConfigurationOutcome outcome = parse_configuration(desired, persona_->options);
    const bool rejected = !outcome.invalid_fields.empty() &&
                          persona_->options.beside_invalid == BesideInvalid::kRejected;
    if (!rejected) {
        take(outcome.configuration, now);
    }
    return reported_patch(outcome, persona_->options);
}

// A collector that was off saw nothing, and new folders are watched from now on.
void MicroAgent::take(const Configuration& next, TimePoint now) {
    schedule_.reconfigure(configuration_, next, now);
    for (std::size_t i = 0; i < kEventCollectors.size(); ++i) {
        const Collector collector = kEventCollectors[i];
        const bool other_folders = collector == Collector::kFileSystem &&
                                   configuration_.paths_watched != next.paths_watched;
        const bool other_devices = collector == Collector::kNetworkActivity &&
                                   configuration_.captures_eth0 != next.captures_eth0;
        if (configuration_[collector].disabled || other_folders || other_devices) {
            unsent_since_[i] = std::max(unsent_since_[i], now);
        }
    }
    configuration_ = next;
}

void MicroAgent::send_due(TimePoint now, Workbench& bench) {
    const std::optional<TimePoint> due = schedule_.next();
    if (due && *due <= now) {
        write(schedule_.take_due(configuration_, *due), *due, bench);
    }
}

void MicroAgent::flush(TimePoint now, Workbench& bench) {
    if (schedule_.started()) {
        write(enabled_event_collectors(), now, bench);
    }
}

void MicroAgent::emit(TimePoint at, Workbench& bench) {
    host::StreamSet streams;
    for (const Collector collector :
         {Collector::kProcess, Collector::kNetworkActivity, Collector::kLogin}) {
        if (!configuration_[collector].disabled) {
            streams.add(stream_of(collector));
        }
    }
    const std::uint64_t before = load_.events_dropped;
    load_.emit(sender(derive(seed_, "load")), streams, at, bench);
    counts_.dropped_before += load_.events_dropped - before;
}

void MicroAgent::write(CollectorSet which, TimePoint at, Workbench& bench) {
    if (persona_->options.bundling == Bundling::kPerTick) {
        write_one(which, at, bench);
        return;
    }
    for (const Collector collector : kAllCollectors) {
        if (which.has(collector)) {
            write_one({collector}, at, bench);
        }
    }
}

Sender MicroAgent::sender(std::uint64_t id_seed) const {
    return {.host = host_,
            .anchor = anchor_,
            .family = persona_->family,
            .encoding = persona_->options.encoding,
            .bytes_max = kMicroMessageBytesMax,
            .id_seed = id_seed,
            .collection_interval_s = 0,
            .logins_by_pam = configuration_.login_uses_pam};
}

void MicroAgent::write_one(CollectorSet which, TimePoint at, Workbench& bench) {
    MessageWriter writer(bench.batch, sender(seed_), SendPriority::kLow);
    const Collection::Place place{host_, configuration_, counts_, bench};
    Collection collection(place, writer, at);
    collection.snapshots(which);
    collection.events(which, unsent_since_);
    writer.finish();
}

CollectorSet MicroAgent::enabled_event_collectors() const {
    CollectorSet enabled;
    for (const Collector collector : kEventCollectors) {
        if (!configuration_[collector].disabled) {
            enabled.add(collector);
        }
    }
    return enabled;
}

void MicroAgent::message_sent(std::size_t bytes) {
    ++counts_.messages_sent;
    counts_.messages_under_4_kb += bytes < kBillingBlock ? 1 : 0;
}

Patience MicroAgent::patience() const {
    return {std::chrono::minutes(configuration_.message_timeout_minutes), false, true, 0};
}

}  // namespace twinstorm::agent

#include "twinstorm/agent/rtos_agent.h"

#include <algorithm>

#include "agent/aggregation.h"
#include "agent/caches.h"
#include "agent/message_writer.h"
#include "agent/seeds.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

constexpr std::size_t kMessageBytesMax = std::size_t{255} * 1024;
constexpr std::uint16_t kMqttOverTls = 8883;
constexpr std::uint32_t kHubAddress = 0xc6336414;  // 198.51.100.20, a documentation address.

// The connection that carries MQTT, as the catalogue lists it.
std::uint16_t mqtt_connection() {
    static const std::uint16_t connection = [] {
        const auto& connections = host::catalogue().connections;
        const auto mqtt = std::ranges::find_if(connections, [](const host::Connection& one) {
            return one.application_protocol == "MQTT" && one.direction == host::Direction::kOut;
        });
        TWINSTORM_CHECK(mqtt != connections.end());
        return static_cast<std::uint16_t>(mqtt - connections.begin());
    }();
    return connection;
}

}  // namespace

RtosAgent::RtosAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                     WallAnchor anchor)
    : persona_(&persona),
      host_(make_host(persona, device_id, seed, anchor)),
      anchor_(anchor),
      seed_(own_seed(persona, device_id, seed)) {}

void RtosAgent::start(TimePoint intended) {
    first_ = intended + first_collection(persona_->options, seed_);
    next_ = first_;
    unsent_since_ = intended;
    lost_at_ = intended;
    load_.unsent_since = intended;
}

RtosAgent::State RtosAgent::state(TimePoint now) const {
    if (next_ == TimePoint::max()) {
        return State::kNotInitialized;
    }
    if (linked_) {
        return State::kActive;
    }
    return now - lost_at_ > kPendingAtMost ? State::kSuspended : State::kPending;
}

std::optional<TimePoint> RtosAgent::next_send() const {
    const bool collects = state(next_) == State::kPending || state(next_) == State::kActive;
    return collects ? std::optional(next_) : std::nullopt;
}

// What happened while it was suspended was never seen.
void RtosAgent::link_ready(TimePoint now) {
    if (state(now) == State::kSuspended) {
        const auto cycles = (now - next_) / kHighInterval + 1;
        next_ += kHighInterval * std::max<std::int64_t>(cycles, 0);
        unsent_since_ = std::max(unsent_since_, now);
    }
    linked_ = true;
}

void RtosAgent::link_lost(TimePoint now) {
    if (linked_) {
        lost_at_ = now;
    }
    linked_ = false;
}

void RtosAgent::send_due(TimePoint now, Workbench& bench) {
    const std::optional<TimePoint> due = next_send();
    if (!due || *due > now) {
        return;
    }
    next_ += kHighInterval;
    MessageWriter writer(bench.batch, sender(seed_), SendPriority::kHigh);
    if ((*due - first_) % kLowInterval == Duration{}) {
        writer.collected_every(kLowInterval.count());
        events_dropped_ += writer.add_system_information(*due, {}) ? 0 : 1;
        events_dropped_ += writer.add_heartbeat(*due) ? 0 : 1;
    }
    bench.seen.clear();
    host_.look({host::Stream::kFlows}, unsent_since_, *due, bench.seen);
    unsent_since_ = *due;
    add_own_traffic(*due, bench.seen);
    auto& cache = bench.caches->flows;
    aggregate(persona_->family, {kFlowsMax, WhenFull::kDropNew}, bench.seen.flows, cache);
    events_dropped_ += cache.dropped();
    writer.collected_every(kHighInterval.count());
    writer.begin_flows(*due);
    for (std::size_t i = 0; i < cache.size(); ++i) {
        events_dropped_ += writer.add(cache[i]) ? 0 : cache.events(i);
    }
    writer.end_flows();
    writer.finish();
}

Sender RtosAgent::sender(std::uint64_t id_seed) const {
    return {.host = host_,
            .anchor = anchor_,
            .family = persona_->family,
            .encoding = persona_->options.encoding,
            .bytes_max = kMessageBytesMax,
            .id_seed = id_seed,
            .collection_interval_s = static_cast<std::uint32_t>(kHighInterval.count()),
            .logins_by_pam = false};
}

// First of all, so that a full cache never keeps it out.
void RtosAgent::add_own_traffic(TimePoint at, host::Happenings& seen) const {
    Random random(
        derive(seed_, static_cast<std::uint64_t>(anchor_.at(at).time_since_epoch().count())));
    host::FlowEvent flow;
    flow.at = at - kHighInterval;
    flow.id = random.bits() << 1;
    TWINSTORM_CHECK(!host::Host::is_played(flow.id));
    flow.bytes_in = 40 + random.below(120);
    flow.bytes_out = 200 + random.below(600);
    flow.packets = 2 + static_cast<std::uint32_t>(random.below(6));
    flow.local_address = host_.profile().address;
    flow.local_port = host_.profile().cloud_port;
    flow.remote_address = kHubAddress;
    flow.remote_port = kMqttOverTls;
    flow.connection = mqtt_connection();
    seen.flows.insert(seen.flows.begin(), flow);
}

void RtosAgent::emit(TimePoint at, Workbench& bench) {
    load_.emit(sender(derive(seed_, "load")), {host::Stream::kFlows}, at, bench);
}

Patience RtosAgent::patience() const {
    Patience patience;
    patience.only_newest = true;
    return patience;
}

}  // namespace twinstorm::agent

#include "twinstorm/agent/event_source.h"

#include "agent/catalogue.h"
#include "agent/event.h"
#include "agent/event_cache.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

// Events an hour on an average device, as kEventCollectors lists them.
constexpr std::array<double, kEventCollectors.size()> kEventsPerHour{0.5, 30, 20};
constexpr double kSecondsPerHour = 3600;

constexpr std::uint32_t kPidFirst = 2'000;    // Above every service's.
constexpr std::uint32_t kPidMax = 4'194'303;  // As Linux has it on 64 bits; then it starts over.
constexpr std::uint32_t kFreshPortFirst = 32'768;  // net.ipv4.ip_local_port_range.
constexpr std::uint32_t kFreshPorts = 16'384;      // Below the device's long connection.
constexpr std::uint8_t kSessionsMax = 4;

constexpr std::uint32_t kDocumentationNets[] = {0xc0000200, 0xc6336400, 0xcb007100};  // RFC 5737.
constexpr std::uint32_t kCloudHost = kDocumentationNets[2] + 10;
constexpr std::uint32_t kUpdatesNet = kDocumentationNets[1];

std::uint32_t draw(Random& random, std::uint32_t first, std::uint32_t count) {
    return first + static_cast<std::uint32_t>(random.below(count));
}

std::uint16_t draw_fresh_port(Random& random) {
    return static_cast<std::uint16_t>(draw(random, kFreshPortFirst, kFreshPorts));
}

// The first entries are far more common than the last ones.
template <class Container>
std::uint16_t draw_kind(Random& random, const Container& kinds) {
    const double share = random.unit();
    return static_cast<std::uint16_t>(share * share * static_cast<double>(kinds.size()));
}

std::uint32_t draw_neighbour(Random& random, const DeviceProfile& profile) {
    return profile.lan + draw(random, 10, 6);
}

std::uint32_t draw_peer(Random& random, Peer peer, const DeviceProfile& profile) {
    switch (peer) {
        case Peer::kRouter:
            return profile.lan + 1;
        case Peer::kNeighbour:
            return draw_neighbour(random, profile);
        case Peer::kCloud:
            return kCloudHost;
        case Peer::kUpdates:
            return kUpdatesNet + draw(random, 20, 4);
    }
    return kCloudHost;
}

}  // namespace

EventSource::EventSource(std::uint64_t seed) : random_(seed), last_pid_(0) {
    next_.fill(kNever);
    last_pid_ = draw(random_, kPidFirst, 20'000);
}

void EventSource::start(const Configuration& configuration, const DeviceProfile& profile,
                        TimePoint now) {
    next_.fill(kNever);
    reconfigure(configuration, profile, now);
}

void EventSource::reconfigure(const Configuration& configuration, const DeviceProfile& profile,
                              TimePoint now) {
    for (std::size_t stream = 0; stream < next_.size(); ++stream) {
        if (configuration[kEventCollectors[stream]].disabled) {
            next_[stream] = kNever;
        } else if (next_[stream] == kNever) {
            next_[stream] = now + gap(stream, profile);
        }
    }
}

void EventSource::gather(CollectorSet which, const DeviceProfile& profile, TimePoint until,
                         GatheredEvents& events) {
    for (std::size_t stream = 0; stream < next_.size(); ++stream) {
        if (!which.has(kEventCollectors[stream])) {
            continue;
        }
        catch_up(stream, profile, until);
        while (next_[stream] < until) {
            add_one(kEventCollectors[stream], profile, next_[stream], events);
            next_[stream] += gap(stream, profile);
        }
    }
}

void EventSource::add_one(Collector collector, const DeviceProfile& profile, TimePoint at,
                          GatheredEvents& events) {
    switch (collector) {
        case Collector::kProcess:
            return events.processes.add(draw_process(at));
        case Collector::kNetworkActivity:
            return events.flows.add(draw_flow(profile, at));
        case Collector::kLogin:
            return events.logins.add(draw_login(profile, at));
        default:
            TWINSTORM_CHECK(false && "an event collector");
    }
}

// Memoryless: the gaps of a Poisson process, so an interval may be cut anywhere.
Duration EventSource::gap(std::size_t stream, const DeviceProfile& profile) {
    const double mean_seconds = kSecondsPerHour / (kEventsPerHour[stream] * profile.pace);
    return from_seconds(random_.exponential() * mean_seconds);
}

// After a very long silence the caches would drop all but the newest events anyway.
void EventSource::catch_up(std::size_t stream, const DeviceProfile& profile, TimePoint until) {
    if (next_[stream] >= until) {
        return;
    }
    const double per_second = kEventsPerHour[stream] * profile.pace / kSecondsPerHour;
    const double expected = to_seconds(until - next_[stream]) * per_second;
    const auto excess = expected - static_cast<double>(kEventsDrawnMax);
    if (excess > 0) {
        dropped_ += static_cast<std::uint64_t>(excess);
        next_[stream] += from_seconds(excess / per_second);
    }
}

std::uint32_t EventSource::next_pid() {
    last_pid_ += draw(random_, 1, 8);
    if (last_pid_ > kPidMax) {
        last_pid_ = kPidFirst;
    }
    return last_pid_;
}

ProcessEvent EventSource::draw_process(TimePoint at) {
    ProcessEvent event;
    event.first = event.last = at;
    event.process_id = next_pid();
    event.kind = draw_kind(random_, catalogue().processes);
    return event;
}

FlowEvent EventSource::draw_flow(const DeviceProfile& profile, TimePoint at) {
    FlowEvent event;
    event.first = event.last = at;
    event.kind = draw_kind(random_, catalogue().flows);
    const FlowKind& kind = catalogue().flows[event.kind];
    event.remote_address = draw_peer(random_, kind.peer, profile);
    if (kind.direction == Direction::kIn) {
        event.remote_port = draw_fresh_port(random_);
        event.local_port = kind.port;
    } else {
        event.remote_port = kind.port;
        event.local_port = kind.local_port == 0                 ? draw_fresh_port(random_)
                           : kind.local_port == kLongConnection ? profile.mqtt_port
                                                                : kind.local_port;
    }
    event.hit_count = draw(random_, 2, kind.packets_max);
    const std::uint64_t bytes = std::uint64_t{event.hit_count} * kind.packet_bytes;
    event.bytes_in = bytes * (20 + random_.below(60)) / 100;
    event.bytes_out = bytes - event.bytes_in;
    return event;
}

// People come from the device's own network; strangers from outside try names and fail.
LoginEvent EventSource::draw_login(const DeviceProfile& profile, TimePoint at) {
    LoginEvent event;
    event.first = at;
    event.process_id = next_pid();
    event.remote_port = draw_fresh_port(random_);
    if (random_.below(5) == 0) {
        event.operation = LoginOperation::kLoginFailed;
        const auto net = kDocumentationNets[random_.below(std::size(kDocumentationNets))];
        event.remote_address = net + draw(random_, 100, 100);
        event.stranger = static_cast<std::uint8_t>(random_.below(catalogue().strangers.size()));
        return event;
    }
    event.remote_address = draw_neighbour(random_, profile);
    const bool leaves = sessions_ == kSessionsMax || (sessions_ > 0 && random_.below(2) == 0);
    event.operation = leaves ? LoginOperation::kLogout : LoginOperation::kLogin;
    if (leaves) {
        --sessions_;
    }
    event.terminal = sessions_;
    if (!leaves) {
        ++sessions_;
    }
    return event;
}

}  // namespace twinstorm::agent

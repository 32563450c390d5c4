#include "twinstorm/stats/metric.h"

#include <algorithm>

namespace twinstorm::stats {
namespace {

struct MetricText {
    std::string_view name;
    std::string_view description;
};

// In the order of the enumeration.
constexpr std::array<MetricText, kMetricCount> kMetrics{{
    {"connect", "From the wish to connect to the hub's CONNACK, TLS included."},
    {"reconnect", "From the loss of a connection to the next CONNACK."},
    {"twin_get", "From the agent's request for its twin to the hub's answer."},
    {"twin_update.accept", "From the operator's intended instant to the hub's 2xx."},
    {"twin_update.delivery",
     "From the operator's intended instant to the desired patch at the agent."},
    {"twin_update.round_trip",
     "From the operator's intended instant to the agent's reported patch, acknowledged."},
    {"twin_report", "From the agent's reported patch to the hub's 204."},
    {"security_message.ack", "From a message's intended instant to its PUBACK."},
    {"security_message.service", "From a message's actual send to its PUBACK."},
    {"security_message.lateness", "From a message's intended instant to its actual send."},
    {"convergence", "From the start of a roll-out to each agent's confirmation of it."},
    {"loop_lag", "From a worker's deadline to the turn that served it."},
    {"telemetry.ack", "From a plain message's intended instant to its PUBACK."},
    {"receive_lag",
     "From the arrival of bytes in the kernel to a worker that reads them, sampled."},
}};

constexpr std::array<std::string_view, kCounterCount> kCounters{
    "security_message.offered", "security_message.sent",   "security_message.acked",
    "security_message.failed",  "security_message.lost",   "security_message.duplicated",
    "security_message.bytes",   "security_message.billed", "telemetry.offered",
    "telemetry.sent",           "telemetry.acked",         "telemetry.failed",
    "telemetry.lost",           "telemetry.duplicated",    "telemetry.bytes",
    "telemetry.billed",         "twin_update.offered",     "twin_update.accepted",
    "twin_update.delivered",    "twin_update.confirmed",   "twin_update.throttled",
    "twin_update.failed",       "connection.opened",       "connection.refused",
    "connection.dropped",       "connection.reconnected",  "agent.restarted",
    "throttle.delayed",         "throttle.refused",        "receive_buffer.full",
};

static_assert(static_cast<std::size_t>(Metric::kReceiveLag) + 1 == kMetricCount);
static_assert(static_cast<std::size_t>(Counter::kReceiveBufferFull) + 1 == kCounterCount);

}  // namespace

std::string_view name(Metric metric) {
    return kMetrics[static_cast<std::size_t>(metric)].name;
}

std::string_view name(Counter counter) {
    return kCounters[static_cast<std::size_t>(counter)];
}

std::string_view describe(Metric metric) {
    return kMetrics[static_cast<std::size_t>(metric)].description;
}

std::optional<Metric> find_metric(std::string_view name) {
    const auto* const found = std::ranges::find(kMetrics, name, &MetricText::name);
    if (found == kMetrics.end()) {
        return std::nullopt;
    }
    return static_cast<Metric>(found - kMetrics.begin());
}

std::optional<Counter> find_counter(std::string_view name) {
    const auto* const found = std::ranges::find(kCounters, name);
    if (found == kCounters.end()) {
        return std::nullopt;
    }
    return static_cast<Counter>(found - kCounters.begin());
}

}  // namespace twinstorm::stats

#include "hub/event_log.h"

#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace twinstorm::hub {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

events::Origin origin_of(const Identity& identity) {
    return {identity.record.name.device_id, identity.record.name.module_id,
            identity.record.generation_id, identity.admitted_scope, identity.admitted_type};
}

EventLog::EventLog(const Common& common, std::size_t shard_index) : common_(common) {
    logs_.resize(common.options.partitions);
    for (std::size_t index = shard_index; index < logs_.size(); index += common.shards) {
        events::Partition::Options options;
        options.hub_name = common.options.host_name.substr(0, common.options.host_name.find('.'));
        logs_[index] = std::make_unique<Log>(std::move(options));
    }
}

void EventLog::append_telemetry(const Identity& identity, std::string_view bag,
                                std::span<const std::byte> body, WallTime now) {
    if (routes().telemetry) {
        append({events::Source::kTelemetry, origin_of(identity), bag, {}, body}, now);
    }
}

void EventLog::append_twin_change(const Identity& identity, std::string_view operation,
                                  const boost::json::object& change, WallTime now) {
    const std::string body = boost::json::serialize(change);
    append({events::Source::kTwinChange, origin_of(identity), {}, operation, bytes_of(body)}, now);
}

void EventLog::append_lifecycle(const Identity& identity, std::string_view operation,
                                const boost::json::object& twin, WallTime now) {
    const std::string body = boost::json::serialize(twin);
    append({events::Source::kDeviceLifecycle, origin_of(identity), {}, operation, bytes_of(body)},
           now);
}

void EventLog::append_connection(const Identity& identity, bool connected, WallTime now) {
    if (!routes().connections) {
        return;
    }
    // A growing number, in hexadecimal: the later of two changes has the greater one.
    const std::string body = fmt::format(R"({{"sequenceNumber":"{:032x}{:016x}"}})",
                                         static_cast<std::uint64_t>(now.time_since_epoch().count()),
                                         ++connection_changes_);
    append({events::Source::kDeviceConnectionState,
            origin_of(identity),
            {},
            connected ? "deviceConnected" : "deviceDisconnected",
            bytes_of(body)},
           now);
}

void EventLog::append(const events::Arrival& arrival, WallTime now) {
    Log& log = *logs_[common_.partition_of(arrival.origin.device_id)];
    if (const auto number = log.partition.append(arrival, now)) {
        log.watchers.notify(*number);
    }
}

}  // namespace twinstorm::hub

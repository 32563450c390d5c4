#include "hub/twin_exchange.h"

#include <optional>
#include <span>
#include <string>

#include <boost/json/serialize.hpp>

#include "hub/json_fields.h"
#include "hub/outcome.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

std::string_view text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write_message(Buffer& out, std::string_view topic, std::string_view body) {
    mqtt::Publish publish;
    publish.topic = topic;
    publish.payload = std::as_bytes(std::span(body));
    mqtt::write(out, publish);
}

Outcome<std::int64_t> apply_reported(Shard& shard, Identity& identity, mqtt::Bytes body,
                                     TimePoint now) {
    const auto patch = parse_object(text_of(body));
    if (!patch) {
        return tl::unexpected(patch.error());
    }
    const auto version = shard.twins.patch_reported(identity, *patch, shard.instant(now));
    if (!version) {
        return refuse(version.error());
    }
    return *version;
}

}  // namespace

void answer_twin_get(Shard& shard, Identity& identity, std::string_view request_id, Buffer* out,
                     TimePoint now) {
    ++shard.twin_counts.reads;
    if (out == nullptr) {
        return;
    }
    const std::string body = identity.twin.device_text();
    shard.common.quota.count_rest(QuotaKind::kTwinReads, body.size(), shard.instant(now).wall);
    write_message(*out, iothub::twin_response_topic({200, request_id, std::nullopt}), body);
}

void answer_reported_patch(Shard& shard, Identity& identity, std::string_view request_id,
                           mqtt::Bytes body, Buffer* out, TimePoint now) {
    const auto version = apply_reported(shard, identity, body, now);
    ++(version ? shard.twin_counts.updates : shard.twin_counts.refused);
    if (out == nullptr) {
        return;
    }
    if (version) {
        write_message(*out, iothub::twin_response_topic({204, request_id, *version}), {});
        return;
    }
    const int status = iothub::http_status(version.error().code);
    write_message(*out, iothub::twin_response_topic({status, request_id, std::nullopt}),
                  iothub::twin_error_body(version.error(), shard.next_tracking_id(),
                                          shard.instant(now).wall));
}

void answer_twin_refusal(Shard& shard, std::string_view request_id, iothub::ServiceErrorCode code,
                         Buffer* out, TimePoint now) {
    if (out == nullptr) {
        return;
    }
    const iothub::ServiceError error{code, std::string(iothub::name(code))};
    write_message(
        *out, iothub::twin_response_topic({iothub::http_status(code), request_id, std::nullopt}),
        iothub::twin_error_body(error, shard.next_tracking_id(), shard.instant(now).wall));
}

std::size_t write_desired_notice(Buffer& out, std::int64_t version,
                                 const boost::json::object& change) {
    const std::string body = boost::json::serialize(change);
    write_message(out, iothub::desired_change_topic(version), body);
    return body.size();
}

}  // namespace twinstorm::hub

// The device's side of a twin over MQTT: its requests and the answers, all at QoS 0.
//
// Rules:  no answer without the response subscription, but a reported patch is applied all the
// same;
//         malformed JSON and limits are answered 400 with a body that holds `errorCode`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/identity.h"
#include "hub/shard.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/time.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::hub {

// `out` is none when the response filter is not subscribed.
void answer_twin_get(Shard& shard, Identity& identity, std::string_view request_id, Buffer* out,
                     TimePoint now);
void answer_reported_patch(Shard& shard, Identity& identity, std::string_view request_id,
                           mqtt::Bytes body, Buffer* out, TimePoint now);

// An operation that a limit or a fault does not let through.
void answer_twin_refusal(Shard& shard, std::string_view request_id, iothub::ServiceErrorCode code,
                         Buffer* out, TimePoint now);

// How many bytes of body that was: notices are billed by them.
std::size_t write_desired_notice(Buffer& out, std::int64_t version,
                                 const boost::json::object& change);

}  // namespace twinstorm::hub

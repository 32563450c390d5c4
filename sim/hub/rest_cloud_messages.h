// Cloud-to-device messages over REST: purging a device's queue, and feedback about what was sent.
//
// Rules:  GET locks a batch and gives its lock token as ETag, 204 when there is none; DELETE of the
//         token completes it (`?reject` as well), POST .../abandon gives it back. Error: 412002
//         when the lock is not held any more.
#pragma once

#include "hub/exchange.h"
#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

[[nodiscard]] Outcome<net::HttpResponse> purge_messages(Shard& shard, const RestRequest& request);
void receive_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now);
void complete_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now);
void abandon_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

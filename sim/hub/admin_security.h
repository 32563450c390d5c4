// GET /admin/security-messages: what agents sent to Defender, each with its verdict; DELETE
// forgets.
//
// Query:  deviceId, moduleId, verdict (accepted or ignored), top (kSecurityMessagesShown at most).
// Answer: {"mode", "accepted", "ignored", "reasons": {"wrong-type": n}, "messages": [{"at",
//         "deviceId", "moduleId", "messageId", "bytes", "verdict", "reason", "where", "detail",
//         "body" or "bodyBase64"}]}, newest first. Counts are of all that came, not of those shown.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void show_security_messages(Shard& here, const ExchangePointer& exchange, TimePoint now);
void forget_security_messages(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub

// CONNECT, the one packet with optional fields, [MQTT-3.1].
#pragma once

#include "mqtt/cursor.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

// Reads what follows the fixed header; what is wrong is left in the cursor.
[[nodiscard]] Connect decode_connect(Cursor& cursor);

}  // namespace twinstorm::mqtt

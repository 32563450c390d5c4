// Why a connection could not be opened, from the little that Paho tells.
#pragma once

#include "paho_link/event.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::paho_link {

[[nodiscard]] bool is_refusal(const OpenFailed& event);  // A CONNACK with a code of the standard.
[[nodiscard]] Error open_error(const OpenFailed& event, const net::Destination& destination);

}  // namespace twinstorm::paho_link

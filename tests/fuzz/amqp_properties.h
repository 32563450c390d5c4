// The laws of an AMQP connection, for any stream of bytes:
//   whatever comes, the process lives, and what is held stays within its limits;
//   the connection ends in time when nothing more comes;
//   a connection that is gone leaves no reader behind.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

// The first byte says how the rest is cut into pieces, and whether the client is already past SASL
// and has a session.
[[nodiscard]] Verdict check_amqp(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz

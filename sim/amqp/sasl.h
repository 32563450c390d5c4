// The server's side of AMQP's SASL layer [AMQP-5.3]: ANONYMOUS and PLAIN.
//
// By hand, since Proton as Debian builds it looks PLAIN's users up in Cyrus' own data base, and
// cannot wait for somebody else to say whether a password is good.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"

namespace twinstorm::amqp {

struct SaslInit {
    bool anonymous = true;
    std::string user{};  // PLAIN's.
    std::string password{};
};

enum class SaslOutcome : std::uint8_t { kOk = 0, kAuth = 1 };

void put_sasl_mechanisms(Buffer& out);
void put_sasl_outcome(Buffer& out, SaslOutcome outcome);

// A whole frame, which must be SASL-INIT. Errors: kMalformedPacket; kRefused for a mechanism that
// was not offered.
[[nodiscard]] Result<SaslInit> read_sasl_init(std::span<const std::byte> frame);

}  // namespace twinstorm::amqp

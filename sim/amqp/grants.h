// What one connection has been allowed: tokens put through `$cbs`, or its SASL PLAIN password.
//
// Limits: kTokensMax tokens; those that have expired make room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::amqp {

class Grants {
public:
    // A newer token for the same audience takes the place of the older. False: too many.
    [[nodiscard]] bool add(std::string_view audience, WallTime expiry, WallTime now);
    void add_everything(WallTime expiry) { everything_ = expiry; }

    [[nodiscard]] bool allows(std::string_view path, WallTime now) const;
    [[nodiscard]] bool any(WallTime now) const;
    // When what is allowed next becomes less.
    [[nodiscard]] std::optional<WallTime> next_expiry(WallTime now) const;

private:
    std::map<std::string, WallTime> expiry_of_;  // By the audience's path.
    std::optional<WallTime> everything_;
};

}  // namespace twinstorm::amqp

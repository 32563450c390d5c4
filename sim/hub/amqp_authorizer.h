// Who may use the hub's AMQP links: tokens and keys of policies with the right ServiceConnect.
//
// Owner:  the hub, on the front shard's loop. Every answer comes at once.
#pragma once

#include <string_view>

#include "hub/common.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class AmqpAuthorizer final : public amqp::Authorizer {
public:
    AmqpAuthorizer(const Common& common, const net::Loop& loop) : common_(common), loop_(loop) {}

    void check_token(std::string_view token, std::string_view audience, Done done) override;
    void check_password(std::string_view user, std::string_view password, Done done) override;

private:
    [[nodiscard]] Result<WallTime> check(std::string_view token, std::string_view path) const;
    [[nodiscard]] Result<WallTime> check_key(std::string_view policy, std::string_view key) const;

    const Common& common_;
    const net::Loop& loop_;
};

}  // namespace twinstorm::hub

// Serves on one loop what another loop accepts: each connection is carried over before its first
// byte is read.
//
// Use:    as the service of a listener on `here`; `service` belongs to the loop `there`.
// Owner:  the hub's server; must outlive both loops' last turns.
#pragma once

#include <memory>

#include "twinstorm/net/loop.h"

namespace twinstorm::cli {

class FrontService final : public net::Service {
public:
    FrontService(net::Loop& here, net::Loop& there, net::Service& service)
        : here_(here), there_(there), service_(service) {}

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle handle,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override;

private:
    net::Loop& here_;
    net::Loop& there_;
    net::Service& service_;
};

}  // namespace twinstorm::cli

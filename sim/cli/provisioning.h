// The provisioning service beside the hub: how it makes devices there, and how both share one HTTPS
// port.
//
// Owner:  the hub's server. The service itself lives on the first loop.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/dps/hub_registrar.h"
#include "twinstorm/dps/provisioning_service.h"
#include "twinstorm/hub/hub.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::cli {

// Makes devices on the one hub there is. On the first loop.
class Registrar final : public dps::HubRegistrar {
public:
    explicit Registrar(hub::Hub& hub) : hub_(hub) {}

    void assign(dps::Assignment assignment, dps::AssignDone done, TimePoint now) override;

private:
    hub::Hub& hub_;
};

// One loop's requests: those to the provisioning service go to it, on its loop; all others to the
// hub. The paths of the two differ in their first segment.
class SharedHttps final : public net::HttpHandler {
public:
    SharedHttps(net::HttpHandler& hub, dps::ProvisioningService& service, net::Loop& here,
                net::Loop& front)
        : hub_(hub), service_(service), here_(here), front_(front) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override;

private:
    [[nodiscard]] bool for_provisioning(std::string_view target) const;

    net::HttpHandler& hub_;
    dps::ProvisioningService& service_;
    net::Loop& here_;
    net::Loop& front_;
};

}  // namespace twinstorm::cli

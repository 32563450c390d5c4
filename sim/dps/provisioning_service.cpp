#include "twinstorm/dps/provisioning_service.h"

#include <utility>

#include <fmt/format.h>

#include "dps/core.h"
#include "dps/dps_conversation.h"
#include "dps/limits.h"
#include "dps/rest.h"
#include "dps/text.h"
#include "twinstorm/base/check.h"

namespace twinstorm::dps {
namespace {

constexpr std::string_view kDefaultGroup = "default";

class MqttService final : public net::Service {
public:
    explicit MqttService(Core& core) : core_(core) {}

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle /*handle*/,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override {
        if (core_.conversations.size() >= kConnectionsMax) {
            core_.log.line(now, "dps: refused {}: too-many-connections", printable(peer.address));
            return nullptr;
        }
        return std::make_unique<DpsConversation>(core_, peer, now);
    }

private:
    Core& core_;
};

Secret first_group_key(const Options& options) {
    return options.group_key.empty() ? Secret(seeded_key(derive(options.seed, "dps/group")))
                                     : options.group_key;
}

}  // namespace

class ProvisioningService::Impl {
public:
    Impl(Options options, WallAnchor anchor, net::Loop& loop, HubRegistrar& registrar)
        : group_key_(first_group_key(options)),
          core_(std::move(options), anchor, loop, registrar),
          mqtt_(core_),
          rest_(core_) {
        const auto made = core_.enrollments.put(
            {{true, std::string(kDefaultGroup)}, {}},
            {{"attestation",
              {{"type", "symmetricKey"}, {"symmetricKey", {{"primaryKey", group_key_.reveal()}}}}}},
            anchor.at(loop.now()));
        TWINSTORM_CHECK(made.has_value());  // The owner brings base64, or nothing.
    }
    ~Impl() {
        for (DpsConversation* conversation : core_.conversations) {
            conversation->forget_service();
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Secret group_key_;
    Core core_;
    MqttService mqtt_;
    Rest rest_;
};

ProvisioningService::ProvisioningService(Options options, WallAnchor anchor, net::Loop& loop,
                                         HubRegistrar& registrar)
    : impl_(std::make_unique<Impl>(std::move(options), anchor, loop, registrar)) {}

ProvisioningService::~ProvisioningService() = default;

net::Service& ProvisioningService::mqtt() {
    return impl_->mqtt_;
}

net::HttpHandler& ProvisioningService::rest() {
    return impl_->rest_;
}

const std::string& ProvisioningService::id_scope() const {
    return impl_->core_.options.id_scope;
}

Secret ProvisioningService::group_key() const {
    return impl_->group_key_;
}

Secret ProvisioningService::connection_string() const {
    const ServicePolicy& owner = impl_->core_.policies.owner();
    return Secret(fmt::format("HostName={};SharedAccessKeyName={};SharedAccessKey={}",
                              impl_->core_.options.host_name, owner.name, owner.key.reveal()));
}

Statistics ProvisioningService::statistics() const {
    return impl_->core_.statistics;
}

}  // namespace twinstorm::dps

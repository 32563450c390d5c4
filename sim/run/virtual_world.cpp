#include "twinstorm/run/virtual_world.h"

#include <utility>

#include "twinstorm/base/check.h"
#include "twinstorm/device/mqtt_conversation.h"
#include "twinstorm/run/mock_target.h"

namespace twinstorm::run {
namespace {

constexpr std::string_view kHost = "twinstorm-virtual.azure-devices.net";
constexpr std::uint16_t kMqttPort = 8883;
constexpr std::uint16_t kHttpsPort = 443;

hub::Options hub_options(std::uint64_t seed, const plan::MockHub& planned) {
    hub::Options options;
    options.host_name = kHost;
    options.tier = planned.tier;
    options.units = planned.units;
    options.partitions = planned.partitions;
    options.throttle = planned.throttle;
    options.verdicts = planned.verdicts == plan::Verdicts::kStrict ? defender::Mode::kStrict
                                                                   : defender::Mode::kAsShipped;
    options.security_messages_kept = 0;  // It is over before anybody could look.
    options.seed = derive(seed, "hub");
    return options;
}

}  // namespace

VirtualWorld::VirtualWorld(std::uint64_t seed, const plan::MockHub& hub, WallTime begin)
    : loop_(seed, {}),
      anchor_{begin},
      hub_(hub_options(seed, hub), anchor_, {&loop_}),
      planned_(hub) {
    loop_.serve(std::string(kHost), kMqttPort, hub_.mqtt());
    loop_.serve_http(std::string(kHost), kHttpsPort, hub_.rest());
}

CarriedLink VirtualWorld::carry(std::size_t, plan::Transport, net::LinkUser& user,
                                const net::Destination& destination) {
    auto conversation = std::make_unique<device::MqttConversation>(user, loop_.buffers());
    const net::Handle handle = loop_.carry(*conversation, destination);
    return {std::move(conversation), handle};
}

void VirtualWorld::set_recorder(std::size_t, stats::Recorder* recorder) {
    loop_.set_recorder(recorder);
}

Target VirtualWorld::target() const {
    Target target;
    target.mqtt = {std::string(kHost), kMqttPort, {}, true};
    target.rest = {std::string(kHost), kHttpsPort, {}, true};
    auto service = iothub::ConnectionString::parse(hub_.connection_string().reveal());
    TWINSTORM_CHECK(service.has_value());
    target.service = std::move(*service);
    target.admin = Admin{hub_.admin_token()};
    use_tier(planned_, "virtual", target);
    return target;
}

}  // namespace twinstorm::run

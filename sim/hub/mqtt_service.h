// Makes one conversation for each MQTT connection.
#pragma once

#include <memory>
#include <string_view>

#include "hub/core.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class MqttService final : public net::Service {
public:
    explicit MqttService(Core& core) : core_(core) {}

    [[nodiscard]] std::unique_ptr<net::Conversation> accept(net::Handle handle,
                                                            std::string_view peer,
                                                            TimePoint now) override;

private:
    Core& core_;
};

}  // namespace twinstorm::hub

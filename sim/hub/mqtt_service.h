// Makes one conversation for each MQTT connection.
#pragma once

#include <memory>

#include "hub/shard.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class MqttService final : public net::Service {
public:
    explicit MqttService(Shard& shard) : shard_(shard) {}

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle handle,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override;

private:
    Shard& shard_;
};

}  // namespace twinstorm::hub

// The port's suite, over both links that a live run has.
#include "support/message_link_suite.h"

#include "paho_link/paho_kind.h"
#include "twinstorm/device/mqtt_conversation.h"

namespace twinstorm {
namespace {

LinkOnLoop make_conversation(const LinkPlace& place, net::LinkUser& user) {
    auto link = std::make_unique<device::MqttConversation>(user, place.loop.buffers());
    const net::Handle handle = place.loop.carry(*link, place.destination);
    return {std::move(link), handle};
}

std::string name_of(const testing::TestParamInfo<LinkKind>& each) {
    return each.param.name;
}

INSTANTIATE_TEST_SUITE_P(Of, MessageLinkSuite,
                         testing::Values(paho_kind(),
                                         LinkKind{"MqttConversation", make_conversation}),
                         name_of);

}  // namespace
}  // namespace twinstorm

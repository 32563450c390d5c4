// What Paho's threads tell a link, as values that cross to the worker.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "twinstorm/base/error.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::paho_link {

struct Opened {
    bool session_present = false;
};
struct OpenFailed {
    int code = 0;            // 1 and more: CONNACK's, [MQTT-3.2.2.3]; else an MQTTASYNC_... code.
    std::string reason;      // Paho's words, often none.
    bool tls_error = false;  // OpenSSL had something to say.
};
struct Subscribed {
    bool granted = false;
};
struct Arrived {
    std::string topic;
    std::string payload;
    std::uint8_t qos = 0;
    bool duplicate = false;
};
struct Acknowledged {
    net::PublishId id = 0;
};
struct NotDelivered {  // Paho has given the message up.
    net::PublishId id = 0;
};
struct Lost {};
struct Disconnected {};

// These three come from the link itself, which may not call its user inside a call of the user's.
struct Sent {};
struct Broken {
    Error why;
};
struct Ended {};

using Event = std::variant<Opened, OpenFailed, Subscribed, Arrived, Acknowledged, NotDelivered,
                           Lost, Disconnected, Sent, Broken, Ended>;

}  // namespace twinstorm::paho_link

// An MQTT client connection in whole messages: the port behind which our own conversation (over
// sockets or in virtual time) and Eclipse Paho are the same to a device.
//
// Use:    the user calls open(); waits for on_opened(); subscribes and publishes; close() ends it.
//         After on_closed() the link is idle again and open() may be called anew.
// Owner:  one worker. Every call and every on_...() happens on its thread, never inside another.
// Errors: a call in the wrong state is a bug of ours; all that a network does arrives in
// on_closed().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/net/activity.h"

namespace twinstorm::net {

struct OpenRequest {
    std::string client_id;
    std::string user_name;
    std::string password;  // A SAS token; empty with a client certificate. Never logged.
    std::chrono::seconds keep_alive{240};
    bool clean_session = false;
    // A publish without PUBACK for so long is sent again, with DUP; after as long again it is given
    // up, and the connection with it. Zero: it is waited for as long as the connection lasts.
    Duration resend_after{};
};

struct OpenReply {
    std::uint8_t return_code = 0;  // CONNACK, [MQTT-3.2.2.3]; 0 = accepted.
    bool session_present = false;
};

struct TopicFilter {
    std::string_view filter;
    std::uint8_t qos = 0;
};

struct Message {
    std::string_view topic;
    std::span<const std::byte> payload;
    std::uint8_t qos = 0;
    bool duplicate = false;
};

// Numbers a QoS 1 publish from hand-over to acknowledgement; 0 means none (QoS 0).
using PublishId = std::uint32_t;

// Who uses a link. Its own deadlines (Activity) are carried by the link.
class LinkUser : public Activity {
public:
    virtual void on_opened(const OpenReply& reply, TimePoint now) = 0;
    virtual void on_subscribed(bool granted, TimePoint now) = 0;
    virtual void on_message(const Message& message, TimePoint now) = 0;
    virtual void on_acknowledged(PublishId id, TimePoint now) = 0;
    // It was sent twice, and no acknowledgement came; on_closed() follows. Not with Paho.
    virtual void on_given_up(PublishId /*id*/, TimePoint /*now*/) {}
    virtual void on_sent(TimePoint now) = 0;  // All published so far is with the kernel (or Paho).
    virtual void on_closed(const Error& why, TimePoint now) = 0;
};

class MessageLink {
public:
    MessageLink() = default;
    MessageLink(const MessageLink&) = delete;
    MessageLink& operator=(const MessageLink&) = delete;
    virtual ~MessageLink() = default;

    virtual void open(OpenRequest request, TimePoint now) = 0;
    virtual void close(TimePoint now) = 0;  // DISCONNECT, then on_closed(kCancelled).
    virtual void subscribe(std::span<const TopicFilter> filters, TimePoint now) = 0;
    virtual PublishId publish(const Message& message, TimePoint now) = 0;
};

}  // namespace twinstorm::net

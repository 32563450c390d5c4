// The message link of Eclipse Paho MQTT C++: an independent client for a reference group.
//
// Use:    as net::MessageLink says; attach() first, and remove() the handle before the end.
// Owner:  one worker. Paho runs one sending and one receiving thread, under one lock, for all its
//         clients: meant for tens of devices. They take the time, post to the loop, and no more.
// Times:  of Paho's callbacks; on_sent() when Paho took the message, whose thread then sends it.
// TLS:    always verified, against the host (Paho sees no other name), not the server_name.
// Paho says not why it lost a connection (kClosedByPeer), nor tells a refused connection from a
// certificate for another host (kUnreachable).
#pragma once

#include <memory>
#include <string>

#include "twinstorm/base/real_clock.h"
#include "twinstorm/net/loop.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::paho_link {

struct Options {
    net::Destination destination;
    std::string ca_file;  // Empty: the system's trust store.
};

class PahoLink final : public net::MessageLink {
public:
    PahoLink(Options options, const RealClock& clock, net::Loop& loop);
    ~PahoLink() override;

    // The user's deadlines are served by the loop from now on; the handle is for waking, and for
    // removing, which is left to the caller.
    net::Handle attach(net::LinkUser& user);

    void open(net::OpenRequest request, TimePoint now) override;
    void close(TimePoint now) override;
    void subscribe(std::span<const net::TopicFilter> filters, TimePoint now) override;
    net::PublishId publish(const net::Message& message, TimePoint now) override;

private:
    class Impl;
    // Shared, because what Paho's threads have posted may come when the link is gone: each post
    // holds a weak pointer, and a call under way keeps alive what it runs in.
    std::shared_ptr<Impl> impl_;
};

}  // namespace twinstorm::paho_link

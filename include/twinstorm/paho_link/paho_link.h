// The message link of Eclipse Paho MQTT C++: an independent client for a reference group.
//
// Use:    as net::MessageLink says. Paho's threads only post to the worker's loop.
// Owner:  one worker. Paho runs one sending and one receiving thread for all its clients: meant for
//         tens of devices. Time stamps are taken when Paho calls back, before the post.
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

    // The user's deadlines are served by the loop from now on.
    void attach(net::LinkUser& user);

    void open(net::OpenRequest request, TimePoint now) override;
    void close(TimePoint now) override;
    void subscribe(std::span<const net::TopicFilter> filters, TimePoint now) override;
    net::PublishId publish(const net::Message& message, TimePoint now) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::paho_link

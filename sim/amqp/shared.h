// What all conversations of one AMQP service share.
//
// Owner:  Service, one worker. Conversations belong to the loop and may outlive it: those still
//         there when it ends are told to forget it.
#pragma once

#include <string_view>
#include <unordered_set>

#include "amqp/readers.h"
#include "twinstorm/amqp/endpoint.h"

namespace twinstorm::amqp {

class ServiceConversation;

struct Service::Shared {
    Shared(Options service_options, Ports service_ports, WallAnchor wall_anchor,
           net::Loop& worker_loop)
        : options(std::move(service_options)),
          ports(service_ports),
          anchor(wall_anchor),
          loop(worker_loop) {}

    void log(std::string_view line) const {
        if (options.log) {
            options.log(line);
        }
    }

    Options options;
    Ports ports;
    WallAnchor anchor;
    net::Loop& loop;
    Readers readers;
    Counts counts;
    std::unordered_set<ServiceConversation*> conversations;
};

}  // namespace twinstorm::amqp

// How the tests make a PahoLink on a loop.
#pragma once

#include "support/message_link_world.h"
#include "twinstorm/paho_link/paho_link.h"

namespace twinstorm {

inline LinkOnLoop make_paho_link(const LinkPlace& place, net::LinkUser& user) {
    auto link = std::make_unique<paho_link::PahoLink>(
        paho_link::Options{place.destination, place.ca_file}, place.clock, place.loop);
    const net::Handle handle = link->attach(user);
    return {std::move(link), handle};
}

inline const LinkKind& paho_kind() {
    static const LinkKind kind{"Paho", make_paho_link};
    return kind;
}

}  // namespace twinstorm

// Listens at one port and hands each socket that comes to Core.
//
// Use:    open(), once. Too few files for a new connection pauses it for a moment, and is counted.
// Owner:  AsioLoop, as long as the loop.
#pragma once

#include <cstdint>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "asio_net/connection.h"
#include "twinstorm/asio_net/asio_loop.h"

namespace twinstorm::asio_net {

class Acceptor {
public:
    Acceptor(Core& core, const TlsContext* tls, net::Service& service);

    [[nodiscard]] Result<std::uint16_t> open(const Listener& listener);

private:
    void wait();
    void accept_ready();
    void pause();

    Core& core_;
    Reception reception_;
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor_;
    boost::asio::steady_timer timer_;
};

}  // namespace twinstorm::asio_net

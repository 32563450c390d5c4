// Sockets whose conversation is over and whose last bytes are still on their way.
//
// Why:    to close a socket with bytes unread (a TLS ticket is enough) resets it, and takes from
// the
//         peer what it has not read yet. So our half is ended first, and the socket is closed when
//         the peer has ended the other, or after kLingerTimeout. What comes meanwhile is discarded.
// Owner:  Core, as one activity for all.
#pragma once

#include <cstdint>
#include <map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "asio_net/socket.h"
#include "twinstorm/net/activity.h"

namespace twinstorm::asio_net {

class Core;

class Farewell final : public net::Activity {
public:
    explicit Farewell(Core& core) : core_(core) {}

    void add(Socket socket, TimePoint now);

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    struct Leaving {
        boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>
            descriptor;
        TimePoint until;
    };

    [[nodiscard]] bool ended(Leaving& leaving);
    void wait(std::uint64_t number, Leaving& leaving);

    Core& core_;
    std::map<std::uint64_t, Leaving> leaving_;  // In order of their time, which is all the same.
    std::uint64_t last_number_ = 0;
};

}  // namespace twinstorm::asio_net

// Who may connect, when, from where and whereto: the queue of dials, addresses and sessions.
//
// Use:    enqueue() a connection once; it is begun in order while fewer than the limit are under
//         way, each of which says started() and finished(). Always in a turn of its own, so that a
//         dial that fails at once never calls a conversation from inside another's call.
// Owner:  Core. Targets live as long as the loop: connections keep references to them.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "asio_net/stream.h"
#include "asio_net/ticket.h"
#include "twinstorm/asio_net/asio_loop.h"

namespace twinstorm::asio_net {

class Core;

// One destination, shared by all that connect there.
struct Target {
    net::Destination destination;
    std::string where;                                // host:port, for errors.
    std::vector<boost::asio::ip::address> addresses;  // Empty: to be resolved.
    std::size_t first_address = 0;                    // The one that answered last.
    std::vector<Ticket> waiting;                      // For the resolver's answer.
    TlsSession session;

    [[nodiscard]] const std::string& verified_name() const {
        return destination.server_name.empty() ? destination.host : destination.server_name;
    }
};

class Dialer {
public:
    Dialer(Core& core, const LoopOptions& options);

    [[nodiscard]] Target& target(const net::Destination& destination);

    void enqueue(Ticket ticket);
    void started() { ++in_flight_; }
    void finished();

    void resolve(Target& target, Ticket ticket);
    [[nodiscard]] std::optional<boost::asio::ip::address> next_source();

    static void forget(Target& target);  // None of its addresses answered: a name may have moved.

private:
    void schedule();
    void begin_waiting();
    void on_resolved(Target& target, const boost::system::error_code& error,
                     const boost::asio::ip::tcp::resolver::results_type& results);

    Core& core_;
    boost::asio::ip::tcp::resolver resolver_;
    std::map<std::string, std::unique_ptr<Target>> targets_;
    std::vector<boost::asio::ip::address> sources_;
    std::size_t source_at_ = 0;
    std::deque<Ticket> queue_;
    std::uint32_t in_flight_ = 0;
    const std::uint32_t in_flight_max_;
    bool scheduled_ = false;
};

}  // namespace twinstorm::asio_net

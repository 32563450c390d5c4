// Native stream sockets, non-blocking and closed on exec: made, bound, named; errors as sentences.
//
// Use:    connect_socket() starts a dial that pending_error() judges once the socket is writable.
// Owner:  a Socket owns its descriptor until release().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::asio_net {

struct Listener;

class Socket {
public:
    Socket() = default;
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
    Socket& operator=(Socket&& other) noexcept;
    ~Socket();

    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] bool valid() const { return descriptor_ >= 0; }
    [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_ = -1;
};

struct ListeningSocket {
    Socket socket;
    std::uint16_t port = 0;
};

// A failed system call as an error: what is short on this machine is kExhausted, a peer that went
// away kClosedByPeer, everything else `otherwise`.
[[nodiscard]] Error system_error(int number, std::string_view where, ErrorCode otherwise);

[[nodiscard]] std::string join_host_port(std::string_view host, std::uint16_t port);

// Starts to connect. A source address is only taken for a loopback peer of its own family.
[[nodiscard]] Result<Socket> connect_socket(const boost::asio::ip::tcp::endpoint& peer,
                                            const std::optional<boost::asio::ip::address>& source,
                                            std::string_view where);
[[nodiscard]] Result<ListeningSocket> listen_socket(const Listener& listener);

// An invalid socket when there is none to accept; `number` is the system's error then.
[[nodiscard]] Socket accept_socket(int listener, int& number);

// What lies in a connection's receive buffer, unread.
struct ReceiveQueue {
    Duration waited{};  // Since the newest of it arrived, in steps of the kernel's clock tick.
    double share = 0;   // Of the buffer, the kernel's own overhead included.
};
[[nodiscard]] std::optional<ReceiveQueue> receive_queue(int descriptor);  // None when empty.

[[nodiscard]] int pending_error(int descriptor);
[[nodiscard]] std::string peer_name(int descriptor);  // `127.0.0.1:40312`; empty once it is gone.
void finish_sending(int descriptor);                  // The peer sees the end of the stream.

}  // namespace twinstorm::asio_net

#include "asio_net/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "twinstorm/asio_net/asio_loop.h"

namespace twinstorm::asio_net {
namespace {

namespace ip = boost::asio::ip;

void set_option(int descriptor, int level, int name) {
    const int on = 1;
    // A socket without the option still works; it is only slower or scarcer.
    static_cast<void>(::setsockopt(descriptor, level, name, &on, sizeof on));
}

Socket open_socket(const ip::tcp::endpoint& endpoint) {
    return Socket(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           IPPROTO_TCP));
}

bool exhausted(int number) {
    return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM ||
           number == EADDRNOTAVAIL || number == EAGAIN;
}

ErrorCode code_of(int number, ErrorCode otherwise) {
    if (exhausted(number)) {
        return ErrorCode::kExhausted;
    }
    if (number == ETIMEDOUT) {
        return ErrorCode::kTimedOut;
    }
    // A dial that is reset found nobody: only an existing connection can be closed by its peer.
    const bool gone = number == ECONNRESET || number == EPIPE || number == ECONNABORTED;
    return gone && otherwise == ErrorCode::kIo ? ErrorCode::kClosedByPeer : otherwise;
}

std::string reason(int number) {
    if (number == EADDRNOTAVAIL) {
        return "no free local address and port; spread over more source addresses";
    }
    if (number == EMFILE) {
        return "too many open files; raise the limit (ulimit -n)";
    }
    return std::generic_category().message(number);
}

bool bind_source(const Socket& socket, const ip::address& source) {
    // The port is chosen at connect(), so that it need only be unique for that peer.
    set_option(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const ip::tcp::endpoint endpoint(source, 0);
    return ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
}

Result<std::uint16_t> bound_port(const Socket& socket, const std::string& where) {
    ip::tcp::endpoint bound;
    auto size = static_cast<socklen_t>(bound.capacity());
    if (::getsockname(socket.get(), bound.data(), &size) != 0) {
        return fail(system_error(errno, where, ErrorCode::kIo));
    }
    bound.resize(size);
    return bound.port();
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
    if (this != &other) {
        Socket old(std::exchange(descriptor_, other.release()));
    }
    return *this;
}

Socket::~Socket() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Error system_error(int number, std::string_view where, ErrorCode otherwise) {
    return Error{code_of(number, otherwise), fmt::format("{}: {}", where, reason(number))};
}

std::string join_host_port(std::string_view host, std::uint16_t port) {
    return host.find(':') == std::string_view::npos ? fmt::format("{}:{}", host, port)
                                                    : fmt::format("[{}]:{}", host, port);
}

Result<Socket> connect_socket(const ip::tcp::endpoint& peer,
                              const std::optional<ip::address>& source, std::string_view where) {
    Socket socket = open_socket(peer);
    if (!socket.valid()) {
        return fail(system_error(errno, where, ErrorCode::kUnreachable));
    }
    set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY);
    const bool near =
        source && peer.address().is_loopback() && source->is_v4() == peer.address().is_v4();
    if (near && !bind_source(socket, *source)) {
        return fail(system_error(errno, fmt::format("{} (from {})", where, source->to_string()),
                                 ErrorCode::kExhausted));
    }
    if (::connect(socket.get(), peer.data(), static_cast<socklen_t>(peer.size())) != 0 &&
        errno != EINPROGRESS) {
        return fail(system_error(errno, where, ErrorCode::kUnreachable));
    }
    return socket;
}

Result<ListeningSocket> listen_socket(const Listener& listener) {
    const std::string where = join_host_port(listener.address, listener.port);
    boost::system::error_code error;
    const ip::tcp::endpoint endpoint(ip::make_address(listener.address, error), listener.port);
    if (error) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("`{}` is no address to listen on; expected one such as 127.0.0.1",
                                listener.address));
    }
    Socket socket = open_socket(endpoint);
    if (!socket.valid()) {
        return fail(system_error(errno, where, ErrorCode::kIo));
    }
    set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR);
    if (listener.share_port) {
        set_option(socket.get(), SOL_SOCKET, SO_REUSEPORT);  // Without it bind() says why.
    }
    if (::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
        ::listen(socket.get(), kListenBacklog) != 0) {
        // An address of another machine is a mistake of the caller, not a lack of ports.
        return errno == EADDRNOTAVAIL
                   ? fail(ErrorCode::kIo, where + ": this machine has no such address")
                   : fail(system_error(errno, where, ErrorCode::kIo));
    }
    return bound_port(socket, where).map([&socket](std::uint16_t bound) {
        return ListeningSocket{std::move(socket), bound};
    });
}

Socket accept_socket(int listener, int& number) {
    Socket socket(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    number = socket.valid() ? 0 : errno;
    if (socket.valid()) {
        set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY);
    }
    return socket;
}

std::optional<ReceiveQueue> receive_queue(int descriptor) {
    int unread = 0;
    if (::ioctl(descriptor, FIONREAD, &unread) != 0 || unread == 0) {
        return std::nullopt;
    }
    tcp_info info{};
    socklen_t size = sizeof info;
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t memory_size = sizeof memory;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, memory.data(), &memory_size) != 0) {
        return std::nullopt;
    }
    const double used = memory[SK_MEMINFO_RMEM_ALLOC];
    return ReceiveQueue{std::chrono::milliseconds(info.tcpi_last_data_recv),
                        used / std::max<double>(memory[SK_MEMINFO_RCVBUF], 1)};
}

int pending_error(int descriptor) {
    int number = 0;
    socklen_t size = sizeof number;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno;
}

std::string peer_name(int descriptor) {
    ip::tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    if (::getpeername(descriptor, peer.data(), &size) != 0) {
        return {};
    }
    peer.resize(size);
    return join_host_port(peer.address().to_string(), peer.port());
}

void finish_sending(int descriptor) {
    static_cast<void>(::shutdown(descriptor, SHUT_WR));  // A peer that is gone needs no word.
}

}  // namespace twinstorm::asio_net

#include "asio_net/acceptor.h"

#include <cerrno>

#include "asio_net/core.h"
#include "asio_net/limits.h"
#include "asio_net/socket.h"

namespace twinstorm::asio_net {

namespace asio = boost::asio;

Acceptor::Acceptor(Core& core, const TlsContext* tls, net::Service& service)
    : core_(core), reception_{&service, tls}, descriptor_(core.context()), timer_(core.context()) {}

Result<std::uint16_t> Acceptor::open(const Listener& listener) {
    auto listening = listen_socket(listener);
    if (!listening) {
        return fail(std::move(listening).error());
    }
    boost::system::error_code error;
    descriptor_.assign(listening->socket.get(), error);
    if (error) {
        return fail(system_error(error.value(), join_host_port(listener.address, listener.port),
                                 ErrorCode::kIo));
    }
    static_cast<void>(listening->socket.release());
    wait();
    return listening->port;
}

void Acceptor::wait() {
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                           [this](const boost::system::error_code& error) {
                               if (error != asio::error::operation_aborted) {
                                   accept_ready();
                               }
                           });
}

void Acceptor::accept_ready() {
    for (std::size_t turn = 0; turn < kAcceptsPerTurn; ++turn) {
        int number = 0;
        Socket socket = accept_socket(descriptor_.native_handle(), number);
        if (socket.valid()) {
            core_.accepted(std::move(socket), reception_);
            continue;
        }
        if (number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM) {
            pause();
            return;
        }
        if (number == EAGAIN) {
            break;
        }
        // Any other error is of the one connection that was about to be accepted (accept(2)).
    }
    wait();
}

// The next attempt would fail as well, and the listener stays readable: not to spin, it waits.
void Acceptor::pause() {
    ++core_.counts().accepts_paused;
    timer_.expires_after(kAcceptPause);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error != asio::error::operation_aborted) {
            wait();
        }
    });
}

}  // namespace twinstorm::asio_net

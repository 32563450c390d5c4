#include "asio_net/readiness.h"

#include <cerrno>

#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {

Readiness::Readiness(boost::asio::io_context& context) : set_(context) {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    TWINSTORM_CHECK(set >= 0);  // As Asio's own, which the context has made by now.
    set_.assign(set);
}

int Readiness::watch(int socket, std::uint64_t token) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = token;
    return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : errno;
}

void Readiness::forget(int socket) {
    static_cast<void>(::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr));
}

std::size_t Readiness::collect() {
    const int count = ::epoll_wait(set_.native_handle(), events_.data(), kPerTurn, 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace twinstorm::asio_net

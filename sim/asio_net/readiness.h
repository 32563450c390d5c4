// Which sockets are ready, for all connections of a loop at once: an epoll set inside of Asio's.
//
// Use:    watch() a socket once; each() when the set itself is readable. A socket is told of once
//         for each change (edge-triggered), so whoever is told reads and writes as far as it goes.
//         Closing a socket ends its watch; one that lives on elsewhere is to be forgotten first.
// Owner:  Core.
// Cost:   two system calls for all that is ready in a turn, where a wait of Asio's is one for each
//         connection and message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace twinstorm::asio_net {

class Readiness {
public:
    explicit Readiness(boost::asio::io_context& context);

    // 0, or the system's number of an error.
    [[nodiscard]] int watch(int socket, std::uint64_t token);
    void forget(int socket);

    // Calls work() once, when something is ready.
    template <class Work>
    void async_wait(Work work) {
        set_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        [work = std::move(work)](const boost::system::error_code& error) {
                            if (!error) {
                                work();
                            }
                        });
    }

    // Calls ready(token, ended) for what is ready, up to a turn's worth. `ended`: the peer sends no
    // more, which is not told again.
    template <class Ready>
    void each(const Ready& ready) {
        const std::size_t count = collect();
        for (std::size_t i = 0; i < count; ++i) {
            constexpr std::uint32_t kEnded = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
            ready(events_[i].data.u64, (events_[i].events & kEnded) != 0);
        }
    }

private:
    [[nodiscard]] std::size_t collect();

    static constexpr std::size_t kPerTurn = 256;
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
    std::array<epoll_event, kPerTurn> events_{};
};

}  // namespace twinstorm::asio_net

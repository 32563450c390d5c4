// The floor of a server: takes MQTT connections, and answers each QoS 1 publish with its PUBACK,
// all that one read brought with one write. Prints its port, then serves until it is killed.
//
//   raw_server [CERTIFICATE KEY]     with TLS when both are given

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "raw.h"

namespace twinstorm::bench {
namespace {

constexpr int kBacklog = 4'096;
constexpr std::size_t kEvents = 512;

struct Client {
    explicit Client(int descriptor) : pipe(descriptor) {}
    Pipe pipe;
    Packets packets;
};

class Server {
public:
    explicit Server(SSL_CTX* tls) : tls_(tls), poll_(epoll_create1(0)) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, any, size) != 0 || listen(listener_, kBacklog) != 0) {
            give_up("raw_server cannot listen");
        }
        getsockname(listener_, any, &size);
        fmt::print("{}\n", ntohs(address.sin_port));
        std::fflush(stdout);
        watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, kEvents> events{};
        while (true) {
            const int count = epoll_wait(poll_, events.data(), kEvents, -1);
            for (int i = 0; i < count; ++i) {
                const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
                descriptor == listener_ ? accept_all() : serve(descriptor);
            }
        }
    }

private:
    void watch(int how, int descriptor, unsigned what) const {
        epoll_event event{};
        event.events = what;
        event.data.fd = descriptor;
        epoll_ctl(poll_, how, descriptor, &event);
    }

    void accept_all() {
        int descriptor = 0;
        while ((descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
            const int on = 1;
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            const auto place = static_cast<std::size_t>(descriptor);
            if (place >= clients_.size()) {
                clients_.resize(place + 1);
            }
            clients_[place] = std::make_unique<Client>(descriptor);
            clients_[place]->pipe.use_tls(tls_, true);
            watch(EPOLL_CTL_ADD, descriptor, EPOLLIN);
        }
    }

    void serve(int descriptor) {
        std::unique_ptr<Client>& client = clients_[static_cast<std::size_t>(descriptor)];
        if (!client->pipe.shake_hands()) {
            return;
        }
        long size = 0;
        answers_.clear();
        // Short of the buffer's end there is nothing more, and no second call is needed to see it.
        do {
            size = client->pipe.read(buffer_.data(), buffer_.size());
            if (size < 0) {
                client.reset();
                return;
            }
            client->packets.feed(buffer_.data(), static_cast<std::size_t>(size),
                                 [this](unsigned char head, const unsigned char* body,
                                        std::size_t) { answer(head, body); });
        } while (size > 0 && (tls_ != nullptr || size == static_cast<long>(buffer_.size())));
        if (!answers_.empty() && client->pipe.write(answers_.data(), answers_.size()) !=
                                     static_cast<long>(answers_.size())) {
            give_up("raw_server: a client does not read its answers");
        }
    }

    void answer(unsigned char head, const unsigned char* body) {
        switch (head >> 4) {
            case 1:
                answers_.append("\x20\x02\x00\x00", 4);
                break;
            case 3:
                if ((head & 0x06) != 0) {
                    const std::size_t id = 2U + (std::size_t{body[0]} << 8U) + body[1];
                    answers_.append("\x40\x02", 2);
                    answers_.append(reinterpret_cast<const char*>(body + id), 2);
                }
                break;
            case 12:
                answers_.append("\xD0\x00", 2);
                break;
            default:
                break;
        }
    }

    SSL_CTX* tls_;
    int poll_;
    int listener_ = -1;
    std::array<unsigned char, 64 * 1024> buffer_{};
    std::string answers_;
    std::vector<std::unique_ptr<Client>> clients_;  // By descriptor.
};

SSL_CTX* server_tls(const char* certificate, const char* key) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        give_up("raw_server cannot read its certificate");
    }
    return context;
}

}  // namespace
}  // namespace twinstorm::bench

int main(int argc, char** argv) {
    using namespace twinstorm::bench;
    raise_file_limit();
    Server(argc == 3 ? server_tls(argv[1], argv[2]) : nullptr).run();
}

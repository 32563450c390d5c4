// The floor of a generator: QoS 1 publishes of 256 bytes, as many in flight as asked for, each
// stamped when it was intended and when it was sent, and counted into two histograms when its
// PUBACK comes. Prints `name value` lines, as mqtt_load does.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "raw.h"

namespace twinstorm::bench {
namespace {

constexpr std::size_t kEvents = 512;
constexpr std::size_t kDialsMax = 256;  // Under way at a time.
constexpr std::uint64_t kSecond = 1'000'000'000;

struct Settings {
    std::uint16_t port = 1883;
    std::string ca_file;  // TLS when given.
    std::size_t connections = 100;
    std::size_t in_flight = 1;
    std::uint64_t messages = 100'000;
    double rate = 0;  // Of all connections together; 0: a closed loop.
    std::size_t payload = 256;
    std::size_t addresses = 8;
};

// Powers of two in 16 steps: enough for a floor, and as cheap as a real one.
class Buckets {
public:
    void add(std::uint64_t ns) {
        const std::uint64_t us = ns / 1'000 + 16;
        const auto shift = static_cast<unsigned>(std::bit_width(us)) - 5;
        ++counts_[(std::size_t{shift} << 4) + static_cast<std::size_t>(us >> shift)];
        ++total_;
    }
    [[nodiscard]] std::uint64_t at(double share) const {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 16; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) {
                const std::size_t shift = (i >> 4) - 1;
                return ((i - (shift << 4)) << shift) - 16;
            }
        }
        return 0;
    }

private:
    std::array<std::uint64_t, 1024> counts_{};
    std::uint64_t total_ = 0;
};

struct Stamp {
    std::uint64_t intended = 0;
    std::uint64_t sent = 0;
};

struct Client {
    Client(int descriptor, std::size_t in_flight) : pipe(descriptor), stamps(in_flight) {}
    Pipe pipe;
    Packets packets;
    std::vector<Stamp> stamps;  // A ring: acknowledgements come in order.
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    bool open = false;
    bool connect_sent = false;
};

class Load {
public:
    Load(const Settings& settings, SSL_CTX* tls)
        : settings_(settings), tls_(tls), poll_(epoll_create1(0)) {
        constexpr std::string_view kTopic = "bench/raw";
        const std::string packet = publish_packet(kTopic, settings.payload);
        id_at_ = packet_id_at(kTopic, settings.payload);
        packet_bytes_ = packet.size();
        // One write for all that a turn has to send.
        for (std::size_t i = 0; i < window(); ++i) {
            packets_ += packet;
        }
    }

    void run() {
        const std::uint64_t memory = own_memory_bytes();
        const std::uint64_t cpu = own_cpu_ns();
        const std::uint64_t began = monotonic_ns();
        while (open_ < settings_.connections) {
            while (dialed_ < settings_.connections && dialed_ - open_ < kDialsMax) {
                dial();
            }
            turn(-1);
        }
        const double connections = static_cast<double>(open_);
        const auto per_connection = [connections](std::uint64_t whole) {
            return static_cast<double>(whole) / connections;
        };
        fmt::print("connects_per_s {:.0f}\n",
                   connections * 1e9 / static_cast<double>(monotonic_ns() - began));
        fmt::print("client_cpu_us_per_connect {:.2f}\n", per_connection(own_cpu_ns() - cpu) / 1e3);
        fmt::print("client_memory_bytes_per_connection {:.0f}\n",
                   per_connection(own_memory_bytes() - memory));
        if (settings_.messages > 0) {
            publish_all();
        }
    }

private:
    [[nodiscard]] std::size_t window() const {
        return std::max<std::size_t>(settings_.in_flight, 1);
    }

    void dial() {
        const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        const int on = 1;
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr =
            htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(dialed_ % settings_.addresses));
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        bool good = bind(descriptor, any, sizeof address) == 0;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(settings_.port);
        good = good && (connect(descriptor, any, sizeof address) == 0 || errno == EINPROGRESS);
        if (!good) {
            give_up(fmt::format("raw_load cannot connect: {}", std::strerror(errno)));
        }
        clients_.push_back(std::make_unique<Client>(descriptor, window()));
        clients_.back()->pipe.use_tls(tls_, false);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT;
        event.data.u64 = dialed_++;
        epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
    }

    void turn(int wait_ms) {
        const int count = epoll_wait(poll_, events_.data(), kEvents, wait_ms);
        const std::uint64_t now = monotonic_ns();
        for (int i = 0; i < count; ++i) {
            const std::uint64_t number = events_[static_cast<std::size_t>(i)].data.u64;
            Client& client = *clients_[number];
            client.open ? receive(client, now) : begin(client, number);
        }
    }

    void begin(Client& client, std::uint64_t number) {
        if (!client.pipe.shake_hands()) {
            watch(client, number, client.pipe.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN);
            return;
        }
        if (!client.connect_sent) {
            const std::string packet = connect_packet(fmt::format("raw-{:05}", number));
            if (client.pipe.write(packet.data(), packet.size()) <= 0) {
                give_up("raw_load: a connection ended");
            }
            client.connect_sent = true;
            watch(client, number, EPOLLIN);
        }
        const long size = client.pipe.read(buffer_.data(), buffer_.size());
        if (size < 0) {
            give_up("raw_load: a connection ended before its CONNACK");
        }
        if (size >= 4) {
            client.open = true;
            ++open_;
        }
    }

    void watch(const Client& client, std::uint64_t number, unsigned what) const {
        epoll_event event{};
        event.events = what;
        event.data.u64 = number;
        epoll_ctl(poll_, EPOLL_CTL_MOD, client.pipe.descriptor(), &event);
    }

    void publish_all() {
        const std::uint64_t cpu = own_cpu_ns();
        began_ = monotonic_ns();
        if (settings_.rate > 0) {
            keep_schedule();
        } else {
            for (const auto& client : clients_) {
                send(*client, window(), began_);
            }
            while (acknowledged_ < settings_.messages) {
                turn(-1);
            }
        }
        const auto messages = static_cast<double>(acknowledged_);
        fmt::print("client_cpu_us_per_message {:.3f}\n",
                   static_cast<double>(own_cpu_ns() - cpu) / 1e3 / messages);
        fmt::print("messages_per_s {:.0f}\n",
                   messages * 1e9 / static_cast<double>(monotonic_ns() - began_));
        fmt::print("ack_us_p50 {}\nack_us_p99 {}\n", from_intended_.at(0.5),
                   from_intended_.at(0.99));
    }

    // Each message at its own instant, one client after the other.
    void keep_schedule() {
        const double interval = 1e9 / settings_.rate;
        const auto instant = [&](std::uint64_t number) {
            return began_ + static_cast<std::uint64_t>(interval * static_cast<double>(number));
        };
        std::uint64_t next = 0;
        while (acknowledged_ < settings_.messages) {
            std::uint64_t now = monotonic_ns();
            for (; next < settings_.messages && instant(next) <= now; ++next) {
                Client& client = *clients_[next % clients_.size()];
                if (client.sent - client.acknowledged < window()) {
                    send(client, 1, instant(next));
                } else {
                    give_up("raw_load: the server does not keep up; give more --in-flight");
                }
            }
            now = monotonic_ns();
            const std::uint64_t due = next < settings_.messages ? instant(next) : now + kSecond;
            timespec wait{0, due > now ? static_cast<long>(std::min(due - now, kSecond - 1)) : 0};
            const int count = epoll_pwait2(poll_, events_.data(), kEvents, &wait, nullptr);
            now = monotonic_ns();
            for (int i = 0; i < count; ++i) {
                receive(*clients_[events_[static_cast<std::size_t>(i)].data.u64], now);
            }
        }
    }

    void send(Client& client, std::size_t count, std::uint64_t intended) {
        count =
            static_cast<std::size_t>(std::min<std::uint64_t>(count, settings_.messages - sent_));
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t number = client.sent + i;
            const std::uint64_t id = number % 0xFFFF + 1;
            packets_[i * packet_bytes_ + id_at_] = static_cast<char>(id >> 8);
            packets_[i * packet_bytes_ + id_at_ + 1] = static_cast<char>(id & 0xFF);
        }
        if (count > 0 && client.pipe.write(packets_.data(), count * packet_bytes_) !=
                             static_cast<long>(count * packet_bytes_)) {
            give_up("raw_load: the server does not read");
        }
        const std::uint64_t now = count > 0 ? monotonic_ns() : 0;
        for (std::size_t i = 0; i < count; ++i) {
            client.stamps[(client.sent + i) % window()] = {intended, now};
        }
        client.sent += count;
        sent_ += count;
    }

    void receive(Client& client, std::uint64_t now) {
        std::size_t answered = 0;
        long size = 0;
        do {
            size = client.pipe.read(buffer_.data(), buffer_.size());
            if (size < 0) {
                give_up("raw_load: a connection ended");
            }
            client.packets.feed(buffer_.data(), static_cast<std::size_t>(size),
                                [&](unsigned char head, const unsigned char*, std::size_t) {
                                    answered += head >> 4 == 4 ? 1 : 0;
                                });
        } while (size > 0 && tls_ != nullptr);
        for (std::size_t i = 0; i < answered; ++i) {
            const Stamp& stamp = client.stamps[client.acknowledged++ % window()];
            from_intended_.add(now - stamp.intended);
            from_sent_.add(now - std::min(stamp.sent, now));
        }
        acknowledged_ += answered;
        if (settings_.rate <= 0) {
            send(client, answered, now);
        }
    }

    const Settings& settings_;
    SSL_CTX* tls_;
    int poll_;
    std::array<epoll_event, kEvents> events_{};
    std::array<unsigned char, 64 * 1024> buffer_{};
    std::string packets_;
    std::size_t packet_bytes_ = 0;
    std::size_t id_at_ = 0;
    std::vector<std::unique_ptr<Client>> clients_;
    std::size_t dialed_ = 0;
    std::size_t open_ = 0;
    std::uint64_t began_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t acknowledged_ = 0;
    Buckets from_intended_;
    Buckets from_sent_;
};

SSL_CTX* client_tls(const std::string& ca_file) {
    if (ca_file.empty()) {
        return nullptr;
    }
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
        give_up("raw_load cannot read the CA's file");
    }
    return context;
}

}  // namespace
}  // namespace twinstorm::bench

int main(int argc, char** argv) {
    using namespace twinstorm::bench;
    Settings settings;
    CLI::App app("The floor of a generator");
    app.add_option("--port", settings.port)->required();
    app.add_option("--ca", settings.ca_file);
    app.add_option("--connections", settings.connections);
    app.add_option("--in-flight", settings.in_flight);
    app.add_option("--messages", settings.messages);
    app.add_option("--rate", settings.rate);
    app.add_option("--payload", settings.payload);
    CLI11_PARSE(app, argc, argv);
    raise_file_limit();
    Load(settings, client_tls(settings.ca_file)).run();
}

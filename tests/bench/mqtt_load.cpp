// Loads one MQTT server with QoS 1 publishes in a closed loop, or with idle connections, and says
// what that cost either side: CPU time per message, memory per connection.
//
// The client is the simulator's own, and counts each message into its recorder as an agent does;
// the server is measured from /proc. Prints `name value` lines. Used by floor_and_peers.mjs.

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "raw.h"
#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/real_clock.h"
#include "twinstorm/device/mqtt_conversation.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/run/machine.h"
#include "twinstorm/run/mock_target.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::bench {
namespace {

using namespace std::chrono_literals;

struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 1883;
    std::string ca_file;     // TLS when given.
    std::string ready_file;  // Of a mock hub: credentials come from it.
    int server = 0;          // Process id; 0: only the client is measured.
    std::size_t connections = 100;
    std::size_t in_flight = 1;
    std::uint64_t messages = 100'000;
    std::size_t payload = 256;
    bool resume = true;            // TLS sessions, as one device does; a fleet never.
    std::chrono::seconds idle{0};  // Instead of messages: holds the connections that long.
};

// CPU time of all threads in nanoseconds; the ticks of /proc/PID/stat are too coarse.
std::uint64_t cpu_ns(int process) {
    std::uint64_t sum = 0;
    std::error_code error;
    const std::string tasks = fmt::format("/proc/{}/task", process);
    for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
        std::uint64_t on_cpu = 0;
        std::ifstream(task.path() / "schedstat") >> on_cpu;
        sum += on_cpu;
    }
    return sum;
}

std::uint64_t memory_bytes(int process) {
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    std::ifstream(fmt::format("/proc/{}/statm", process)) >> pages >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

class Bench;

class Client final : public net::LinkUser {
public:
    Client(Bench& bench, std::string client_id, std::string topic, net::Loop& loop)
        : bench_(bench),
          client_id_(std::move(client_id)),
          topic_(std::move(topic)),
          conversation_(*this, loop.buffers()) {}

    void open(net::Loop& loop, const net::Destination& destination);
    void publish(TimePoint now);
    void start(TimePoint now);

    void on_opened(const net::OpenReply& reply, TimePoint now) override;
    void on_subscribed(bool, TimePoint) override {}
    void on_message(const net::Message&, TimePoint) override {}
    void on_acknowledged(net::PublishId, TimePoint now) override;
    void on_sent(TimePoint now) override;
    void on_closed(const Error& why, TimePoint now) override;
    void advance(TimePoint) override {}
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return std::nullopt; }

private:
    struct Stamp {
        TimePoint intended;
        TimePoint sent;
    };

    Bench& bench_;
    std::string client_id_;
    std::string topic_;
    device::MqttConversation conversation_;
    net::Handle handle_ = 0;
    std::vector<Stamp> stamps_;  // A ring: acknowledgements come in order.
    std::size_t published_ = 0;
    std::size_t stamped_ = 0;
    std::size_t acknowledged_ = 0;
};

class Bench {
public:
    Bench(const Settings& settings, const net::Destination& destination,
          const std::string& host_name, const std::string& token, net::Loop& loop)
        : settings_(settings),
          destination_(destination),
          host_name_(host_name),
          token_(token),
          loop_(loop),
          payload_(settings.payload, std::byte{'x'}),
          server_memory_(settings.server > 0 ? memory_bytes(settings.server) : 0) {
        recorder_.open_window(kRunStart);
    }

    void run() {
        for (std::size_t i = 0; i < settings_.connections; ++i) {
            const std::string device = fmt::format("bench-{:05}", i);
            const bool hub = !host_name_.empty();
            clients_.push_back(std::make_unique<Client>(
                *this, hub ? device + "/DefenderIotMicroAgent" : device,
                hub ? fmt::format("devices/{}/modules/DefenderIotMicroAgent/messages/events/",
                                  device)
                    : "bench/" + device,
                loop_));
        }
        started_ = loop_.now();
        client_memory_ = own_memory_bytes();
        client_cpu_ = own_cpu_ns();
        for (const auto& client : clients_) {
            client->open(loop_, destination_);
        }
        loop_.run();
    }

    [[nodiscard]] net::OpenRequest request(const std::string& client_id) const {
        net::OpenRequest request;
        request.client_id = client_id;
        request.clean_session = true;
        if (!host_name_.empty()) {
            request.user_name = fmt::format("{}/{}/?api-version=2021-04-12", host_name_, client_id);
            request.password = token_;
        }
        return request;
    }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] const Buffer& payload() const { return payload_; }
    void wake(net::Handle handle) { loop_.wake(handle); }

    void opened(TimePoint now) {
        if (++opened_ < settings_.connections) {
            return;
        }
        fmt::print("connects_per_s {:.0f}\n",
                   static_cast<double>(opened_) / to_seconds(now - started_));
        print_client("connect", opened_);
        fmt::print("client_memory_bytes_per_connection {:.0f}\n",
                   static_cast<double>(own_memory_bytes() - client_memory_) /
                       static_cast<double>(opened_));
        if (settings_.idle.count() > 0) {
            loop_.add(*(hold_ = std::make_unique<Hold>(*this, now + settings_.idle)));
            return;
        }
        server_cpu_ = settings_.server > 0 ? cpu_ns(settings_.server) : 0;
        client_cpu_ = own_cpu_ns();
        began_ = now;
        for (const auto& client : clients_) {
            client->start(now);
        }
    }

    // Whether there is one more message to send.
    [[nodiscard]] bool take() { return sent_ < settings_.messages && ++sent_ > 0; }

    void acknowledged(TimePoint now) {
        if (++acknowledged_ < settings_.messages) {
            return;
        }
        const auto messages = static_cast<double>(acknowledged_);
        print_client("message", acknowledged_);
        if (settings_.server > 0) {
            fmt::print(
                "server_cpu_us_per_message {:.3f}\n",
                static_cast<double>(cpu_ns(settings_.server) - server_cpu_) / 1e3 / messages);
        }
        const auto& latency = recorder_.current()[stats::Metric::kSecurityMessageAck];
        fmt::print("ack_us_p50 {}\nack_us_p99 {}\n", latency.value_at(0.5), latency.value_at(0.99));
        fmt::print("messages_per_s {:.0f}\n", messages / to_seconds(now - began_));
        loop_.stop();
    }

    void held() {
        const std::uint64_t memory = settings_.server > 0 ? memory_bytes(settings_.server) : 0;
        fmt::print("server_memory_bytes_per_connection {:.0f}\n",
                   static_cast<double>(memory - server_memory_) /
                       static_cast<double>(settings_.connections));
        fmt::print("connections {}\ndropped {}\n", opened_, dropped_);
        loop_.stop();
    }

    void failed(const std::string& what) {
        ++dropped_;
        if (acknowledged_ < settings_.messages || settings_.idle.count() > 0) {
            fmt::print(stderr, "mqtt_load: {}\n", what);
            failed_ = true;
            loop_.stop();
        }
    }
    [[nodiscard]] bool good() const { return !failed_; }
    [[nodiscard]] stats::Recorder& recorder() { return recorder_; }

private:
    void print_client(std::string_view what, std::uint64_t count) const {
        fmt::print(
            "client_cpu_us_per_{} {:.3f}\n", what,
            static_cast<double>(own_cpu_ns() - client_cpu_) / 1e3 / static_cast<double>(count));
    }

    class Hold final : public net::Activity {
    public:
        Hold(Bench& bench, TimePoint until) : bench_(bench), until_(until) {}
        void advance(TimePoint now) override {
            if (now >= until_) {
                until_ = TimePoint::max();
                bench_.held();
            }
        }
        [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return until_; }

    private:
        Bench& bench_;
        TimePoint until_;
    };

    const Settings& settings_;
    net::Destination destination_;
    std::string host_name_;
    std::string token_;
    net::Loop& loop_;
    Buffer payload_;
    std::uint64_t server_memory_;
    std::uint64_t client_memory_ = 0;
    std::uint64_t server_cpu_ = 0;
    std::uint64_t client_cpu_ = 0;
    stats::Recorder recorder_;
    TimePoint started_{};
    TimePoint began_{};
    std::size_t opened_ = 0;
    std::size_t dropped_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t acknowledged_ = 0;
    bool failed_ = false;
    std::unique_ptr<Hold> hold_;
    std::vector<std::unique_ptr<Client>> clients_;
};

void Client::open(net::Loop& loop, const net::Destination& destination) {
    handle_ = loop.carry(conversation_, destination);
    conversation_.open(bench_.request(client_id_), loop.now());
    loop.wake(handle_);
}

void Client::start(TimePoint now) {
    stamps_.resize(bench_.settings().in_flight);
    for (std::size_t i = 0; i < bench_.settings().in_flight; ++i) {
        publish(now);
    }
}

void Client::publish(TimePoint now) {
    if (bench_.take()) {
        stamps_[published_++ % stamps_.size()].intended = now;
        static_cast<void>(conversation_.publish({topic_, bench_.payload(), 1, false}, now));
        bench_.wake(handle_);
    }
}

void Client::on_opened(const net::OpenReply& reply, TimePoint now) {
    if (reply.return_code != 0) {
        bench_.failed(fmt::format("{}: CONNACK {}", client_id_, reply.return_code));
        return;
    }
    bench_.opened(now);
}

void Client::on_sent(TimePoint now) {
    for (; stamped_ < published_; ++stamped_) {
        stamps_[stamped_ % stamps_.size()].sent = now;
    }
}

void Client::on_acknowledged(net::PublishId, TimePoint now) {
    const Stamp& stamp = stamps_[acknowledged_++ % stamps_.size()];
    bench_.recorder().record(stats::Metric::kSecurityMessageAck, stamp.intended, now);
    bench_.recorder().record(stats::Metric::kSecurityMessageService, stamp.intended,
                             now - stamp.sent);
    publish(now);
    bench_.acknowledged(now);
}

void Client::on_closed(const Error& why, TimePoint) {
    bench_.failed(fmt::format("{}: {}", client_id_, why.message()));
}

}  // namespace
}  // namespace twinstorm::bench

int main(int argc, char** argv) {
    using namespace twinstorm;
    bench::Settings settings;
    CLI::App app("Loads one MQTT server and says what it cost");
    app.add_option("--host", settings.host);
    app.add_option("--port", settings.port);
    app.add_option("--ca", settings.ca_file);
    app.add_option("--ready", settings.ready_file);
    app.add_option("--server", settings.server);
    app.add_option("--connections", settings.connections);
    app.add_option("--in-flight", settings.in_flight);
    app.add_option("--messages", settings.messages);
    app.add_option("--payload", settings.payload);
    app.add_option("--idle", settings.idle);
    app.add_flag("!--full-handshakes", settings.resume);
    CLI11_PARSE(app, argc, argv);

    static_cast<void>(run::machine_limits());
    net::Destination destination{settings.host, settings.port, "localhost",
                                 !settings.ca_file.empty()};
    std::string host_name;
    std::string token;
    if (!settings.ready_file.empty()) {
        const auto hub = run::read_ready_file(settings.ready_file);
        if (!hub) {
            fmt::print(stderr, "mqtt_load: {}\n", hub.error().message());
            return 1;
        }
        const auto& service = hub->target.service;
        host_name = service.host_name;
        constexpr std::int64_t kFarFuture = 4'102'444'800;  // 2100: no renewal during the run.
        token = iothub::make_sas_token(host_name, service.key.reveal(), kFarFuture, service.policy)
                    .value_or("");
    }
    const RealClock clock;
    std::optional<asio_net::TlsContext> tls;
    if (destination.tls) {
        auto made = asio_net::TlsContext::client(settings.ca_file);
        if (!made) {
            fmt::print(stderr, "mqtt_load: {}\n", made.error().message());
            return 1;
        }
        tls = *std::move(made);
    }
    asio_net::LoopOptions options;
    options.resume_tls_sessions = settings.resume;
    options.client_tls = tls ? &*tls : nullptr;
    options.source_addresses = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4",
                                "127.0.0.5", "127.0.0.6", "127.0.0.7", "127.0.0.8"};
    asio_net::AsioLoop loop(clock, options);
    bench::Bench bench(settings, destination, host_name, token, loop);
    bench.run();
    return bench.good() ? 0 : 1;
}

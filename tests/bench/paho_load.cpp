// Paho C++ as a generator, under the same load as raw_load.

#include <mqtt/async_client.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "raw.h"

namespace twinstorm::bench {
namespace {

struct Settings {
    std::uint16_t port = 1883;
    std::string ca_file;
    std::size_t connections = 100;
    std::size_t in_flight = 1;
    std::uint64_t messages = 100'000;
    std::size_t payload = 256;
};

// Paho calls from a thread of its own, so the counts are atomic.
struct Load {
    const Settings& settings;
    std::string payload;
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> acknowledged{0};
};

class Client final : public mqtt::callback {
public:
    Client(Load& load, std::size_t number)
        : load_(load),
          client_((load.settings.ca_file.empty() ? "tcp://localhost:" : "ssl://localhost:") +
                      std::to_string(load.settings.port),
                  fmt::format("paho-{:05}", number), nullptr) {
        client_.set_callback(*this);
    }

    mqtt::token_ptr connect() {
        mqtt::connect_options options;
        options.set_clean_session(true);
        options.set_max_inflight(1'000);
        if (!load_.settings.ca_file.empty()) {
            mqtt::ssl_options tls;
            tls.set_trust_store(load_.settings.ca_file);
            options.set_ssl(tls);
        }
        return client_.connect(options);
    }
    void disconnect() { client_.disconnect()->wait(); }

    void publish() {
        if (load_.sent.fetch_add(1) < load_.settings.messages) {
            client_.publish("bench/paho", load_.payload.data(), load_.payload.size(), 1, false);
        }
    }

    void delivery_complete(mqtt::delivery_token_ptr) override {
        load_.acknowledged.fetch_add(1);
        publish();
    }

private:
    Load& load_;
    mqtt::async_client client_;
};

void run(const Settings& settings) {
    Load load{settings, std::string(settings.payload, 'x')};
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<mqtt::token_ptr> tokens;
    const std::uint64_t memory = own_memory_bytes();
    const std::uint64_t cpu = own_cpu_ns();
    const std::uint64_t began = monotonic_ns();
    for (std::size_t i = 0; i < settings.connections; ++i) {
        clients.push_back(std::make_unique<Client>(load, i));
        tokens.push_back(clients.back()->connect());
    }
    for (const mqtt::token_ptr& token : tokens) {
        token->wait();
    }
    const auto count = static_cast<double>(clients.size());
    fmt::print("connects_per_s {:.0f}\n",
               count * 1e9 / static_cast<double>(monotonic_ns() - began));
    fmt::print("client_cpu_us_per_connect {:.2f}\n",
               static_cast<double>(own_cpu_ns() - cpu) / 1e3 / count);
    fmt::print("client_memory_bytes_per_connection {:.0f}\n",
               static_cast<double>(own_memory_bytes() - memory) / count);
    const std::uint64_t before = own_cpu_ns();
    const std::uint64_t start = monotonic_ns();
    for (const auto& client : clients) {
        for (std::size_t i = 0; i < settings.in_flight; ++i) {
            client->publish();
        }
    }
    while (load.acknowledged.load() < settings.messages) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const auto messages = static_cast<double>(settings.messages);
    fmt::print("client_cpu_us_per_message {:.3f}\n",
               static_cast<double>(own_cpu_ns() - before) / 1e3 / messages);
    fmt::print("messages_per_s {:.0f}\n",
               messages * 1e9 / static_cast<double>(monotonic_ns() - start));
    for (const auto& client : clients) {
        client->disconnect();
    }
}

}  // namespace
}  // namespace twinstorm::bench

int main(int argc, char** argv) {
    using namespace twinstorm::bench;
    Settings settings;
    CLI::App app("Paho C++ as a generator");
    app.add_option("--port", settings.port)->required();
    app.add_option("--ca", settings.ca_file);
    app.add_option("--connections", settings.connections);
    app.add_option("--in-flight", settings.in_flight);
    app.add_option("--messages", settings.messages);
    app.add_option("--payload", settings.payload);
    CLI11_PARSE(app, argc, argv);
    raise_file_limit();
    run(settings);
}

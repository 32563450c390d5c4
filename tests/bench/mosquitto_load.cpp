// libmosquitto as a generator, under the same load as raw_load: a loop of its own for each client,
// all in one thread, as its manual has it for programs with a poll loop.

#include <mosquitto.h>
#include <poll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "raw.h"

namespace twinstorm::bench {
namespace {

struct Settings {
    int port = 1883;
    std::string ca_file;
    std::size_t connections = 100;
    std::size_t in_flight = 1;
    std::uint64_t messages = 100'000;
    std::size_t payload = 256;
};

struct Load {
    const Settings& settings;
    std::string payload;
    std::size_t open = 0;
    std::uint64_t sent = 0;
    std::uint64_t acknowledged = 0;
    bool publishing = false;

    void publish(mosquitto* client) {
        if (sent < settings.messages) {
            ++sent;
            mosquitto_publish(client, nullptr, "bench/peer", static_cast<int>(payload.size()),
                              payload.data(), 1, false);
        }
    }
};

mosquitto* make_client(Load& load, std::size_t number) {
    mosquitto* const client = mosquitto_new(fmt::format("peer-{:05}", number).c_str(), true, &load);
    if (client == nullptr) {
        give_up("mosquitto_load: no client");
    }
    mosquitto_max_inflight_messages_set(client, static_cast<unsigned>(load.settings.in_flight));
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(client, [](mosquitto*, void* user, int code) {
        if (code != 0) {
            give_up("mosquitto_load: refused");
        }
        ++static_cast<Load*>(user)->open;
    });
    mosquitto_publish_callback_set(client, [](mosquitto* own, void* user, int) {
        auto& all = *static_cast<Load*>(user);
        ++all.acknowledged;
        all.publish(own);
    });
    if (!load.settings.ca_file.empty()) {
        mosquitto_tls_set(client, load.settings.ca_file.c_str(), nullptr, nullptr, nullptr,
                          nullptr);
    }
    if (mosquitto_connect(client, "localhost", load.settings.port, 240) != MOSQ_ERR_SUCCESS) {
        give_up("mosquitto_load: cannot connect");
    }
    return client;
}

void turn(const std::vector<mosquitto*>& clients, std::vector<pollfd>& polled) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
        polled[i] = {mosquitto_socket(clients[i]), POLLIN, 0};
        if (mosquitto_want_write(clients[i])) {
            polled[i].events |= POLLOUT;
        }
    }
    poll(polled.data(), polled.size(), 100);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        if ((polled[i].revents & POLLIN) != 0) {
            mosquitto_loop_read(clients[i], 64);
        }
        if ((polled[i].revents & POLLOUT) != 0) {
            mosquitto_loop_write(clients[i], 64);
        }
    }
}

void run(const Settings& settings) {
    Load load{settings, std::string(settings.payload, 'x')};
    std::vector<mosquitto*> clients;
    const std::uint64_t memory = own_memory_bytes();
    const std::uint64_t cpu = own_cpu_ns();
    const std::uint64_t began = monotonic_ns();
    for (std::size_t i = 0; i < settings.connections; ++i) {
        clients.push_back(make_client(load, i));
    }
    std::vector<pollfd> polled(clients.size());
    while (load.open < clients.size()) {
        turn(clients, polled);
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
    for (mosquitto* const client : clients) {
        for (std::size_t i = 0; i < settings.in_flight; ++i) {
            load.publish(client);
        }
    }
    while (load.acknowledged < settings.messages) {
        turn(clients, polled);
    }
    const auto messages = static_cast<double>(load.acknowledged);
    fmt::print("client_cpu_us_per_message {:.3f}\n",
               static_cast<double>(own_cpu_ns() - before) / 1e3 / messages);
    fmt::print("messages_per_s {:.0f}\n",
               messages * 1e9 / static_cast<double>(monotonic_ns() - start));
    for (mosquitto* const client : clients) {
        mosquitto_destroy(client);
    }
}

}  // namespace
}  // namespace twinstorm::bench

int main(int argc, char** argv) {
    using namespace twinstorm::bench;
    Settings settings;
    CLI::App app("libmosquitto as a generator");
    app.add_option("--port", settings.port)->required();
    app.add_option("--ca", settings.ca_file);
    app.add_option("--connections", settings.connections);
    app.add_option("--in-flight", settings.in_flight);
    app.add_option("--messages", settings.messages);
    app.add_option("--payload", settings.payload);
    CLI11_PARSE(app, argc, argv);
    raise_file_limit();
    mosquitto_lib_init();
    run(settings);
    mosquitto_lib_cleanup();
}

#include "cli/hub_server.h"

#include <filesystem>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/front_service.h"
#include "cli/provisioning.h"
#include "cli/text_file.h"
#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/base/real_clock.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::cli {
namespace {

namespace json = boost::json;

constexpr std::uint16_t kAmqpsPort = 5671;
constexpr std::uint16_t kDpsPort = 8884;
constexpr std::string_view kHubWebSocket = "/$iothub/websocket";
constexpr std::string_view kEventsWebSocket = "/$servicebus/websocket";
constexpr std::string_view kMqttSubprotocol = "mqtt";
constexpr std::string_view kAmqpSubprotocol = "AMQPWSB10";

// What one loop serves.
struct Station {
    Station(asio_net::AsioLoop& here, asio_net::AsioLoop& front, hub::Hub& hub,
            dps::ProvisioningService& dps, std::size_t index)
        : mqtt(hub.mqtt(index)),
          detour(here, front, hub.amqp()),
          amqp(index == 0 ? hub.amqp() : static_cast<net::Service&>(detour)),
          https(hub.rest(index), dps, here, front) {}

    net::Service& mqtt;
    FrontService detour;
    net::Service& amqp;
    SharedHttps https;
};

class Server {
public:
    Server(const HubServer& options, asio_net::TlsContext tls)
        : options_(options), tls_(std::move(tls)), loops_(make_loops()) {
        std::vector<net::Loop*> loops;
        for (const auto& loop : loops_) {
            loops.push_back(loop.get());
        }
        hub_ = std::make_unique<hub::Hub>(options.hub, clock_.anchor(), loops);
        registrar_ = std::make_unique<Registrar>(*hub_);
        dps_ = std::make_unique<dps::ProvisioningService>(options.dps, clock_.anchor(), front(),
                                                          *registrar_);
        for (std::size_t index = 0; index < loops_.size(); ++index) {
            stations_.push_back(
                std::make_unique<Station>(*loops_[index], front(), *hub_, *dps_, index));
        }
    }

    [[nodiscard]] Result<void> listen();
    [[nodiscard]] Result<void> say_ready() const;
    void run();

private:
    [[nodiscard]] std::vector<std::unique_ptr<asio_net::AsioLoop>> make_loops() const {
        std::vector<std::unique_ptr<asio_net::AsioLoop>> loops;
        for (std::size_t index = 0; index < options_.workers; ++index) {
            loops.push_back(std::make_unique<asio_net::AsioLoop>(clock_, asio_net::LoopOptions{}));
        }
        return loops;
    }
    [[nodiscard]] asio_net::AsioLoop& front() { return *loops_.front(); }
    [[nodiscard]] asio_net::Listener listener(std::uint16_t port, bool tls) const {
        return {options_.bind, port, tls ? &tls_ : nullptr, options_.workers > 1};
    }
    [[nodiscard]] Result<void> listen_on(std::size_t index);
    [[nodiscard]] json::object address(std::uint16_t port) const {
        return {{"host", host()}, {"port", port}};
    }
    // Where clients of this machine, or of its network, find it.
    [[nodiscard]] std::string host() const {
        return options_.bind == "0.0.0.0" || options_.bind == "::" ? options_.hub.host_name
                                                                   : options_.bind;
    }
    [[nodiscard]] json::object ready_document() const;

    const HubServer& options_;
    RealClock clock_;
    asio_net::TlsContext tls_;
    HubPorts bound_;  // As asked for, then as it is.
    // The loops go last of these: what is carried refers to them.
    std::vector<std::unique_ptr<asio_net::AsioLoop>> loops_;
    std::unique_ptr<hub::Hub> hub_;
    std::unique_ptr<Registrar> registrar_;
    std::unique_ptr<dps::ProvisioningService> dps_;
    std::vector<std::unique_ptr<Station>> stations_;
};

Result<void> Server::listen() {
    if (auto restored = hub_->restore(); !restored) {
        return restored;
    }
    bound_ = options_.ports;
    for (std::size_t index = 0; index < loops_.size(); ++index) {
        if (auto listening = listen_on(index); !listening) {
            return listening;
        }
    }
    hub_->announce_amqp(fmt::format("{}:{}", host(), *bound_.amqps));
    hub_->announce_storage(fmt::format("{}:{}", host(), bound_.https));
    return {};
}

// What a listener gave, kept in `place`.
Result<void> keep(const Result<std::uint16_t>& port, std::uint16_t& place) {
    if (!port) {
        return fail(port.error());
    }
    place = *port;
    return {};
}

// The usual port unless another was asked for; any free one when it is taken.
template <class Listen>
Result<void> listen_somewhere(std::optional<std::uint16_t>& port, std::uint16_t usual,
                              const Listen& listen) {
    auto bound = listen(port.value_or(usual));
    if (!bound && !port) {
        bound = listen(std::uint16_t{0});
    }
    return keep(bound, port.emplace());
}

// The first loop finds the ports, the others share them.
Result<void> Server::listen_on(std::size_t index) {
    asio_net::AsioLoop& loop = *loops_[index];
    Station& station = *stations_[index];
    const std::vector<asio_net::WebSocketRoute> routes{
        {std::string(kHubWebSocket), std::string(kMqttSubprotocol), &station.mqtt},
        {std::string(kHubWebSocket), std::string(kAmqpSubprotocol), &station.amqp},
        {std::string(kEventsWebSocket), std::string(kAmqpSubprotocol), &station.amqp}};
    auto done = keep(loop.listen(listener(bound_.mqtts, true), station.mqtt), bound_.mqtts);
    if (done) {
        done = keep(loop.listen_http(listener(bound_.https, true), station.https, routes),
                    bound_.https);
    }
    if (done) {
        done = listen_somewhere(bound_.amqps, kAmqpsPort, [&](std::uint16_t port) {
            return loop.listen(listener(port, true), station.amqp);
        });
    }
    if (done && bound_.mqtt) {
        done = keep(loop.listen(listener(*bound_.mqtt, false), station.mqtt), *bound_.mqtt);
    }
    if (done && index == 0) {
        done = listen_somewhere(bound_.dps, kDpsPort, [&](std::uint16_t port) {
            return loop.listen({options_.bind, port, &tls_}, dps_->mqtt());
        });
    }
    return done;
}

json::object Server::ready_document() const {
    const hub::Options& hub = options_.hub;
    json::object ready{
        {"hostname", hub.host_name},
        {"mqtts", address(bound_.mqtts)},
        {"https", address(bound_.https)},
        {"amqps", address(*bound_.amqps)},
        {"ca_file", std::filesystem::absolute(options_.certificate.ca).string()},
        {"connection_string", hub_->connection_string().reveal()},
        {"events",
         {{"connection_string",
           hub_->events_connection_string(fmt::format("{}:{}", host(), *bound_.amqps)).reveal()},
          {"entity_path", hub_->entity_path()}}},
        {"dps",
         {{"host", host()},
          {"port", *bound_.dps},
          {"id_scope", dps_->id_scope()},
          {"group_key", dps_->group_key().reveal()},
          {"connection_string", dps_->connection_string().reveal()}}},
        {"tier", {{"name", iothub::name(hub.tier)}, {"units", hub.units}}},
        {"admin",
         {{"url", fmt::format("https://{}:{}/admin", host(), bound_.https)},
          {"token", hub_->admin_token().reveal()}}}};
    json::object policies;
    for (const auto& [name, connection_string] : hub_->policies()) {
        policies[name] = connection_string.reveal();
    }
    ready["policies"] = std::move(policies);
    if (bound_.mqtt) {
        ready["mqtt"] = address(*bound_.mqtt);
    }
    return ready;
}

Result<void> Server::say_ready() const {
    if (!options_.ready_file.empty()) {
        // It holds keys: for its owner's eyes only.
        if (auto written =
                write_private_file(options_.ready_file, json::serialize(ready_document()) + "\n");
            !written) {
            return written;
        }
    }
    fmt::print(
        stderr, "hub {} ({} x {}) listens on {}: mqtts {}, https {}, amqps {}, dps {}, trust {}\n",
        options_.hub.host_name, iothub::name(options_.hub.tier), options_.hub.units, options_.bind,
        bound_.mqtts, bound_.https, *bound_.amqps, *bound_.dps, options_.certificate.ca);
    return {};
}

// The first loop ends last: the others may still have posted lines of the journal to it.
void Server::run() {
    std::vector<std::thread> threads;
    for (std::size_t index = 1; index < loops_.size(); ++index) {
        threads.emplace_back([loop = loops_[index].get()] { loop->run(); });
    }
    front().on_signal([&](int) {
        for (std::size_t index = 1; index < loops_.size(); ++index) {
            loops_[index]->stop();
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        front().post([this](TimePoint) { front().stop(); });
    });
    front().run();
}

}  // namespace

Result<void> serve_hub(const HubServer& options) {
    auto tls =
        asio_net::TlsContext::server(options.certificate.certificate, options.certificate.key,
                                     asio_net::ClientCertificates::kRequested);
    if (!tls) {
        return fail(tls.error());
    }
    Server server(options, *std::move(tls));
    if (auto listening = server.listen(); !listening) {
        return listening;
    }
    if (auto said = server.say_ready(); !said) {
        return said;
    }
    server.run();
    return {};
}

}  // namespace twinstorm::cli

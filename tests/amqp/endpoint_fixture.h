// A service with fake ports, and one client connected to it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "amqp/client.h"
#include "amqp/fakes.h"
#include "support/hub_fake_loop.h"
#include "twinstorm/amqp/endpoint.h"

namespace twinstorm::testing {

using namespace std::chrono_literals;

inline constexpr std::string_view kEntity = "iothub-ehub-hub1";

class EndpointTest : public ::testing::Test {
protected:
    struct Connection {
        Client client;
        std::unique_ptr<net::ServerConversation> server;
    };

    [[nodiscard]] std::unique_ptr<Connection> connect() {
        auto connection = std::make_unique<Connection>();
        connection->server = service_->accept(loop_.reserve(), {.address = "127.0.0.1"}, now_);
        connection->server->connected(now_);
        carry(*connection);
        return connection;
    }
    void carry(Connection& connection) {
        testing::carry(connection.client, *connection.server, now_);
    }
    // Puts a token and says what `$cbs` answered.
    int authorize(Connection& connection, std::string_view audience,
                  std::string_view token = "good") {
        auto& client = connection.client;
        if (cbs_.client != &client) {
            cbs_ = {&client, client.sender("cbs-sender", "$cbs"),
                    client.receiver({.name = "cbs-receiver", .address = "$cbs"})};
            carry(connection);
        }
        client.send(cbs_.sender, put_token(audience, token, "cbs-receiver"));
        carry(connection);
        const auto answers = client.received(cbs_.receiver);
        return answers.empty() ? 0 : answers.front().status;
    }
    [[nodiscard]] std::unique_ptr<Connection> authorized() {
        auto connection = connect();
        EXPECT_EQ(authorize(*connection, "sb://hub1.servicebus.windows.net/"), 202);
        return connection;
    }
    [[nodiscard]] static Attachment reader(std::string name, std::string filter = {},
                                           int partition = 0) {
        return {.name = std::move(name),
                .address = std::string(kEntity) + "/ConsumerGroups/$Default/Partitions/" +
                           std::to_string(partition),
                .filter = std::move(filter)};
    }
    [[nodiscard]] static std::vector<std::string> bodies(const std::vector<Received>& received) {
        std::vector<std::string> bodies;
        for (const Received& each : received) {
            bodies.push_back(each.body);
        }
        return bodies;
    }

    TimePoint now_ = kRunStart;
    FakeLoop loop_;
    FakeEventSource events_;
    FakeMessages messages_;
    FakeAuthorizer authorizer_;
    std::vector<std::string> lines_;
    std::unique_ptr<amqp::Service> service_ = std::make_unique<amqp::Service>(
        amqp::Options{.host_name = "hub1.azure-devices.net",
                      .events_host = "localhost:5999",
                      .consumer_groups = {"$Default", "second"},
                      .log = [this](std::string_view line) { lines_.emplace_back(line); }},
        amqp::Ports{events_, messages_, authorizer_}, WallAnchor{kVirtualEpoch}, loop_);

private:
    struct Cbs {
        const Client* client = nullptr;
        pn_link_t* sender = nullptr;
        pn_link_t* receiver = nullptr;
    };
    Cbs cbs_;
};

}  // namespace twinstorm::testing

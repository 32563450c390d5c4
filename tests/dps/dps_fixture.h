// A provisioning service in a test: its loop, a hub that answers when told, signed REST requests,
// and clients that speak MQTT to it. What the service sends is text, one line a packet.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "support/hub_fake_loop.h"
#include "twinstorm/dps/provisioning_service.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"

namespace twinstorm::dps {

inline constexpr std::string_view kScope = "0ne00000000";
inline constexpr std::string_view kHost = "dps1.azure-devices-provisioning.net";
inline constexpr std::string_view kHub = "hub1.azure-devices.net";
inline constexpr std::string_view kSecondHub = "hub2.azure-devices.net";
// Base64 of the bytes 00 to 1f: the fact sheet's vectors are made with it.
inline constexpr std::string_view kGroupKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
inline constexpr std::string_view kReaderKey = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

// Does what it is asked at once, or keeps it until answer().
class FakeRegistrar final : public HubRegistrar {
public:
    void assign(Assignment assignment, AssignDone done, TimePoint now) override;
    void answer(Result<Assigned> assigned, TimePoint now);

    bool at_once = true;
    bool existed = false;
    boost::json::value payload{};
    std::vector<Assignment> asked;

private:
    std::vector<AssignDone> waiting_;
};

struct RestReply {
    unsigned status = 0;
    net::HttpHeaders headers;
    boost::json::value body;

    [[nodiscard]] std::string text(std::string_view pointer) const;  // "" when there is none.
};

class DpsClient;

class DpsFixture {
public:
    explicit DpsFixture(bool throttle = true);

    [[nodiscard]] std::string device_token(std::string_view id, std::string_view key,
                                           Duration life = std::chrono::hours(1)) const;
    [[nodiscard]] std::string group_token(std::string_view id) const;  // By the group `default`.
    [[nodiscard]] std::string service_token(std::string_view policy, std::string_view key) const;

    // Signed by the owner; `authorization` and `if_match` may be given.
    [[nodiscard]] RestReply rest(std::string_view method, std::string_view target,
                                 std::string_view body = {}, std::string_view if_match = {},
                                 std::string_view authorization = {});
    [[nodiscard]] RestReply send(net::HttpRequest request);

    // Connected with a token of the group `default`, and subscribed.
    [[nodiscard]] std::unique_ptr<DpsClient> online(std::string_view id);

    testing::FakeLoop loop;
    WallAnchor anchor{kVirtualEpoch};
    FakeRegistrar registrar;
    std::vector<std::string> lines;  // The service's log.
    std::unique_ptr<ProvisioningService> service;
};

struct ConnectWish {
    std::string id;
    std::string password;
    std::string user_name{};  // Empty: the usual one.
    std::string client_id{};  // Empty: the id.
    std::uint8_t level = 4;
    std::uint16_t keep_alive = 60;
};

class DpsClient {
public:
    explicit DpsClient(DpsFixture& fixture, std::vector<std::string> certificates = {});
    ~DpsClient();
    DpsClient(const DpsClient&) = delete;
    DpsClient& operator=(const DpsClient&) = delete;

    DpsClient& connect(const ConnectWish& wish);
    DpsClient& subscribe(std::string_view filter, std::uint8_t qos = 1);
    DpsClient& unsubscribe(std::string_view filter);
    DpsClient& publish(std::string_view topic, std::string_view body, std::uint8_t qos = 1);
    DpsClient& ask_to_register(std::string_view body = "{}");
    DpsClient& poll(std::string_view operation_id);
    DpsClient& bytes(const std::vector<std::byte>& raw);

    // What the service sent since the last call, one line a packet.
    [[nodiscard]] std::string answers();
    // The last answer on `$dps/registrations/res/`: its topic and its body.
    [[nodiscard]] const std::string& topic() const { return topic_; }
    [[nodiscard]] boost::json::value body() const;
    [[nodiscard]] bool open() const { return conversation_->wants_connection(); }

private:
    DpsFixture& fixture_;
    net::Handle handle_;
    std::unique_ptr<net::ServerConversation> conversation_;
    mqtt::Reader reader_{1 << 20};
    std::string topic_;
    std::string body_;
};

}  // namespace twinstorm::dps

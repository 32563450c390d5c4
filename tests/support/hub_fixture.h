// A hub in a test: its loop, its REST side asked with signed requests, and clients that speak MQTT
// to it in scripts: send this, expect that. Answers are compared as text, one line a packet.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "support/hub_fake_loop.h"
#include "twinstorm/hub/hub.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/net/conversation.h"

namespace twinstorm::testing {

inline constexpr std::string_view kHost = "hub1.azure-devices.net";

using PacketBytes = std::vector<std::byte>;

// Packets as a client sends them.
[[nodiscard]] PacketBytes subscribe(std::uint16_t id, std::vector<mqtt::Subscription> filters);
[[nodiscard]] PacketBytes unsubscribe(std::uint16_t id, std::vector<std::string_view> filters);
[[nodiscard]] PacketBytes publish(std::string_view topic, std::string_view body,
                                  std::uint16_t id = 0, std::uint8_t qos = 0);
[[nodiscard]] PacketBytes puback(std::uint16_t id);
[[nodiscard]] PacketBytes ping();
[[nodiscard]] PacketBytes disconnect();
[[nodiscard]] PacketBytes operator+(PacketBytes left, const PacketBytes& right);

struct RestAnswer {
    unsigned status = 0;
    std::string error_code;  // Header iothub-errorcode.
    std::string content_type;
    std::string etag;
    std::string item_type;     // Header x-ms-item-type.
    std::string continuation;  // Header x-ms-continuation; empty on the last page.
    std::string server;
    std::string request_id;      // Header x-ms-request-id.
    std::string command_status;  // Header x-ms-command-statuscode.
    boost::json::value body;

    [[nodiscard]] std::string text(std::string_view pointer) const;  // "" when there is none.
    [[nodiscard]] std::int64_t number(std::string_view pointer) const;
};

struct RestOptions {
    std::string authorization = {};  // Empty: signed with the owner's key.
    std::string if_match = {};
    std::string content_type = "application/json; charset=utf-8";
    std::string item_count = {};    // x-ms-max-item-count
    std::string continuation = {};  // x-ms-continuation
};

struct ConnectOptions {
    std::string client_id;
    std::string user_name;
    std::string password;
    std::uint16_t keep_alive = 60;
    bool clean_session = true;
    std::uint8_t level = 4;
    std::string will_topic;
    std::string will_body;
};

// One connection to the hub, owned as a loop would own it.
class HubClient {
public:
    HubClient(FakeLoop& loop, hub::Hub& hub);
    ~HubClient();
    HubClient(const HubClient&) = delete;
    HubClient& operator=(const HubClient&) = delete;

    HubClient& send(const PacketBytes& bytes);
    HubClient& send_split(const PacketBytes& bytes, std::size_t at);
    // What the hub sent since the last call, one line a packet.
    [[nodiscard]] std::string answers();
    [[nodiscard]] bool open() const { return conversation_->wants_connection(); }
    void lose();  // The network is gone, without a word.
    [[nodiscard]] net::Conversation& conversation() { return *conversation_; }
    [[nodiscard]] bool was_woken() const { return loop_.was_woken(handle_); }

private:
    FakeLoop& loop_;
    net::Handle handle_;
    std::unique_ptr<net::ServerConversation> conversation_;
};

class HubFixture {
public:
    HubFixture();
    explicit HubFixture(hub::Options options, std::size_t loops = 1);

    // Device `gw` and its module `agent`, with keys of their own.
    void create_gateway();
    [[nodiscard]] RestAnswer rest(std::string_view method, std::string_view path,
                                  std::string_view body = {}, const RestOptions& options = {});
    // For a request that is answered later: its status is 0 until then.
    [[nodiscard]] std::shared_ptr<const RestAnswer> ask(std::string_view method,
                                                        std::string_view path,
                                                        std::string_view body = {},
                                                        const RestOptions& options = {});
    [[nodiscard]] RestAnswer admin(std::string_view method, std::string_view path);
    [[nodiscard]] std::string service_token(std::string_view policy, std::string_view key,
                                            Duration life = std::chrono::hours(1));
    [[nodiscard]] std::string key_of(const iothub::IdentityName& name);

    // A CONNECT that the hub accepts, to be changed by the test.
    [[nodiscard]] ConnectOptions connect_options(const iothub::IdentityName& name,
                                                 Duration life = std::chrono::hours(1));
    [[nodiscard]] static PacketBytes connect(const ConnectOptions& options);
    [[nodiscard]] HubClient client() { return {loop, *hub}; }
    // Connected; subscribed to all that twins need, when `twins`.
    [[nodiscard]] std::unique_ptr<HubClient> online(const iothub::IdentityName& name,
                                                    bool twins = false);
    [[nodiscard]] std::int64_t status(std::string_view pointer);
    [[nodiscard]] std::int64_t unix_now() const;

    // Until no loop has anything posted; with one loop there never is.
    void settle();

    FakeLoop loop;  // The first; connections and requests come in here.
    std::vector<std::unique_ptr<FakeLoop>> other_loops;
    WallAnchor anchor{kVirtualEpoch};
    std::vector<std::string> lines;  // The hub's log.
    std::unique_ptr<hub::Hub> hub;
};

inline const iothub::IdentityName kGateway{"gw", ""};
inline const iothub::IdentityName kAgent{"gw", "agent"};

}  // namespace twinstorm::testing

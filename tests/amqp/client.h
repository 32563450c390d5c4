// A second AMQP engine as the client: Proton's own, so that neither side knows only itself.
//
// Use:    carry() moves bytes between client and conversation until both are quiet.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <proton/connection_driver.h>
#include <proton/link.h>
#include <proton/message.h>
#include <proton/session.h>
#include <proton/types.h>

#include "support/hub_fake_loop.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::testing {

// A message as Proton decodes it, each part as Proton prints it: `{:"x-opt-offset"="0", ...}`.
struct Received {
    std::string annotations;
    std::string delivery_annotations;
    std::string properties;
    std::string application;
    std::string body;
    std::string correlation_id;
    int status = 0;  // `status-code`; 0 when there is none.
};

struct Attachment {
    std::string name;
    std::string address;
    std::string filter{};  // A selector; empty: none.
    std::optional<std::int64_t> epoch{};
    int credit = 10;
    bool settled = false;
};

class Client {
public:
    Client();
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    pn_link_t* receiver(const Attachment& attachment);
    pn_link_t* sender(const std::string& name, const std::string& address);
    // The message is freed.
    pn_delivery_t* send(pn_link_t* link, pn_message_t* message);
    void detach(pn_link_t* link) { pn_link_close(link); }

    [[nodiscard]] std::vector<Received> received(pn_link_t* link);  // Since the last time.
    [[nodiscard]] std::string link_error(pn_link_t* link);          // The condition's name.
    [[nodiscard]] std::string connection_error();
    [[nodiscard]] bool closed();

    [[nodiscard]] std::vector<std::byte> output();
    void input(const std::vector<std::byte>& bytes);

    [[nodiscard]] pn_connection_driver_t& driver() { return driver_; }
    bool settles = true;  // Accepts what it receives.

private:
    void handle_events();
    void take(pn_delivery_t* delivery);

    pn_connection_driver_t driver_{};
    pn_session_t* session_ = nullptr;
    std::map<pn_link_t*, std::vector<Received>> received_;
    std::map<pn_link_t*, std::string> partial_;
};

// What a loop does with one conversation; false when nothing moved.
bool carry_once(Client& client, net::ServerConversation& server, TimePoint now);
void carry(Client& client, net::ServerConversation& server, TimePoint now);

// Message texts for requests.
[[nodiscard]] pn_message_t* put_token(std::string_view audience, std::string_view token,
                                      std::string_view reply_to, std::string_view id = "m1",
                                      std::string_view type = "servicebus.windows.net:sastoken");
[[nodiscard]] pn_message_t* read_request(std::string_view type, std::string_view name,
                                         std::string_view partition, std::string_view reply_to);
[[nodiscard]] pn_message_t* cloud_message(std::string_view to, std::string_view body,
                                          std::string_view ack = {});

}  // namespace twinstorm::testing

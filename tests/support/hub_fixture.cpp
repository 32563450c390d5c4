#include "support/hub_fixture.h"

#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "twinstorm/base/check.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::testing {
namespace {

std::string_view text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

mqtt::Bytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string describe(const mqtt::ConnAck& packet) {
    return fmt::format("CONNACK {}{}", static_cast<int>(packet.code),
                       packet.session_present ? " present" : "");
}
std::string describe(const mqtt::SubAck& packet) {
    std::string text = fmt::format("SUBACK {}:", packet.packet_id);
    for (const std::byte code : packet.codes) {
        text += fmt::format(" {}", static_cast<int>(code));
    }
    return text;
}
std::string describe(const mqtt::UnsubAck& packet) {
    return fmt::format("UNSUBACK {}", packet.packet_id);
}
std::string describe(const mqtt::PubAck& packet) {
    return fmt::format("PUBACK {}", packet.packet_id);
}
std::string describe(const mqtt::Publish& packet) {
    if (packet.qos > 0) {
        return fmt::format("PUBLISH {}{} #{} {} {}", packet.qos, packet.duplicate ? " dup" : "",
                           packet.packet_id, packet.topic, text_of(packet.payload));
    }
    return fmt::format("PUBLISH {} {} {}", packet.qos, packet.topic, text_of(packet.payload));
}
std::string describe(const mqtt::PingResp&) {
    return "PINGRESP";
}
template <class Other>
std::string describe(const Other&) {
    return "a packet that a hub never sends";
}

hub::Options quiet_options() {
    hub::Options options;
    options.host_name = kHost;
    options.throttle = false;  // Requests of a test are answered at once.
    return options;
}

}  // namespace

PacketBytes subscribe(std::uint16_t id, std::vector<mqtt::Subscription> filters) {
    PacketBytes bytes;
    mqtt::write_subscribe(bytes, id, filters);
    return bytes;
}

PacketBytes unsubscribe(std::uint16_t id, std::vector<std::string_view> filters) {
    PacketBytes bytes;
    mqtt::write_unsubscribe(bytes, id, filters);
    return bytes;
}

PacketBytes publish(std::string_view topic, std::string_view body, std::uint16_t id,
                    std::uint8_t qos) {
    PacketBytes bytes;
    mqtt::Publish packet;
    packet.topic = topic;
    packet.payload = bytes_of(body);
    packet.packet_id = id;
    packet.qos = id != 0 && qos == 0 ? std::uint8_t{1} : qos;
    mqtt::write(bytes, packet);
    return bytes;
}

PacketBytes puback(std::uint16_t id) {
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::PubAck{id});
    return bytes;
}

PacketBytes ping() {
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::PingReq{});
    return bytes;
}

PacketBytes disconnect() {
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::Disconnect{});
    return bytes;
}

PacketBytes operator+(PacketBytes left, const PacketBytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::string RestAnswer::text(std::string_view pointer) const {
    boost::json::error_code error;
    const boost::json::value* found = body.find_pointer(pointer, error);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::int64_t RestAnswer::number(std::string_view pointer) const {
    boost::json::error_code error;
    const boost::json::value* found = body.find_pointer(pointer, error);
    return found == nullptr ? -1 : found->to_number<std::int64_t>(error);
}

HubClient::HubClient(FakeLoop& loop, hub::Hub& hub)
    : loop_(loop),
      handle_(loop.reserve()),
      conversation_(hub.mqtt().accept(handle_, {"127.0.0.1:1234"}, loop.now())) {
    loop_.attach(handle_, *conversation_);
    conversation_->connected(loop.now());
}

HubClient::~HubClient() {
    loop_.remove(handle_);
}

HubClient& HubClient::send(const PacketBytes& bytes) {
    conversation_->receive(bytes, loop_.now());
    return *this;
}

HubClient& HubClient::send_split(const PacketBytes& bytes, std::size_t at) {
    // Copies that end with the call, so that a view kept by mistake shows up.
    const PacketBytes first(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    const PacketBytes second(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
    return send(first).send(second);
}

std::string HubClient::answers() {
    Buffer bytes;
    conversation_->take_outgoing(bytes);
    conversation_->sent(loop_.now());
    mqtt::Reader reader(mqtt::kRemainingLengthMax);
    reader.feed(bytes);
    std::string text;
    while (true) {
        const auto packet = reader.next();
        TWINSTORM_CHECK(packet.has_value());
        if (!*packet) {
            return text;
        }
        text += text.empty() ? "" : "\n";
        text += std::visit([](const auto& any) { return describe(any); }, **packet);
    }
}

void HubClient::lose() {
    conversation_->disconnected({ErrorCode::kClosedByPeer, {}}, loop_.now());
}

HubFixture::HubFixture() : HubFixture(quiet_options()) {}

HubFixture::HubFixture(hub::Options options, std::size_t loops) {
    options.host_name = kHost;
    options.log = [this](std::string_view line) { lines.emplace_back(line); };
    std::vector<net::Loop*> all{&loop};
    while (all.size() < loops) {
        all.push_back(other_loops.emplace_back(std::make_unique<FakeLoop>()).get());
    }
    hub = std::make_unique<hub::Hub>(std::move(options), anchor, all);
}

void HubFixture::create_gateway() {
    TWINSTORM_CHECK(rest("PUT", "/devices/gw", "{}").status == 200);
    TWINSTORM_CHECK(rest("PUT", "/devices/gw/modules/agent", "{}").status == 201);
}

RestAnswer HubFixture::rest(std::string_view method, std::string_view path, std::string_view body,
                            const RestOptions& options) {
    const auto answer = ask(method, path, body, options);
    TWINSTORM_CHECK(answer->status != 0);
    return *answer;
}

std::shared_ptr<const RestAnswer> HubFixture::ask(std::string_view method, std::string_view path,
                                                  std::string_view body,
                                                  const RestOptions& options) {
    net::HttpRequest request;
    request.method = method;
    request.target = std::string(path) + (path.find('?') == std::string_view::npos ? "?" : "&") +
                     "api-version=2021-04-12";
    request.body = body;
    std::string authorization = options.authorization;
    if (authorization.empty()) {
        const auto owner = iothub::ConnectionString::parse(hub->connection_string().reveal());
        authorization = service_token(owner->policy, owner->key.reveal());
    }
    request.headers = {{"authorization", authorization}};
    if (!options.if_match.empty()) {
        request.headers.emplace_back("If-Match", options.if_match);
    }
    if (!options.item_count.empty()) {
        request.headers.emplace_back("x-ms-max-item-count", options.item_count);
    }
    if (!options.continuation.empty()) {
        request.headers.emplace_back("x-ms-continuation", options.continuation);
    }
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", options.content_type);
    }
    // Shared with the reply, which may come when the test is done with it.
    const auto answer = std::make_shared<RestAnswer>();
    const auto reply = [answer](const net::HttpResponse& response) {
        TWINSTORM_CHECK(answer->status == 0);
        answer->status = response.status;
        answer->error_code = net::find_header(response.headers, "iothub-errorcode");
        answer->content_type = net::find_header(response.headers, "Content-Type");
        answer->etag = net::find_header(response.headers, "ETag");
        answer->item_type = net::find_header(response.headers, "x-ms-item-type");
        answer->continuation = net::find_header(response.headers, "x-ms-continuation");
        answer->server = net::find_header(response.headers, "Server");
        answer->request_id = net::find_header(response.headers, "x-ms-request-id");
        answer->command_status = net::find_header(response.headers, "x-ms-command-statuscode");
        boost::json::error_code error;
        answer->body = boost::json::parse(response.body, error);
    };
    hub->rest().handle(std::move(request), reply, loop.now());
    settle();
    return answer;
}

RestAnswer HubFixture::admin(std::string_view method, std::string_view path) {
    return rest(method, path, {}, {.authorization = "Bearer " + hub->admin_token().reveal()});
}

std::string HubFixture::service_token(std::string_view policy, std::string_view key,
                                      Duration life) {
    const auto expiry = unix_now() + std::chrono::duration_cast<std::chrono::seconds>(life).count();
    return iothub::make_sas_token(kHost, key, expiry, policy).value();
}

std::string HubFixture::key_of(const iothub::IdentityName& name) {
    std::string path = "/devices/" + name.device_id;
    if (name.is_module()) {
        path += "/modules/" + name.module_id;
    }
    return rest("GET", path).text("/authentication/symmetricKey/primaryKey");
}

ConnectOptions HubFixture::connect_options(const iothub::IdentityName& name, Duration life) {
    const auto expiry = unix_now() + std::chrono::duration_cast<std::chrono::seconds>(life).count();
    ConnectOptions options;
    options.client_id = name.client_id();
    options.user_name =
        iothub::format_user_name({std::string(kHost), name, std::string(iothub::kApiVersion), {}});
    options.password =
        iothub::make_sas_token(iothub::resource_path(kHost, name), key_of(name), expiry).value();
    return options;
}

PacketBytes HubFixture::connect(const ConnectOptions& options) {
    mqtt::Connect packet;
    packet.client_id = options.client_id;
    packet.keep_alive = options.keep_alive;
    packet.clean_session = options.clean_session;
    if (!options.user_name.empty()) {
        packet.user_name = options.user_name;
    }
    if (!options.password.empty()) {
        packet.password = bytes_of(options.password);
    }
    if (!options.will_topic.empty()) {
        packet.will = mqtt::Will{options.will_topic, bytes_of(options.will_body), 1, false};
    }
    PacketBytes bytes;
    mqtt::write(bytes, packet);
    if (options.level != 4) {
        constexpr std::size_t kLevelAfterName = 6;  // Length and text of the name `MQTT`.
        std::size_t header = 1;
        while ((bytes[header] & std::byte{0x80}) != std::byte{0}) {
            ++header;
        }
        bytes[header + 1 + kLevelAfterName] = std::byte{options.level};
    }
    return bytes;
}

std::unique_ptr<HubClient> HubFixture::online(const iothub::IdentityName& name, bool twins) {
    auto client = std::make_unique<HubClient>(loop, *hub);
    client->send(connect(connect_options(name)));
    TWINSTORM_CHECK(client->answers() == "CONNACK 0");
    if (twins) {
        client->send(subscribe(
            1, {{"$iothub/twin/res/#", 0}, {"$iothub/twin/PATCH/properties/desired/#", 0}}));
        TWINSTORM_CHECK(client->answers() == "SUBACK 1: 0 0");
    }
    return client;
}

void HubFixture::settle() {
    bool any = true;
    while (any) {
        any = loop.settle();
        for (const auto& other : other_loops) {
            any = other->settle() || any;
        }
    }
}

std::int64_t HubFixture::status(std::string_view pointer) {
    return admin("GET", "/admin/status").number(pointer);
}

std::int64_t HubFixture::unix_now() const {
    return std::chrono::floor<std::chrono::seconds>(anchor.at(loop.now()))
        .time_since_epoch()
        .count();
}

}  // namespace twinstorm::testing

#include "dps/dps_fixture.h"

#include <array>
#include <span>
#include <utility>
#include <variant>

#include <boost/json/parse.hpp>

#include "twinstorm/base/check.h"
#include "twinstorm/dps/device_key.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::dps {
namespace {

constexpr std::string_view kOwner = "provisioningserviceowner";

std::int64_t unix_seconds(WallTime instant) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

std::string text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Line {
    std::string operator()(const mqtt::ConnAck& packet) const {
        return "connack " + std::to_string(static_cast<int>(packet.code)) +
               (packet.session_present ? " session" : "");
    }
    std::string operator()(const mqtt::SubAck& packet) const {
        std::string line = "suback";
        for (const std::byte code : packet.codes) {
            line += " " + std::to_string(static_cast<int>(code));
        }
        return line;
    }
    std::string operator()(const mqtt::PubAck& packet) const {
        return "puback " + std::to_string(packet.packet_id);
    }
    std::string operator()(const mqtt::UnsubAck&) const { return "unsuback"; }
    std::string operator()(const mqtt::PingResp&) const { return "pingresp"; }
    std::string operator()(const mqtt::Publish& packet) const {
        return "publish " + std::string(packet.topic);
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "unexpected";
    }
};

}  // namespace

void FakeRegistrar::assign(Assignment assignment, AssignDone done, TimePoint now) {
    const std::string hub = assignment.hub;
    asked.push_back(std::move(assignment));
    waiting_.push_back(std::move(done));
    if (at_once) {
        answer(Assigned{hub, existed, payload}, now);
    }
}

void FakeRegistrar::answer(Result<Assigned> assigned, TimePoint now) {
    TWINSTORM_CHECK(!waiting_.empty());
    const AssignDone done = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    done(std::move(assigned), now);
}

std::string RestReply::text(std::string_view pointer) const {
    boost::json::error_code error;
    const boost::json::value* value = body.find_pointer(pointer, error);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

DpsFixture::DpsFixture(bool throttle) {
    Options options;
    options.id_scope = kScope;
    options.host_name = kHost;
    options.hubs = {std::string(kHub), std::string(kSecondHub)};
    options.group_key = Secret(std::string(kGroupKey));
    options.policies = {{"reader", static_cast<std::uint8_t>(Right::kEnrollmentRead),
                         Secret(std::string(kReaderKey))}};
    options.throttle = throttle;
    options.log = [this](std::string_view line) { lines.emplace_back(line); };
    service = std::make_unique<ProvisioningService>(options, anchor, loop, registrar);
}

std::string DpsFixture::device_token(std::string_view id, std::string_view key,
                                     Duration life) const {
    const std::string resource = std::string(kScope) + "/registrations/" + std::string(id);
    return iothub::make_sas_token(resource, key, unix_seconds(anchor.at(loop.now()) + life),
                                  "registration")
        .value();
}

std::string DpsFixture::group_token(std::string_view id) const {
    return device_token(id, derive_device_key(kGroupKey, id).value());
}

std::string DpsFixture::service_token(std::string_view policy, std::string_view key) const {
    return iothub::make_sas_token(
               kHost, key, unix_seconds(anchor.at(loop.now()) + std::chrono::hours(1)), policy)
        .value();
}

RestReply DpsFixture::rest(std::string_view method, std::string_view target, std::string_view body,
                           std::string_view if_match, std::string_view authorization) {
    const std::string connection = service->connection_string().reveal();
    const std::string_view mark = "SharedAccessKey=";
    const std::string key = connection.substr(connection.rfind(mark) + mark.size());
    net::HttpRequest request{std::string(method), std::string(target), {}, std::string(body)};
    request.headers.emplace_back("Authorization", authorization.empty()
                                                      ? service_token(kOwner, key)
                                                      : std::string(authorization));
    if (!if_match.empty()) {
        request.headers.emplace_back("If-Match", if_match);
    }
    return send(std::move(request));
}

RestReply DpsFixture::send(net::HttpRequest request) {
    RestReply answer;
    service->rest().handle(
        std::move(request),
        [&](net::HttpResponse response) {
            answer.status = response.status;
            answer.headers = std::move(response.headers);
            answer.body =
                response.body.empty() ? boost::json::value() : boost::json::parse(response.body);
        },
        loop.now());
    return answer;
}

std::unique_ptr<DpsClient> DpsFixture::online(std::string_view id) {
    auto client = std::make_unique<DpsClient>(*this);
    client->connect({.id = std::string(id), .password = group_token(id)})
        .subscribe("$dps/registrations/res/#");
    TWINSTORM_CHECK(client->answers() == "connack 0\nsuback 1\n");
    return client;
}

DpsClient::DpsClient(DpsFixture& fixture, std::vector<std::string> certificates)
    : fixture_(fixture), handle_(fixture.loop.reserve()) {
    conversation_ = fixture.service->mqtt().accept(
        handle_, {"127.0.0.1:5000", std::move(certificates)}, fixture.loop.now());
    fixture.loop.attach(handle_, *conversation_);
    conversation_->connected(fixture.loop.now());
}

DpsClient::~DpsClient() {
    fixture_.loop.remove(handle_);
}

DpsClient& DpsClient::bytes(const std::vector<std::byte>& raw) {
    conversation_->receive(raw, fixture_.loop.now());
    return *this;
}

DpsClient& DpsClient::connect(const ConnectWish& wish) {
    const std::string user_name = wish.user_name.empty()
                                      ? std::string(kScope) + "/registrations/" + wish.id +
                                            "/api-version=2019-03-31&ClientVersion=agent%2F1.0"
                                      : wish.user_name;
    mqtt::Connect packet;
    packet.client_id = wish.client_id.empty() ? wish.id : wish.client_id;
    packet.keep_alive = wish.keep_alive;
    packet.user_name = user_name;
    packet.level = wish.level;
    if (!wish.password.empty()) {
        packet.password = std::as_bytes(std::span(wish.password));
    }
    std::vector<std::byte> raw;
    mqtt::write(raw, packet);
    return bytes(raw);
}

DpsClient& DpsClient::subscribe(std::string_view filter, std::uint8_t qos) {
    std::vector<std::byte> raw;
    mqtt::write_subscribe(raw, 7, std::array{mqtt::Subscription{filter, qos}});
    return bytes(raw);
}

DpsClient& DpsClient::unsubscribe(std::string_view filter) {
    std::vector<std::byte> raw;
    mqtt::write_unsubscribe(raw, 8, std::array{filter});
    return bytes(raw);
}

DpsClient& DpsClient::publish(std::string_view topic, std::string_view body, std::uint8_t qos) {
    std::vector<std::byte> raw;
    mqtt::write(raw, mqtt::Publish{.topic = topic,
                                   .payload = std::as_bytes(std::span(body)),
                                   .packet_id = static_cast<std::uint16_t>(qos == 0 ? 0 : 9),
                                   .qos = qos});
    return bytes(raw);
}

DpsClient& DpsClient::ask_to_register(std::string_view body) {
    return publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", body);
}

DpsClient& DpsClient::poll(std::string_view operation_id) {
    return publish("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId=" +
                       std::string(operation_id),
                   " ");
}

std::string DpsClient::answers() {
    std::string text;
    Buffer buffer;
    conversation_->take_outgoing(buffer);
    reader_.feed(buffer);
    while (true) {
        const auto packet = reader_.next();
        TWINSTORM_CHECK(packet.has_value());
        if (!*packet) {
            return text;
        }
        text += std::visit(Line{}, **packet) + "\n";
        if (const auto* publish = std::get_if<mqtt::Publish>(&**packet)) {
            topic_ = publish->topic;
            body_ = text_of(publish->payload);
        }
    }
}

boost::json::value DpsClient::body() const {
    return boost::json::parse(body_);
}

}  // namespace twinstorm::dps

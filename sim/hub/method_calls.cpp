#include "hub/method_calls.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "hub/hub_conversation.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shard.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

// `otherwise` when the member is missing or null.
Outcome<std::chrono::seconds> read_seconds(
    const json::object& body, std::string_view key, std::chrono::seconds otherwise,
    std::pair<std::chrono::seconds, std::chrono::seconds> range) {
    const json::value* const member = body.if_contains(key);
    if (member == nullptr || member->is_null()) {
        return otherwise;
    }
    const auto number = integer_at(body, key);
    if (!number || *number < range.first.count() || *number > range.second.count()) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("{} must be a whole number from {} to {}", key,
                                  range.first.count(), range.second.count()));
    }
    return std::chrono::seconds(*number);
}

std::string rid_text(std::uint64_t number) {
    return fmt::format("{:x}", number);
}

std::optional<std::uint64_t> read_rid(std::string_view text) {
    constexpr int kHexadecimal = 16;
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, kHexadecimal);
    return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

Outcome<json::value> read_reply(mqtt::Bytes payload) {
    if (payload.size() > kMethodPayloadBytesMax) {
        return refuse(
            ServiceErrorCode::kGenericBadGateway,
            fmt::format("The device's answer is larger than {} bytes", kMethodPayloadBytesMax));
    }
    if (payload.empty()) {
        return json::value(nullptr);
    }
    const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
    json::error_code error;
    json::value value = json::parse(text, error);
    if (error) {
        return refuse(ServiceErrorCode::kGenericBadGateway,
                      fmt::format("The device's answer is not JSON: {}", error.message()));
    }
    return value;
}

tl::unexpected<iothub::ServiceError> not_online(std::string text) {
    return refuse(ServiceErrorCode::kDeviceNotOnline, std::move(text));
}

constexpr std::string_view kNeverConnected = "Timed out waiting for device to connect.";

}  // namespace

MethodCounts& MethodCounts::operator+=(const MethodCounts& other) {
    calls += other.calls;
    answered += other.answered;
    failed += other.failed;
    ignored_replies += other.ignored_replies;
    return *this;
}

Outcome<MethodRequest> read_method_request(const json::object& body) {
    MethodRequest request;
    const auto method = text_at(body, "methodName");
    if (!method || !iothub::is_valid_method_name(*method)) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      "methodName must be a text that can stand in a topic");
    }
    request.method = *method;
    const auto response = read_seconds(body, "responseTimeoutInSeconds", request.response_timeout,
                                       {kMethodResponseTimeMin, kMethodResponseTimeMax});
    if (!response) {
        return tl::unexpected(response.error());
    }
    request.response_timeout = *response;
    const auto connect = read_seconds(body, "connectTimeoutInSeconds", request.connect_timeout,
                                      {std::chrono::seconds(0), kMethodConnectTimeMax});
    if (!connect) {
        return tl::unexpected(connect.error());
    }
    request.connect_timeout = *connect;
    if (const json::value* const payload = body.if_contains("payload")) {
        request.payload = json::serialize(*payload);
    }
    if (request.payload.size() > kMethodPayloadBytesMax) {
        return refuse(ServiceErrorCode::kMessageTooLarge,
                      fmt::format("payload is larger than {} bytes", kMethodPayloadBytesMax));
    }
    return request;
}

json::object method_answer_view(MethodAnswer answer) {
    return {{"status", answer.status}, {"payload", std::move(answer.payload)}};
}

void MethodCalls::call(const iothub::IdentityName& name, MethodRequest request, Done done,
                       TimePoint now) {
    ++counts_.calls;
    const auto found = shard_.registry.require(name);
    Outcome<MethodAnswer> refusal;
    if (!found) {
        refusal = tl::unexpected(found.error());
    } else if (calls_of(name, true).size() + calls_of(name, false).size() >= kMethodsInFlightMax) {
        refusal = refuse(
            ServiceErrorCode::kDeviceMaximumInflightMethodExceeded,
            fmt::format("{} calls of {} are under way", kMethodsInFlightMax, name.client_id()));
    }
    if (!refusal) {
        ++counts_.failed;
        done(std::move(refusal), now);
        return;
    }
    const auto place =
        calls_.emplace(Key(name, ++last_), Call{std::move(request), std::move(done), {}, false});
    const Identity& identity = **found;
    if (identity.connected() && identity.connection->takes_methods()) {
        send(identity, place.first, now);
    } else {
        wait_for_device(place.first, now);
    }
}

void MethodCalls::wait_for_device(Calls::iterator call, TimePoint now) {
    const std::chrono::seconds patience = call->second.request.connect_timeout;
    if (patience.count() == 0) {
        finish(Key(call->first), not_online(std::string(kNeverConnected)), now);
        return;
    }
    call->second.time_out =
        shard_.agenda.at(now + patience, [this, key = call->first](TimePoint then) {
            finish(key, not_online(std::string(kNeverConnected)), then);
        });
}

void MethodCalls::send(const Identity& identity, Calls::iterator call, TimePoint now) {
    shard_.agenda.cancel(call->second.time_out);
    call->second.sent = true;
    call->second.time_out = shard_.agenda.at(
        now + call->second.request.response_timeout, [this, key = call->first](TimePoint then) {
            finish(key,
                   refuse(ServiceErrorCode::kGatewayTimeout,
                          "Timed out waiting for the response from device."),
                   then);
        });
    // Last of all: a connection that cannot take it ends, and this call with it.
    const std::string request_id = rid_text(call->first.second);
    const MethodRequest request = std::move(call->second.request);
    identity.connection->call_method({request.method, request_id}, request.payload, now);
}

void MethodCalls::subscribed(const Identity& identity, TimePoint now) {
    for (const Key& key : calls_of(identity.record.name, false)) {
        if (!identity.connected()) {
            return;
        }
        if (const auto call = calls_.find(key); call != calls_.end()) {
            send(identity, call, now);
        }
    }
}

void MethodCalls::replied(const Identity& identity, const iothub::MethodResponseTopic& topic,
                          mqtt::Bytes payload, TimePoint now) {
    const auto number = read_rid(topic.request_id);
    const Key key(identity.record.name, number.value_or(0));
    const auto call = calls_.find(key);
    if (call == calls_.end() || !call->second.sent) {
        ++counts_.ignored_replies;
        return;
    }
    shard_.common.quota.count(QuotaKind::kDirectMethods, payload.size(), shard_.instant(now).wall);
    auto body = read_reply(payload);
    if (!body) {
        finish(key, tl::unexpected(body.error()), now);
        return;
    }
    finish(key, MethodAnswer{topic.status, *std::move(body)}, now);
}

// Calls that still wait for the device go on waiting.
void MethodCalls::connection_lost(const Identity& identity, TimePoint now) {
    for (const Key& key : calls_of(identity.record.name, true)) {
        finish(key, not_online("device unavailable"), now);
    }
}

std::vector<MethodCalls::Key> MethodCalls::calls_of(const iothub::IdentityName& name,
                                                    bool sent) const {
    std::vector<Key> keys;
    for (auto call = calls_.lower_bound(Key(name, 0));
         call != calls_.end() && call->first.first == name; ++call) {
        if (call->second.sent == sent) {
            keys.push_back(call->first);
        }
    }
    return keys;
}

void MethodCalls::finish(const Key& key, Outcome<MethodAnswer> answer, TimePoint now) {
    const auto call = calls_.find(key);
    if (call == calls_.end()) {
        return;
    }
    shard_.agenda.cancel(call->second.time_out);
    const Done done = std::move(call->second.done);
    calls_.erase(call);
    ++(answer ? counts_.answered : counts_.failed);
    done(std::move(answer), now);  // Last: it may call again.
}

}  // namespace twinstorm::hub

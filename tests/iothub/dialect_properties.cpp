#include "iothub/dialect_properties.h"

#include <algorithm>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::string_view kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::int64_t kExpiry = 1'893'456'000;

void check_telemetry(const TelemetryTopic& topic) {
    const IdentityName identity{std::string(topic.device_id), std::string(topic.module_id)};
    const std::string text = telemetry_topic(identity, topic.bag);
    const auto again = parse_publish_topic(text);
    TWINSTORM_CHECK(again);
    const auto& same = std::get<TelemetryTopic>(*again);
    TWINSTORM_CHECK(same.device_id == topic.device_id && same.module_id == topic.module_id &&
                    same.bag == topic.bag);
}

void check_notice(std::string_view input) {
    const auto notice = parse_notice_topic(input);
    if (!notice) {
        return;
    }
    TWINSTORM_CHECK(!parse_publish_topic(input));
    if (const auto* const response = std::get_if<TwinResponseTopic>(&*notice)) {
        const std::string text = twin_response_topic(*response);
        const auto again = std::get<TwinResponseTopic>(parse_notice_topic(text).value());
        TWINSTORM_CHECK(again.status == response->status && again.version == response->version &&
                        again.request_id == response->request_id);
        return;
    }
    const auto version = std::get<DesiredChangeTopic>(*notice).version;
    const std::string text = desired_change_topic(version);
    const auto again = std::get<DesiredChangeTopic>(parse_notice_topic(text).value());
    TWINSTORM_CHECK(again.version == version);
}

void check_delivery(std::string_view input) {
    const auto delivery = parse_delivery_topic(input);
    if (!delivery) {
        return;
    }
    TWINSTORM_CHECK(!parse_publish_topic(input) && !parse_notice_topic(input));
    if (const auto* const call = std::get_if<MethodCallTopic>(&*delivery)) {
        const std::string text = method_call_topic(*call);
        const auto again = std::get<MethodCallTopic>(parse_delivery_topic(text).value());
        TWINSTORM_CHECK(again.method == call->method && again.request_id == call->request_id);
    } else if (const auto* const message = std::get_if<CloudMessageTopic>(&*delivery)) {
        TWINSTORM_CHECK(cloud_message_topic(message->device_id, message->bag) == input);
    } else {
        TWINSTORM_CHECK(module_input_topic(std::get<ModuleInputTopic>(*delivery)) == input);
    }
}

// Every member of the values has its entry, and there are no others but bookkeeping.
void check_metadata(const json::object& values, const json::object& metadata) {
    std::size_t members = 0;
    for (const auto& [key, entry] : metadata) {
        if (!key.starts_with('$')) {
            ++members;
            const json::object* const inner = values.at(key).if_object();
            check_metadata(inner == nullptr ? json::object() : *inner, entry.as_object());
        }
    }
    TWINSTORM_CHECK(members == values.size());
}

void check_section(TwinSection::Kind kind, const json::object& patch) {
    TwinSection section(kind, kVirtualEpoch);
    TWINSTORM_CHECK(section.patch({{"before", {{"a", 1}, {"b", 2}}}}, kVirtualEpoch));
    const json::object before = section.values();
    const bool accepted = section.patch(patch, kVirtualEpoch).has_value();
    TWINSTORM_CHECK(section.version() == (accepted ? 3 : 2));
    TWINSTORM_CHECK(accepted || section.values() == before);
    TWINSTORM_CHECK(!accepted || check_patch(section.values(), false));
    TWINSTORM_CHECK(twin_size(section.values()) <= twin_limit::kSectionBytesMax);
    check_metadata(section.values(), section.with_metadata().at("$metadata").as_object());
    const json::object once = section.values();
    if (accepted) {
        TWINSTORM_CHECK(section.patch(patch, kVirtualEpoch));
        TWINSTORM_CHECK(section.values() == once);  // A merge patch is idempotent.
        const bool replaced = section.replace(patch, kVirtualEpoch).has_value();
        TWINSTORM_CHECK(replaced || section.values() == once);
    }
}

}  // namespace

void check_percent(std::string_view input) {
    TWINSTORM_CHECK(percent_decode(percent_encode(input)).value() == input);
    if (const auto decoded = percent_decode(input)) {
        TWINSTORM_CHECK(percent_decode(percent_encode(*decoded)).value() == *decoded);
    }
    TWINSTORM_CHECK(base64_decode(base64_encode(input)).value() == input);
    if (const auto bytes = base64_decode(input)) {
        TWINSTORM_CHECK(base64_encode(*bytes).size() == input.size());
    }
}

void check_user_name(std::string_view input) {
    if (const auto user_name = parse_user_name(input)) {
        TWINSTORM_CHECK(is_valid_id(user_name->identity.device_id));
        TWINSTORM_CHECK(parse_user_name(format_user_name(*user_name)).value() == *user_name);
    }
}

void check_connection_string(std::string_view input) {
    const auto parsed = ConnectionString::parse(input);
    if (!parsed) {
        TWINSTORM_CHECK(parsed.error().code == ErrorCode::kInvalidArgument);
        return;
    }
    const Secret text = parsed->format();
    const auto again = ConnectionString::parse(text.reveal());
    TWINSTORM_CHECK(again);
    TWINSTORM_CHECK(again->format().reveal() == text.reveal());
    TWINSTORM_CHECK(again->identity == parsed->identity);
}

void check_sas_token(std::string_view input) {
    if (const auto token = SasToken::parse(input)) {
        static_cast<void>(token->signed_with(kKey));
        static_cast<void>(token->covers("hub1.azure-devices.net/devices/dev-0001"));
        TWINSTORM_CHECK(!token->signed_with(""));
        const auto again = SasToken::parse(
            "SharedAccessSignature sr=" + token->resource + "&se=" + std::to_string(token->expiry) +
            "&sig=" + percent_encode(token->signature) + "&skn=" + percent_encode(token->policy));
        TWINSTORM_CHECK(again);
        TWINSTORM_CHECK(again->signature == token->signature && again->policy == token->policy);
        TWINSTORM_CHECK(again->resource == token->resource && again->expiry == token->expiry);
    }
    if (!input.empty()) {
        const auto own = SasToken::parse(make_sas_token(input, kKey, kExpiry, input).value());
        TWINSTORM_CHECK(own);
        TWINSTORM_CHECK(own->signed_with(kKey) && own->covers(input) && own->policy == input);
        TWINSTORM_CHECK(!own->covers("x" + std::string(input)) || input.front() == 'x');
    }
}

void check_property_bag(std::string_view input) {
    const auto bag = PropertyBag::parse(input);
    const BagGlance seen = glance(input);
    TWINSTORM_CHECK(seen.valid == bag.has_value());
    if (!bag) {
        return;
    }
    TWINSTORM_CHECK(seen.security_message == bag->is_security_message());
    TWINSTORM_CHECK(seen.metered_bytes == bag->metered_bytes());
    TWINSTORM_CHECK(percent_decode(seen.message_id).value() ==
                    bag->find(system_property::kMessageId).value_or(""));
    const auto again = PropertyBag::parse(bag->format());
    TWINSTORM_CHECK(again);
    TWINSTORM_CHECK(again->properties() == bag->properties());
}

void check_topic(std::string_view input) {
    const auto topic = parse_publish_topic(input);
    if (const auto* const telemetry = topic ? std::get_if<TelemetryTopic>(&*topic) : nullptr) {
        check_telemetry(*telemetry);
    }
    check_notice(input);
    check_delivery(input);
    for (const IdentityName& identity : {IdentityName{"d", ""}, IdentityName{"d", "m"}}) {
        TWINSTORM_CHECK(!parse_filter(input, identity) || input.ends_with("/#"));
    }
}

void check_twin_patch(std::string_view input) {
    json::error_code error;
    const json::value document = json::parse(input, error);
    if (error || !document.is_object()) {
        return;
    }
    const json::object& patch = document.get_object();
    check_section(TwinSection::Kind::kDesired, patch);
    check_section(TwinSection::Kind::kReported, patch);
    Twin twin(kVirtualEpoch);
    const bool patched = twin.patch_by_service(patch, "*", kVirtualEpoch).has_value();
    TWINSTORM_CHECK(twin.version() == (patched ? 3 : 2));
    const bool replaced = twin.replace_by_service(patch, "*", kVirtualEpoch).has_value();
    TWINSTORM_CHECK(twin.version() == 2 + (patched ? 1 : 0) + (replaced ? 1 : 0));
    TWINSTORM_CHECK(twin.device_view().size() == 2);
    TWINSTORM_CHECK(twin.service_view({.device_id = "d"}).contains("properties"));
}

void check_rest_error(std::string_view input) {
    TWINSTORM_CHECK(read_rest_error(404, input).code == ErrorCode::kNotFound);
    TWINSTORM_CHECK(!read_rest_error(500, input).detail.empty());
}

void check_dialect(std::string_view input) {
    check_percent(input);
    check_user_name(input);
    check_connection_string(input);
    check_sas_token(input);
    check_property_bag(input);
    check_topic(input);
    check_twin_patch(input);
    check_rest_error(input);
}

}  // namespace twinstorm::iothub

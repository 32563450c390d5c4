#include "twinstorm/iothub/twin.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

// As boost::json::serialize() does, but appended, and with a serializer that keeps its memory.
void append_text(std::string& text, const json::object& object) {
    thread_local json::serializer serializer;
    serializer.reset(&object);
    std::array<char, 2048> piece;
    while (!serializer.done()) {
        const json::string_view written = serializer.read(piece.data(), piece.size());
        text.append(written.data(), written.size());
    }
}

// A section of a service's body, as far as it has one.
struct BodySection {
    bool present = false;
    const json::object* values = nullptr;  // None: absent, or null, which deletes the section.
};

struct Body {
    BodySection tags;
    BodySection desired;
};

Result<BodySection> read_section(const json::object& body, json::string_view key) {
    const json::value* const member = body.if_contains(key);
    if (member == nullptr || member->is_null()) {
        return BodySection{member != nullptr, nullptr};
    }
    if (!member->is_object()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("The twin's `{}` is not a JSON object.", std::string_view(key)));
    }
    return BodySection{true, &member->get_object()};
}

Result<Body> read_body(const json::object& body) {
    const auto tags = read_section(body, "tags");
    const auto properties = read_section(body, "properties");
    if (!tags || !properties) {
        return fail(tags ? properties.error() : tags.error());
    }
    if (properties->values == nullptr) {
        return Body{*tags, {properties->present, nullptr}};
    }
    const auto desired = read_section(*properties->values, "desired");
    if (!desired) {
        return fail(desired.error());
    }
    return Body{*tags, *desired};
}

Result<json::object> merged_tags(json::object tags, const json::object& patch) {
    if (auto sound = check_patch(patch, false); !sound) {
        return fail(std::move(sound).error());
    }
    merge_patch(tags, patch);
    if (const std::size_t bytes = twin_size(tags); bytes > twin_limit::kTagsBytesMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("The tags would have {} bytes; at most {} are allowed.", bytes,
                                twin_limit::kTagsBytesMax));
    }
    return tags;
}

std::string instant_or_never(WallTime instant) {
    return instant == WallTime{} ? std::string(kNever) : format_instant(instant);
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

void add_scopes(json::object& view, const TwinHeader& header) {
    if (!header.device_scope.empty()) {
        view.emplace("deviceScope", header.device_scope);
    }
    if (!header.parent_scope.empty()) {
        view.emplace("parentScopes", json::array{json::value(header.parent_scope)});
    }
}

void add_configurations(json::object& view, const TwinHeader& header) {
    if (header.configurations.empty()) {
        return;
    }
    json::object configurations;
    for (const TwinConfiguration& one : header.configurations) {
        configurations.emplace(one.id,
                               json::object{{"status", one.applied ? "Applied" : "Targeted"}});
    }
    view.emplace("configurations", std::move(configurations));
}

}  // namespace

Twin::Twin(WallTime created)
    : desired_(TwinSection::Kind::kDesired, created),
      reported_(TwinSection::Kind::kReported, created) {}

Result<void> Twin::check_match(std::string_view if_match) const {
    if (if_match.size() >= 2 && if_match.starts_with('"') && if_match.ends_with('"')) {
        if_match = if_match.substr(1, if_match.size() - 2);
    }
    if (if_match.empty() || if_match == "*" || if_match == etag()) {
        return {};
    }
    return fail(ErrorCode::kPreconditionFailed, "The twin has another etag by now.");
}

Result<void> Twin::patch_by_service(const boost::json::object& body, std::string_view if_match,
                                    WallTime now) {
    if (auto matched = check_match(if_match); !matched) {
        return matched;
    }
    const auto parts = read_body(body);
    if (!parts) {
        return fail(parts.error());
    }
    std::optional<json::object> tags;
    if (parts->tags.present) {
        auto merged = parts->tags.values == nullptr ? Result<json::object>()
                                                    : merged_tags(tags_, *parts->tags.values);
        if (!merged) {
            return fail(std::move(merged).error());
        }
        tags = *std::move(merged);
    }
    if (parts->desired.present) {
        const json::object* const patch = parts->desired.values;
        auto written = patch == nullptr ? desired_.replace({}, now) : desired_.patch(*patch, now);
        if (!written) {
            return written;
        }
    }
    // From here on nothing fails: tags and desired change together or not at all.
    if (tags) {
        tags_ = *std::move(tags);
    }
    ++service_writes_;
    return {};
}

Result<void> Twin::replace_by_service(const boost::json::object& body, std::string_view if_match,
                                      WallTime now) {
    if (auto matched = check_match(if_match); !matched) {
        return matched;
    }
    const auto parts = read_body(body);
    if (!parts) {
        return fail(parts.error());
    }
    const json::object none;
    auto tags = merged_tags({}, parts->tags.values == nullptr ? none : *parts->tags.values);
    if (!tags) {
        return fail(std::move(tags).error());
    }
    const json::object* const desired = parts->desired.values;
    if (auto written = desired_.replace(desired == nullptr ? none : *desired, now); !written) {
        return written;
    }
    tags_ = *std::move(tags);
    ++service_writes_;
    return {};
}

Result<std::int64_t> Twin::patch_reported(const boost::json::object& patch, WallTime now) {
    if (auto written = reported_.patch(patch, now); !written) {
        return fail(std::move(written).error());
    }
    return reported_.version();
}

std::string Twin::etag() const {
    std::string counter(8, '\0');  // Big-endian, as in the published samples.
    auto rest = static_cast<std::uint64_t>(service_writes_);
    for (std::size_t at = counter.size(); at > 0; --at) {
        counter[at - 1] = static_cast<char>(rest & 0xFF);
        rest >>= 8;
    }
    return base64_encode(counter);
}

std::int64_t Twin::version() const {
    return service_writes_ + reported_.version();
}

boost::json::object Twin::device_view() const {
    return {{"desired", desired_.with_version()}, {"reported", reported_.with_version()}};
}

std::string Twin::device_text() const {
    std::string text;
    const auto add = [&text](std::string_view name, const TwinSection& section) {
        text += name;
        append_text(text, section.values());
        text.pop_back();
        text += text.back() == '{' ? "" : ",";
        text += R"("$version":)";
        text += std::to_string(section.version());
        text += '}';
    };
    add(R"({"desired":)", desired_);
    add(R"(,"reported":)", reported_);
    text += '}';
    return text;
}

void Twin::add_header(boost::json::object& view, const TwinHeader& header) const {
    view.emplace("deviceId", header.device_id);
    if (!header.module_id.empty()) {
        view.emplace("moduleId", header.module_id);
    }
    view.emplace("etag", etag());
    view.emplace("deviceEtag", header.identity_etag);
    view.emplace("status", header.status);
    if (!header.status_reason.empty()) {
        view.emplace("statusReason", header.status_reason);
    }
    view.emplace("statusUpdateTime", instant_or_never(header.status_updated));
    view.emplace("connectionState", header.connected ? "Connected" : "Disconnected");
    view.emplace("lastActivityTime", instant_or_never(header.last_activity));
    view.emplace("cloudToDeviceMessageCount", header.cloud_message_count);
    view.emplace("authenticationType", header.authentication_type);
    view.emplace("x509Thumbprint",
                 json::object{{"primaryThumbprint", text_or_null(header.primary_thumbprint)},
                              {"secondaryThumbprint", text_or_null(header.secondary_thumbprint)}});
    view.emplace("modelId", header.model_id);
    view.emplace("version", version());
}

json::object Twin::properties_view(const TwinHeader& header, const TwinParts& parts) const {
    json::object properties;
    if (parts.desired) {
        properties.emplace("desired", parts.metadata ? desired_.with_metadata(header.configurations)
                                                     : desired_.with_version());
    }
    if (parts.reported) {
        properties.emplace("reported",
                           parts.metadata ? reported_.with_metadata() : reported_.with_version());
    }
    return properties;
}

boost::json::object Twin::service_view(const TwinHeader& header, const TwinParts& parts) const {
    json::object view;
    if (parts.header) {
        add_header(view, header);
    }
    if (parts.tags && !tags_.empty()) {
        view.emplace("tags", tags_);
    }
    if (parts.desired || parts.reported) {
        view.emplace("properties", properties_view(header, parts));
    }
    if (parts.header) {
        view.emplace("capabilities", json::object{{"iotEdge", header.edge}});
        add_scopes(view, header);
        add_configurations(view, header);
    }
    return view;
}

}  // namespace twinstorm::iothub

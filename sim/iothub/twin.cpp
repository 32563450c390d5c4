#include "twinstorm/iothub/twin.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

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

boost::json::object Twin::service_view(const TwinHeader& header) const {
    const bool was_active = header.last_activity != WallTime{};
    json::object view{{"deviceId", header.device_id}};
    if (!header.module_id.empty()) {
        view.emplace("moduleId", header.module_id);
    }
    view.emplace("etag", etag());
    view.emplace("deviceEtag", header.identity_etag);
    view.emplace("status", header.status);
    view.emplace("statusUpdateTime", kNever);
    view.emplace("connectionState", header.connected ? "Connected" : "Disconnected");
    view.emplace("lastActivityTime",
                 was_active ? format_instant(header.last_activity) : std::string(kNever));
    view.emplace("cloudToDeviceMessageCount", 0);
    view.emplace("authenticationType", header.authentication_type);
    view.emplace("x509Thumbprint",
                 json::object{{"primaryThumbprint", nullptr}, {"secondaryThumbprint", nullptr}});
    view.emplace("modelId", "");
    view.emplace("version", version());
    if (!tags_.empty()) {
        view.emplace("tags", tags_);
    }
    view.emplace("properties", json::object{{"desired", desired_.with_metadata()},
                                            {"reported", reported_.with_metadata()}});
    view.emplace("capabilities", json::object{{"iotEdge", false}});
    return view;
}

}  // namespace twinstorm::iothub

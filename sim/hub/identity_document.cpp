#include "hub/identity_document.h"

#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

constexpr std::array<std::pair<Authentication, std::string_view>, 4> kAuthenticationNames{{
    {Authentication::kSas, "sas"},
    {Authentication::kSelfSigned, "selfSigned"},
    {Authentication::kCertificateAuthority, "certificateAuthority"},
    {Authentication::kNone, "none"},
}};

std::optional<Authentication> authentication_named(std::string_view text) {
    for (const auto& [type, type_name] : kAuthenticationNames) {
        if (type_name == text) {
            return type;
        }
    }
    return std::nullopt;
}

// Copies the member when it is there, with its length checked.
Outcome<void> read_text(const json::object& parent, std::string_view key, std::size_t bytes_max,
                        std::string& into) {
    const auto text = text_at(parent, key);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (text->size() > bytes_max) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("{} is longer than {} bytes", key, bytes_max));
    }
    into = *text;
    return {};
}

Outcome<void> read_key(const json::object& keys, std::string_view member, std::string& into) {
    auto done = read_text(keys, member, kKeyBytesMax, into);
    if (done && !into.empty() && !base64_decode(into)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, fmt::format("{} is not base64", member));
    }
    return done;
}

Outcome<void> read_keys(const json::object& authentication, Credentials& into) {
    if (const json::object* keys = object_at(authentication, "symmetricKey")) {
        if (auto done = read_key(*keys, "primaryKey", into.primary_key); !done) {
            return done;
        }
        if (auto done = read_key(*keys, "secondaryKey", into.secondary_key); !done) {
            return done;
        }
    }
    const json::object* thumbprints = object_at(authentication, "x509Thumbprint");
    if (thumbprints == nullptr) {
        return {};
    }
    auto done = read_text(*thumbprints, "primaryThumbprint", kKeyBytesMax, into.primary_thumbprint);
    return done ? read_text(*thumbprints, "secondaryThumbprint", kKeyBytesMax,
                            into.secondary_thumbprint)
                : done;
}

Outcome<Credentials> read_credentials(const json::object& body) {
    Credentials credentials;
    const json::object* authentication = object_at(body, "authentication");
    if (authentication == nullptr) {
        return credentials;
    }
    if (auto done = read_keys(*authentication, credentials); !done) {
        return tl::unexpected(done.error());
    }
    const auto type_text = text_at(*authentication, "type");
    if (!type_text) {
        return tl::unexpected(type_text.error());
    }
    if (type_text->empty()) {
        // Old clients send no type: thumbprints speak for themselves.
        credentials.type = credentials.primary_thumbprint.empty() ? Authentication::kSas
                                                                  : Authentication::kSelfSigned;
        return credentials;
    }
    const auto type = authentication_named(*type_text);
    if (!type) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      "authentication.type must be sas, selfSigned, certificateAuthority or none");
    }
    credentials.type = *type;
    return credentials;
}

Outcome<bool> read_enabled(const json::object& body) {
    const auto status = text_at(body, "status");
    if (!status) {
        return tl::unexpected(status.error());
    }
    if (!status->empty() && *status != "enabled" && *status != "disabled") {
        return refuse(ServiceErrorCode::kArgumentInvalid, "status must be enabled or disabled");
    }
    return *status != "disabled";
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

// Hubs print an instant that never was in this form, without a zone.
std::string instant_or_never(WallTime instant) {
    return instant == WallTime{} ? "0001-01-01T00:00:00" : iothub::format_instant(instant);
}

json::object authentication_view(const Credentials& credentials) {
    return {{"symmetricKey",
             {{"primaryKey", text_or_null(credentials.primary_key)},
              {"secondaryKey", text_or_null(credentials.secondary_key)}}},
            {"x509Thumbprint",
             {{"primaryThumbprint", text_or_null(credentials.primary_thumbprint)},
              {"secondaryThumbprint", text_or_null(credentials.secondary_thumbprint)}}},
            {"type", name(credentials.type)}};
}

void add_device_members(json::object& view, const Identity& identity) {
    view["status"] = identity.record.enabled ? "enabled" : "disabled";
    view["statusReason"] = text_or_null(identity.record.status_reason);
    view["statusUpdatedTime"] = instant_or_never(identity.record.status_updated);
    view["capabilities"] = json::object{{"iotEdge", identity.record.edge}};
    view["deviceScope"] = text_or_null(identity.record.device_scope);
    json::array parents;
    if (!identity.record.parent_scope.empty()) {
        parents.emplace_back(identity.record.parent_scope);
    }
    view["parentScopes"] = std::move(parents);
}

Outcome<void> check_scope(std::string_view scope) {
    constexpr std::string_view kScheme = "ms-azure-iot-edge://";
    if (scope.empty() || (scope.starts_with(kScheme) && scope.size() > kScheme.size() &&
                          scope.size() <= kScopeBytesMax)) {
        return {};
    }
    return refuse(ServiceErrorCode::kInvalidDeviceScope,
                  fmt::format("A scope begins with {} and names an edge device", kScheme));
}

Outcome<void> read_scopes(const json::object& body, IdentityWrite& into) {
    const auto scope = text_at(body, "deviceScope");
    if (!scope) {
        return tl::unexpected(scope.error());
    }
    into.device_scope = *scope;
    if (const json::array* parents = array_at(body, "parentScopes"); parents && !parents->empty()) {
        const json::string* first = parents->front().if_string();
        if (parents->size() > 1 || first == nullptr) {
            return refuse(ServiceErrorCode::kInvalidDeviceScope,
                          "parentScopes holds one scope at most");
        }
        into.parent_scope = std::string_view(*first);
    }
    auto checked = check_scope(into.device_scope);
    return checked ? check_scope(into.parent_scope) : checked;
}

}  // namespace

std::string_view name(Authentication type) {
    return kAuthenticationNames[static_cast<std::size_t>(type)].second;
}

Outcome<IdentityWrite> read_identity_write(const json::object& body) {
    IdentityWrite write;
    const auto enabled = read_enabled(body);
    if (!enabled) {
        return tl::unexpected(enabled.error());
    }
    write.enabled = *enabled;
    if (const json::object* capabilities = object_at(body, "capabilities")) {
        const auto edge = flag_at(*capabilities, "iotEdge", false);
        if (!edge) {
            return tl::unexpected(edge.error());
        }
        write.edge = *edge;
    }
    if (auto done = read_text(body, "statusReason", kStatusReasonBytesMax, write.status_reason);
        !done) {
        return tl::unexpected(done.error());
    }
    if (auto done = read_text(body, "managedBy", iothub::kIdBytesMax, write.managed_by); !done) {
        return tl::unexpected(done.error());
    }
    if (auto done = read_scopes(body, write); !done) {
        return tl::unexpected(done.error());
    }
    auto credentials = read_credentials(body);
    if (!credentials) {
        return tl::unexpected(credentials.error());
    }
    write.credentials = *std::move(credentials);
    return write;
}

json::object identity_view(const Identity& identity) {
    const IdentityRecord& record = identity.record;
    json::object view;
    if (record.name.is_module()) {
        view["moduleId"] = record.name.module_id;
        view["managedBy"] = text_or_null(record.managed_by);
    }
    view["deviceId"] = record.name.device_id;
    view["generationId"] = record.generation_id;
    view["etag"] = record.etag;
    view["connectionState"] = identity.connected() ? "Connected" : "Disconnected";
    view["connectionStateUpdatedTime"] = instant_or_never(identity.connection_changed);
    view["lastActivityTime"] = instant_or_never(identity.last_activity);
    view["cloudToDeviceMessageCount"] = identity.cloud_message_count();
    view["authentication"] = authentication_view(record.credentials);
    if (!record.name.is_module()) {
        add_device_members(view, identity);
    }
    return view;
}

json::object journal_record(const IdentityRecord& record) {
    return {{"device", record.name.device_id},
            {"module", record.name.module_id},
            {"generation_id", record.generation_id},
            {"etag", record.etag},
            {"status", record.enabled ? "enabled" : "disabled"},
            {"statusReason", record.status_reason},
            {"managedBy", record.managed_by},
            {"capabilities", {{"iotEdge", record.edge}}},
            {"authentication", authentication_view(record.credentials)},
            {"modelId", record.model_id},
            {"deviceScope", record.device_scope},
            {"parentScope", record.parent_scope},
            {"created_ns", record.created.time_since_epoch().count()},
            {"status_updated_ns", record.status_updated.time_since_epoch().count()}};
}

Result<IdentityRecord> read_journal_record(const json::object& line) {
    IdentityRecord record;
    auto write = read_identity_write(line);
    if (!write) {
        return fail(ErrorCode::kInvalidArgument, write.error().text);
    }
    record.enabled = write->enabled;
    record.edge = write->edge;
    record.status_reason = std::move(write->status_reason);
    record.managed_by = std::move(write->managed_by);
    record.credentials = std::move(write->credentials);

    const auto device = text_at(line, "device");
    const auto module_id = text_at(line, "module");
    const auto generation = text_at(line, "generation_id");
    const auto etag = text_at(line, "etag");
    // Journals of before have none of these.
    record.model_id = text_at(line, "modelId").value_or("");
    record.device_scope = text_at(line, "deviceScope").value_or("");
    record.parent_scope = text_at(line, "parentScope").value_or("");
    const auto created = integer_at(line, "created_ns");
    const auto status_updated = integer_at(line, "status_updated_ns");
    if (!device || !module_id || !generation || !etag || !created || !status_updated) {
        return fail(ErrorCode::kInvalidArgument, "an identity lacks a member");
    }
    record.name = {std::string(*device), std::string(*module_id)};
    record.generation_id = *generation;
    record.etag = *etag;
    record.created = WallTime(Duration(*created));
    record.status_updated = WallTime(Duration(*status_updated));
    return record;
}

}  // namespace twinstorm::hub

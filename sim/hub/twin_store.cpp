#include "hub/twin_store.h"

#include <utility>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {
namespace json = boost::json;

namespace {

std::vector<iothub::TwinConfiguration> configurations_of(const Identity& identity) {
    std::vector<iothub::TwinConfiguration> result;
    if (identity.configurations != nullptr) {
        for (const ConfigurationMark& mark : *identity.configurations) {
            result.push_back(mark.configuration);
        }
    }
    return result;
}

}  // namespace

TwinStore::TwinStore(Journal& journal, DesiredChanged desired_changed, Changed changed,
                     Changing changing)
    : journal_(journal),
      desired_changed_(std::move(desired_changed)),
      changed_(std::move(changed)),
      changing_(std::move(changing)) {}

Outcome<void> TwinStore::patch(Identity& identity, const json::object& body,
                               std::string_view if_match, Instant now) {
    tell_changing(identity, now);
    const std::int64_t before = identity.twin.desired().version();
    if (auto done = identity.twin.patch_by_service(body, if_match, now.wall); !done) {
        return refuse(done.error());
    }
    write_line(kTwinPatch, identity, body, now);
    const std::int64_t version = identity.twin.desired().version();
    tell(identity, {.tags = body.contains("tags"), .desired = version != before}, now);
    if (version == before) {
        return {};
    }
    // Without an object the patch was a null, which empties the section as a replacement does.
    const json::object* properties = object_at(body, "properties");
    const json::object* desired =
        properties == nullptr ? nullptr : object_at(*properties, "desired");
    desired_changed_(identity,
                     desired == nullptr ? identity.twin.desired().with_version()
                                        : iothub::desired_notice(*desired, version),
                     now.run);
    return {};
}

Outcome<void> TwinStore::replace(Identity& identity, const json::object& body,
                                 std::string_view if_match, Instant now) {
    tell_changing(identity, now);
    if (auto done = identity.twin.replace_by_service(body, if_match, now.wall); !done) {
        return refuse(done.error());
    }
    write_line(kTwinReplace, identity, body, now);
    tell(identity, {.replaced = true, .tags = true, .desired = true}, now);
    desired_changed_(identity, identity.twin.desired().with_version(), now.run);
    return {};
}

Result<std::int64_t> TwinStore::patch_reported(Identity& identity, const json::object& patch,
                                               Instant now) {
    tell_changing(identity, now);
    auto version = identity.twin.patch_reported(patch, now.wall);
    if (version) {
        write_line(kTwinReported, identity, patch, now);
        tell(identity, {.reported = true}, now);
    }
    return version;
}

void TwinStore::tell_changing(const Identity& identity, Instant now) const {
    if (changing_ != nullptr) {
        changing_(identity, now);
    }
}

void TwinStore::tell(const Identity& identity, const Change& change, Instant now) const {
    if (changed_ != nullptr) {
        changed_(identity, change, now);
    }
}

json::object TwinStore::service_view(const Identity& identity,
                                     const iothub::TwinParts& parts) const {
    iothub::TwinHeader header;
    if (parts.header || parts.metadata) {
        header.configurations = configurations_of(identity);
    }
    if (!parts.header) {
        return identity.twin.service_view(header, parts);
    }
    const IdentityRecord& record = identity.record;
    header.device_id = record.name.device_id;
    header.module_id = record.name.module_id;
    header.identity_etag = record.etag;
    header.status = identity.enabled() ? "enabled" : "disabled";
    header.status_reason = record.status_reason;
    header.status_updated = record.status_updated;
    header.connected = identity.connected();
    header.last_activity = identity.last_activity;
    header.authentication_type = name(record.credentials.type);
    header.primary_thumbprint = record.credentials.primary_thumbprint;
    header.secondary_thumbprint = record.credentials.secondary_thumbprint;
    header.model_id = record.model_id;
    header.edge = record.edge;
    header.device_scope = record.device_scope;
    header.parent_scope = record.parent_scope;
    header.cloud_message_count = identity.cloud_message_count();
    return identity.twin.service_view(header, parts);
}

Result<void> TwinStore::restore(Identity& identity, std::string_view op, const json::object& body,
                                WallTime at) {
    if (op == kTwinPatch) {
        return identity.twin.patch_by_service(body, {}, at);
    }
    if (op == kTwinReplace) {
        return identity.twin.replace_by_service(body, {}, at);
    }
    auto version = identity.twin.patch_reported(body, at);
    return version ? Result<void>{} : fail(std::move(version).error());
}

void TwinStore::write_line(std::string_view op, const Identity& identity, const json::object& body,
                           Instant now) {
    if (journal_.enabled()) {
        journal_.append({{"op", op},
                         {"device", identity.record.name.device_id},
                         {"module", identity.record.name.module_id},
                         {"at_ns", now.wall.time_since_epoch().count()},
                         {"body", body}},
                        now.run);
    }
}

}  // namespace twinstorm::hub

// Past 300 lines: a reader for every member of an enrolment, a few lines each.
#include "dps/enrollment_document.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::dps {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<Allocation, std::string_view>, 3> kAllocationNames{{
    {Allocation::kHashed, "hashed"},
    {Allocation::kStatic, "static"},
    {Allocation::kGeoLatency, "geoLatency"},
}};

tl::unexpected<Fault> wrong(std::string_view member, std::string_view expected) {
    return refuse(FaultCode::kBadRequest, fmt::format("{} must be {}", member, expected));
}

// None when the member is missing or null.
const json::value* member(const json::object& parent, std::string_view key) {
    const json::value* value = parent.if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

// Empty when the member is missing or null.
Outcome<std::string> text_at(const json::object& parent, std::string_view key) {
    const json::value* value = member(parent, key);
    if (value == nullptr) {
        return std::string();
    }
    return value->is_string() ? Outcome<std::string>(std::string(value->get_string()))
                              : wrong(key, "a string");
}

Outcome<void> read_flag(const json::object& parent, std::string_view key, bool& into) {
    const json::value* value = member(parent, key);
    if (value != nullptr && !value->is_bool()) {
        return wrong(key, "true or false");
    }
    into = value == nullptr ? into : value->get_bool();
    return {};
}

Outcome<const json::object*> object_at(const json::object& parent, std::string_view key) {
    const json::value* value = member(parent, key);
    if (value != nullptr && !value->is_object()) {
        return wrong(key, "an object");
    }
    return value == nullptr ? nullptr : &value->get_object();
}

// A key is what the body brings, else what it was before, else a new one.
Outcome<std::string> read_key(const json::object* keys, std::string_view key,
                              const std::string& before, Random& random) {
    auto text = keys == nullptr ? Outcome<std::string>(std::string()) : text_at(*keys, key);
    if (!text) {
        return text;
    }
    if (text->empty()) {
        return before.empty() ? seeded_key(random.bits()) : before;
    }
    if (text->size() > kKeyBytesMax || !base64_decode(*text)) {
        return wrong(key, "base64");
    }
    return text;
}

Outcome<void> read_keys(const json::object& body, const EnrollmentReading& reading,
                        Attestation& into) {
    const auto keys = object_at(body, "symmetricKey");
    if (!keys) {
        return tl::unexpected(keys.error());
    }
    const bool kept = reading.before != nullptr &&
                      reading.before->attestation.kind == Attestation::Kind::kSymmetricKey;
    const Attestation none;
    const Attestation& before = kept ? reading.before->attestation : none;
    auto primary = read_key(*keys, "primaryKey", before.primary_key, reading.random);
    auto secondary = read_key(*keys, "secondaryKey", before.secondary_key, reading.random);
    if (!primary || !secondary) {
        return tl::unexpected(primary ? secondary.error() : primary.error());
    }
    into.primary_key = *std::move(primary);
    into.secondary_key = *std::move(secondary);
    return {};
}

// `{"certificate": "..."}`; a body read from the service holds `info` instead, which is kept.
Outcome<std::optional<iothub::Certificate>> read_certificate(
    const json::object& certificates, std::string_view key,
    const std::optional<iothub::Certificate>& before) {
    const auto holder = object_at(certificates, key);
    if (!holder) {
        return tl::unexpected(holder.error());
    }
    if (*holder == nullptr) {
        return std::optional<iothub::Certificate>();
    }
    const auto text = text_at(**holder, "certificate");
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (text->empty() && before) {
        return before;
    }
    auto certificate = iothub::parse_certificate_text(*text);
    return certificate ? Outcome<std::optional<iothub::Certificate>>(*std::move(certificate))
                       : wrong(fmt::format("{}.certificate", key), "a certificate");
}

Outcome<void> read_x509(const json::object& body, const EnrollmentReading& reading,
                        Attestation& into) {
    const std::string_view key = reading.name.group ? "signingCertificates" : "clientCertificates";
    const auto x509 = object_at(body, "x509");
    if (!x509 || *x509 == nullptr) {
        return wrong("attestation.x509", "an object");
    }
    const auto certificates = object_at(**x509, key);
    if (!certificates || *certificates == nullptr) {
        return wrong(fmt::format("attestation.x509.{}", key), "an object");
    }
    const Attestation none;
    const Attestation& before = reading.before == nullptr ? none : reading.before->attestation;
    auto primary = read_certificate(**certificates, "primary", before.primary);
    auto secondary = read_certificate(**certificates, "secondary", before.secondary);
    if (!primary || !secondary) {
        return tl::unexpected(primary ? secondary.error() : primary.error());
    }
    if (!*primary) {
        return wrong("primary", "a certificate");
    }
    into.primary = *std::move(primary);
    into.secondary = *std::move(secondary);
    return {};
}

Outcome<void> read_attestation(const json::object& body, const EnrollmentReading& reading,
                               Enrollment& into) {
    const auto attestation = object_at(body, "attestation");
    if (!attestation || *attestation == nullptr) {
        return wrong("attestation", "an object");
    }
    const auto type = text_at(**attestation, "type");
    if (type && *type == "symmetricKey") {
        into.attestation.kind = Attestation::Kind::kSymmetricKey;
        return read_keys(**attestation, reading, into.attestation);
    }
    if (type && *type == "x509") {
        into.attestation.kind = Attestation::Kind::kX509;
        return read_x509(**attestation, reading, into.attestation);
    }
    return wrong("attestation.type", "symmetricKey or x509; a TPM is not simulated");
}

Outcome<void> add_hub(const json::value& value, const EnrollmentReading& reading,
                      Enrollment& into) {
    const json::string* name = value.if_string();
    if (name == nullptr ||
        std::ranges::find(reading.hubs, std::string_view(*name)) == reading.hubs.end()) {
        return wrong("iotHubs and iotHubHostName", "names of linked hubs");
    }
    if (std::ranges::find(into.hubs, std::string_view(*name)) == into.hubs.end()) {
        into.hubs.emplace_back(*name);
    }
    return {};
}

// `iotHubHostName` is the older form of a list of one.
Outcome<void> read_hubs(const json::object& body, const EnrollmentReading& reading,
                        Enrollment& into) {
    if (const json::value* one = member(body, "iotHubHostName"); one != nullptr && *one != "") {
        if (auto added = add_hub(*one, reading, into); !added) {
            return added;
        }
    }
    const json::value* list = member(body, "iotHubs");
    if (list == nullptr) {
        return {};
    }
    if (!list->is_array()) {
        return wrong("iotHubs", "a list");
    }
    for (const json::value& one : list->get_array()) {
        if (auto added = add_hub(one, reading, into); !added) {
            return added;
        }
    }
    return {};
}

Outcome<void> read_allocation(const json::object& body, Enrollment& into) {
    const auto text = text_at(body, "allocationPolicy");
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (text->empty()) {
        return {};
    }
    const auto* const found = std::ranges::find(kAllocationNames, std::string_view(*text),
                                                [](const auto& entry) { return entry.second; });
    if (found == kAllocationNames.end()) {
        return wrong("allocationPolicy", "hashed, static or geoLatency; custom is not simulated");
    }
    into.allocation = found->first;
    return {};
}

Outcome<void> read_policies(const json::object& body, Enrollment& into) {
    const auto reprovision = object_at(body, "reprovisionPolicy");
    const auto capabilities = object_at(body, "capabilities");
    if (!reprovision || !capabilities) {
        return tl::unexpected(reprovision ? capabilities.error() : reprovision.error());
    }
    if (*reprovision != nullptr) {
        auto read = read_flag(**reprovision, "updateHubAssignment", into.update_hub_assignment);
        read =
            read ? read_flag(**reprovision, "migrateDeviceData", into.migrate_device_data) : read;
        if (!read) {
            return read;
        }
    }
    return *capabilities == nullptr ? Outcome<void>()
                                    : read_flag(**capabilities, "iotEdge", into.edge);
}

Outcome<void> read_names(const json::object& body, Enrollment& into) {
    const std::string_view key = into.name.group ? "enrollmentGroupId" : "registrationId";
    const auto own = text_at(body, key);
    if (!own || (!own->empty() && lower(*own) != lower(into.name.id))) {
        return wrong(key, "that of the path");
    }
    auto device = text_at(body, "deviceId");
    if (!device || (!device->empty() && (into.name.group || !iothub::is_valid_id(*device)))) {
        return wrong("deviceId", "a hub's device id, in an individual enrolment");
    }
    into.device_id = *std::move(device);
    const auto status = text_at(body, "provisioningStatus");
    if (!status || (!status->empty() && *status != "enabled" && *status != "disabled")) {
        return wrong("provisioningStatus", "enabled or disabled");
    }
    into.enabled = *status != "disabled";
    return {};
}

Outcome<void> read_twin(const json::object& body, Enrollment& into) {
    const auto twin = object_at(body, "initialTwin");
    if (!twin) {
        return tl::unexpected(twin.error());
    }
    if (*twin != nullptr) {
        into.initial_twin = **twin;
    }
    if (const json::value* information = member(body, "optionalDeviceInformation")) {
        into.device_information = *information;
    }
    return {};
}

json::value certificate_view(const std::optional<iothub::Certificate>& certificate) {
    if (!certificate) {
        return nullptr;
    }
    return json::object{{"info",
                         {{"subjectName", certificate->subject},
                          {"sha1Thumbprint", certificate->sha1},
                          {"sha256Thumbprint", certificate->sha256},
                          {"issuerName", certificate->issuer},
                          {"notBeforeUtc", iothub::format_instant(certificate->not_before)},
                          {"notAfterUtc", iothub::format_instant(certificate->not_after)},
                          {"serialNumber", certificate->serial},
                          {"version", 3}}}};
}

std::string_view name(Allocation allocation) {
    return kAllocationNames[static_cast<std::size_t>(allocation)].second;
}

}  // namespace

Outcome<Enrollment> read_enrollment(const json::object& body, const EnrollmentReading& reading) {
    Enrollment made;
    made.name = reading.name;
    auto read = read_names(body, made);
    read = read ? read_attestation(body, reading, made) : read;
    read = read ? read_hubs(body, reading, made) : read;
    read = read ? read_allocation(body, made) : read;
    read = read ? read_policies(body, made) : read;
    read = read ? read_twin(body, made) : read;
    if (!read) {
        return tl::unexpected(read.error());
    }
    return made;
}

json::object attestation_view(const Enrollment& enrollment, Keys keys) {
    const Attestation& attestation = enrollment.attestation;
    if (attestation.kind == Attestation::Kind::kX509) {
        return {{"type", "x509"},
                {"x509",
                 {{enrollment.name.group ? "signingCertificates" : "clientCertificates",
                   {{"primary", certificate_view(attestation.primary)},
                    {"secondary", certificate_view(attestation.secondary)}}}}}};
    }
    json::object view{{"type", "symmetricKey"}};
    if (keys == Keys::kShown) {
        view["symmetricKey"] = {{"primaryKey", attestation.primary_key},
                                {"secondaryKey", attestation.secondary_key}};
    }
    return view;
}

json::object enrollment_view(const Enrollment& enrollment, Keys keys) {
    json::object view;
    view[enrollment.name.group ? "enrollmentGroupId" : "registrationId"] = enrollment.name.id;
    if (!enrollment.name.group) {
        view["deviceId"] =
            enrollment.device_id.empty() ? json::value() : json::value(enrollment.device_id);
        view["optionalDeviceInformation"] = enrollment.device_information;
    }
    view["attestation"] = attestation_view(enrollment, keys);
    view["capabilities"] = {{"iotEdge", enrollment.edge}};
    view["provisioningStatus"] = enrollment.enabled ? "enabled" : "disabled";
    view["reprovisionPolicy"] = {{"updateHubAssignment", enrollment.update_hub_assignment},
                                 {"migrateDeviceData", enrollment.migrate_device_data}};
    view["initialTwin"] = enrollment.initial_twin;
    view["allocationPolicy"] = name(enrollment.allocation);
    view["iotHubs"] = json::array(enrollment.hubs.begin(), enrollment.hubs.end());
    view["createdDateTimeUtc"] = iothub::format_instant(enrollment.created);
    view["lastUpdatedDateTimeUtc"] = iothub::format_instant(enrollment.updated);
    view["etag"] = enrollment.etag;
    return view;
}

}  // namespace twinstorm::dps

#include "hub/rest_files.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "hub/admission.h"
#include "hub/blob_storage.h"
#include "hub/blob_token.h"
#include "hub/file_uploads.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

Outcome<void> check_sender(Shard& shard, const RestRequest& request) {
    Identity* const identity = shard.registry.find(request.name);
    const auto admission =
        identity == nullptr
            ? tl::expected<Admission, Refusal>(tl::unexpected(Refusal::kUnknownIdentity))
            : admit_sender(shard.admission_rules(), *identity,
                           net::find_header(*request.headers, "Authorization"), request.now);
    if (admission) {
        return {};
    }
    shard.rules.count(admission.error());
    // As for the unknown device: whoever cannot prove who he is learns nothing.
    return refuse(ServiceErrorCode::kIotHubUnauthorized, "The token does not open this device");
}

// Names that a path can carry as they are: REST paths of this hub are ASCII.
bool is_blob_name(std::string_view name) {
    const auto is_plain = [](char c) { return c > 0x1f && c < 0x7f; };
    return !name.empty() && name.size() <= kBlobNameBytesMax &&
           std::ranges::all_of(name, is_plain) && !name.starts_with('/') && !name.ends_with('/') &&
           name.find("//") == std::string_view::npos;
}

// A device that came by an address of its own finds the storage there, too: behind a mapped port or
// another name. One that came by the hub's name is told where the hub listens.
std::string storage_of(const Shard& shard, const RestRequest& request) {
    const std::string_view host = net::find_header(*request.headers, "Host");
    const auto is_address = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~:[]").find(c) != std::string_view::npos;
    };
    const bool own = host.empty() || host == shard.common.options.host_name ||
                     !std::ranges::all_of(host, is_address);
    return own ? shard.common.storage_address : std::string(host);
}

// `blob_name` encoded but for its slashes.
std::string blob_uri(const FileUpload& upload) {
    std::string uri = fmt::format("https://{}/{}", upload.storage, kUploadContainer);
    std::string_view rest = upload.blob_name;
    while (!rest.empty()) {
        const std::string_view segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
        uri += "/" + iothub::percent_encode(segment);
    }
    return uri;
}

void tell_services(Shard& shard, const FileUpload& upload, Instant now) {
    amqp::FileNotification file{.device_id = upload.device_id,
                                .blob_uri = blob_uri(upload),
                                .blob_name = upload.blob_name,
                                .last_updated = upload.blob->written,
                                .bytes = upload.blob->bytes,
                                .enqueued = now.wall};
    // Whoever reads it sees less than a block of it, so that its exact size makes no difference.
    shard.common.quota.count(QuotaKind::kFileNotifications, file.blob_uri.size(), now.wall);
    shard.all.on(shard.all.front(), shard, now.run,
                 [file = std::move(file)](Shard& front, TimePoint then) {
                     front.file_notifications.add(file, front.instant(then));
                 });
}

Outcome<std::string> correlation_of(const RestRequest& request, const json::object& body) {
    constexpr std::size_t kPlace = 4;
    if (request.segments.size() > kPlace) {
        return request.segments[kPlace];
    }
    const auto text = text_at(body, "correlationId");
    if (!text) {
        return tl::unexpected(text.error());
    }
    return std::string(*text);
}

}  // namespace

Outcome<net::HttpResponse> start_upload(Shard& shard, const RestRequest& request) {
    if (auto checked = check_sender(shard, request); !checked) {
        return tl::unexpected(checked.error());
    }
    const auto body = parse_object(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const auto name = text_at(*body, "blobName");
    if (!name || !is_blob_name(*name)) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("blobName is 1 to {} characters of ASCII, in parts that are not "
                                  "empty",
                                  kBlobNameBytesMax));
    }
    const std::string blob = request.name.device_id + "/" + std::string(*name);
    FileUpload upload{.correlation_id = shard.next_tracking_id(),
                      .device_id = request.name.device_id,
                      .blob_name = blob,
                      .storage = storage_of(shard, request)};
    const json::object answer{{"correlationId", upload.correlation_id},
                              {"hostName", upload.storage},
                              {"containerName", kUploadContainer},
                              {"blobName", blob},
                              {"sasToken", make_blob_token(shard.common.blob_key.reveal(),
                                                           blob_path(blob), upload.correlation_id,
                                                           request.now.wall + kFileUploadTimeMax)}};
    if (auto started = shard.file_uploads.start(std::move(upload), request.now.run); !started) {
        return tl::unexpected(started.error());
    }
    return json_response(200, answer);
}

Outcome<net::HttpResponse> end_upload(Shard& shard, const RestRequest& request) {
    if (auto checked = check_sender(shard, request); !checked) {
        return tl::unexpected(checked.error());
    }
    const auto body = parse_object(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const auto correlation = correlation_of(request, *body);
    if (!correlation) {
        return tl::unexpected(correlation.error());
    }
    const json::value* const success = body->if_contains("isSuccess");
    if (success == nullptr || !success->is_bool()) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "isSuccess is true or false");
    }
    const FileUpload* const upload =
        shard.file_uploads.find(request.name.device_id, *correlation, request.now.run);
    if (upload == nullptr) {
        return refuse(ServiceErrorCode::kIotHubFormatError,
                      "The correlation id names no upload of this device that is under way");
    }
    if (success->get_bool() && !upload->blob) {
        return refuse(ServiceErrorCode::kInvalidStorageEndpointOrBlob,
                      "The storage has no blob of this upload");
    }
    if (success->get_bool()) {
        tell_services(shard, *upload, request.now);
    }
    shard.file_uploads.end(*upload);
    return empty_response(204);
}

}  // namespace twinstorm::hub

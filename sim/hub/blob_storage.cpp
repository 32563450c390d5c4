#include "hub/blob_storage.h"

#include <chrono>
#include <ctime>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "hub/blob_token.h"
#include "hub/block_list.h"
#include "hub/file_uploads.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::hub {
namespace {

// The one that clients of this century ask for; whichever they ask for is what they are told.
constexpr std::string_view kStorageVersion = "2018-03-28";

// RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(WallTime at) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(seconds));
}

void add_usual_headers(const RestRequest& request, net::HttpResponse& response) {
    std::string_view version = net::find_header(*request.headers, "x-ms-version");
    response.headers.emplace_back("x-ms-version", version.empty() ? kStorageVersion : version);
    if (const auto id = net::find_header(*request.headers, "x-ms-client-request-id"); !id.empty()) {
        response.headers.emplace_back("x-ms-client-request-id", id);
    }
    response.headers.emplace_back("Date", http_date(request.now.wall));
}

net::HttpResponse refusal(unsigned status, std::string_view code, std::string_view message) {
    return {status,
            {{"Content-Type", "application/xml"}, {"x-ms-error-code", std::string(code)}},
            fmt::format("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                        "<Error><Code>{}</Code><Message>{}</Message></Error>",
                        code, message)};
}

net::HttpResponse created() {
    return {201, {{"x-ms-request-server-encrypted", "true"}}, {}};
}

net::HttpResponse written(const Blob& blob) {
    net::HttpResponse response = created();
    response.headers.emplace_back(
        "ETag", fmt::format("\"0x{:X}\"", blob.written.time_since_epoch().count()));
    response.headers.emplace_back("Last-Modified", http_date(blob.written));
    return response;
}

net::HttpResponse put_whole(FileUpload& upload, const RestRequest& request) {
    const std::string_view type = net::find_header(*request.headers, "x-ms-blob-type");
    if (type.empty()) {
        return refusal(400, "MissingRequiredHeader",
                       "An HTTP header that's mandatory for this request is not specified.");
    }
    if (type != "BlockBlob") {
        return refusal(400, "InvalidHeaderValue", "Blobs of other types are not served here.");
    }
    put_blob(upload, request.body.size(), request.now.wall);
    return written(*upload.blob);
}

net::HttpResponse put_one_block(FileUpload& upload, const RestRequest& request) {
    const auto id = iothub::percent_decode(request.parameter("blockid").value_or(""));
    if (!id || id->empty() || id->size() > kBlockIdBytesMax) {
        return refusal(400, "InvalidQueryParameterValue",
                       "Value for one of the query parameters specified in the request URI is "
                       "invalid.");
    }
    if (!put_block(upload, *id, request.body.size())) {
        return refusal(409, "BlockCountExceedsLimit",
                       "The uncommitted block count cannot exceed the maximum limit.");
    }
    return created();
}

net::HttpResponse put_block_list(FileUpload& upload, const RestRequest& request) {
    const auto ids = read_block_list(request.body);
    if (!ids) {
        return refusal(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");
    }
    if (!commit(upload, *ids, request.now.wall)) {
        return refusal(400, "InvalidBlockList", "The specified block list is invalid.");
    }
    return written(*upload.blob);
}

net::HttpResponse serve(Shard& owner, const RestRequest& request) {
    constexpr std::string_view kFailed = "AuthenticationFailed";
    const auto correlation = check_blob_token(owner.common.blob_key.reveal(), request.path,
                                              request.query, request.now.wall);
    if (!correlation) {
        return refusal(
            403, kFailed,
            fmt::format("Server failed to authenticate the request. {}", correlation.error()));
    }
    constexpr std::size_t kDevicePlace = 1;
    FileUpload* const upload =
        owner.file_uploads.find(request.segments[kDevicePlace], *correlation, request.now.run);
    if (upload == nullptr) {
        return refusal(403, kFailed,
                       "Server failed to authenticate the request. The upload is over.");
    }
    if (request.method != "PUT") {
        return refusal(405, "UnsupportedHttpVerb",
                       "The resource doesn't support the specified HTTP verb.");
    }
    const auto operation = request.parameter("comp");
    if (!operation) {
        return put_whole(*upload, request);
    }
    if (*operation == "block") {
        return put_one_block(*upload, request);
    }
    if (*operation == "blocklist") {
        return put_block_list(*upload, request);
    }
    return refusal(
        400, "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.");
}

}  // namespace

bool is_blob(const std::vector<std::string>& segments) {
    return segments.size() > 1 && segments.front() == kUploadContainer;
}

std::string blob_path(std::string_view blob_name) {
    return fmt::format("/{}/{}", kUploadContainer, blob_name);
}

void answer_blob(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    Shard& owner = here.all.owner_of(exchange->request().segments[1]);
    here.all.on(owner, here, now, [exchange](Shard& shard, TimePoint then) {
        RestRequest& request = exchange->request();
        request.now = shard.instant(then);
        net::HttpResponse response = serve(shard, request);
        add_usual_headers(request, response);
        exchange->answer(shard, std::move(response), then);
    });
}

}  // namespace twinstorm::hub

#include "hub/paging.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

constexpr std::string_view kQuery = "query";
constexpr std::string_view kDevice = "device";
constexpr std::string_view kModule = "module";
constexpr std::string_view kJob = "job";
constexpr std::string_view kPlace = "place";
constexpr std::string_view kGiven = "given";

std::string mark_of(std::string_view query) {
    constexpr std::uint64_t kMarkSeed = 0;  // No secret: a token opens nothing.
    return fmt::format("{:016x}", derive(kMarkSeed, query));
}

std::optional<std::uint64_t> number_at(const json::object& token, std::string_view key) {
    const auto number = integer_at(token, key);
    return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number))
                                  : std::nullopt;
}

// Ids may be empty: rows of jobs have none.
std::optional<std::string> id_at(const json::object& token, std::string_view key) {
    const auto text = text_at(token, key);
    if (!text || (!text->empty() && !iothub::is_valid_id(*text))) {
        return std::nullopt;
    }
    return std::string(*text);
}

std::optional<Continuation> read_continuation(std::string_view text, std::string_view query) {
    const auto bytes = text.size() <= kContinuationBytesMax
                           ? base64_decode(text)
                           : Result<std::string>(fail(ErrorCode::kLimitExceeded));
    if (!bytes) {
        return std::nullopt;
    }
    const auto token = parse_object(*bytes);
    if (!token) {
        return std::nullopt;
    }
    const auto mark = text_at(*token, kQuery);
    const auto device = id_at(*token, kDevice);
    const auto module = id_at(*token, kModule);
    const auto job = number_at(*token, kJob);
    const auto place = number_at(*token, kPlace);
    const auto given = number_at(*token, kGiven);
    if (!mark || *mark != mark_of(query) || !device || !module || !job || !place || !given) {
        return std::nullopt;
    }
    return Continuation{{*device, *module}, *job, *place, *given};
}

}  // namespace

std::string write_continuation(const Continuation& last, std::string_view query) {
    return base64_encode(json::serialize(json::object{{kQuery, mark_of(query)},
                                                      {kDevice, last.name.device_id},
                                                      {kModule, last.name.module_id},
                                                      {kJob, last.job},
                                                      {kPlace, last.place},
                                                      {kGiven, last.given}}));
}

Outcome<Paging> read_paging(const RestRequest& request, std::string_view query) {
    Paging paging{.size = kQueryPageDefault};
    const std::string_view count = net::find_header(*request.headers, "x-ms-max-item-count");
    if (!count.empty()) {
        const char* const end = count.data() + count.size();
        const auto [rest, error] = std::from_chars(count.data(), end, paging.size);
        if (error != std::errc{} || rest != end || paging.size == 0) {
            return refuse(ServiceErrorCode::kDeviceInvalidResultCount,
                          "x-ms-max-item-count must be a positive number");
        }
        paging.size = std::min(paging.size, kQueryPageMax);
    }
    const std::string_view token = net::find_header(*request.headers, "x-ms-continuation");
    if (token.empty()) {
        return paging;
    }
    const auto after = read_continuation(token, query);
    if (!after) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      "x-ms-continuation is no token of this query");
    }
    paging.resumes = true;
    paging.after = *after;
    return paging;
}

}  // namespace twinstorm::hub

#include "query/path_parser.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace twinstorm::query {
namespace {

constexpr std::string_view kArrayHint =
    "elements of arrays have no name; a member with an unusual name is written tags.[[its name]]";

// The names of the hub itself are found in any case and answered in this one: Microsoft's own
// example selects DeviceId and LastActivityTime, and gets deviceId and lastActivityTime.
constexpr std::array<std::string_view, 21> kTwinNames{"deviceId",
                                                      "moduleId",
                                                      "etag",
                                                      "deviceEtag",
                                                      "status",
                                                      "statusReason",
                                                      "statusUpdateTime",
                                                      "connectionState",
                                                      "lastActivityTime",
                                                      "cloudToDeviceMessageCount",
                                                      "authenticationType",
                                                      "x509Thumbprint",
                                                      "modelId",
                                                      "version",
                                                      "tags",
                                                      "properties",
                                                      "capabilities",
                                                      "deviceScope",
                                                      "parentScopes",
                                                      "configurations",
                                                      "connectionStateUpdatedTime"};
constexpr std::array<std::string_view, 11> kJobNames{"jobId",
                                                     "deviceId",
                                                     "moduleId",
                                                     "jobType",
                                                     "status",
                                                     "startTimeUtc",
                                                     "endTimeUtc",
                                                     "createdDateTimeUtc",
                                                     "lastUpdatedDateTimeUtc",
                                                     "outcome",
                                                     "error"};
constexpr std::array<std::string_view, 2> kSections{"desired", "reported"};
constexpr std::array<std::string_view, 2> kThumbprints{"primaryThumbprint", "secondaryThumbprint"};
constexpr std::array<std::string_view, 1> kCapabilities{"iotEdge"};

// These need brackets at the beginning of a path.
constexpr std::array<std::string_view, 11> kReserved{
    "SELECT", "TOP", "FROM", "WHERE", "GROUP", "BY", "AS", "AND", "OR", "IN", "NIN"};

void respell(std::string& name, std::span<const std::string_view> names) {
    const auto same = std::ranges::find_if(
        names, [&](std::string_view usual) { return equal_in_any_case(usual, name); });
    if (same != names.end()) {
        name = *same;
    }
}

void respell_job(std::vector<std::string>& segments) {
    respell(segments[0], kJobNames);
    // Microsoft's example of a job query says so, where its documents say createdDateTimeUtc.
    if (equal_in_any_case(segments[0], "createdTimeUtc")) {
        segments[0] = "createdDateTimeUtc";
    }
}

void respell_twin(std::vector<std::string>& segments) {
    respell(segments[0], kTwinNames);
    if (segments.size() < 2) {
        return;
    }
    if (segments[0] == "properties") {
        respell(segments[1], kSections);
    } else if (segments[0] == "x509Thumbprint") {
        respell(segments[1], kThumbprints);
    } else if (segments[0] == "capabilities") {
        respell(segments[1], kCapabilities);
    }
}

// `[[odd.name]]`. The name ends at the last two of its closing brackets: `[[a]]]` is `a]`.
std::string parse_bracketed(Cursor& cursor) {
    const std::size_t position = cursor.position();
    cursor.skip(2);
    const std::string_view rest = cursor.rest();
    std::size_t end = rest.find("]]");
    if (end == std::string_view::npos || end == 0) {
        cursor.fail_at(position, end == 0 ? "there is no name between [[ and ]]"
                                          : "this [[ has no closing ]]");
        return {};
    }
    while (rest.substr(end + 2).starts_with(']')) {
        ++end;
    }
    cursor.skip(end + 2);
    return std::string(rest.substr(0, end));
}

std::string parse_segment(Cursor& cursor) {
    if (cursor.rest().starts_with("[[")) {
        return parse_bracketed(cursor);
    }
    const std::string_view rest = cursor.rest();
    const auto end = std::ranges::find_if_not(rest, is_name_character);
    std::string name(rest.begin(), end);
    if (name.empty()) {
        cursor.fail_expected("the name of a property");
    }
    cursor.skip(name.size());
    return name;
}

// The segments at the front that name the collection and not a member; -1: another collection.
int collection_segments(const std::vector<std::string>& segments, const Scope& scope) {
    if (!scope.alias.empty() && equal_in_any_case(segments[0], scope.alias)) {
        return 1;
    }
    if (!equal_in_any_case(segments[0], "devices")) {
        return 0;
    }
    const std::string_view second = segments.size() > 1 ? std::string_view(segments[1]) : "";
    const bool modules = equal_in_any_case(second, "modules");
    const bool jobs = equal_in_any_case(second, "jobs");
    switch (scope.source) {
        case Source::kDevices:
            return modules || jobs ? -1 : 1;
        case Source::kModules:
            // Scripts in use say devices.deviceId of a module twin.
            return jobs ? -1 : 1 + static_cast<int>(modules);
        case Source::kJobs:
            return jobs ? 2 : -1;
    }
    return 0;
}

}  // namespace

bool is_reserved(std::string_view word) {
    return std::ranges::any_of(
        kReserved, [&](std::string_view reserved) { return equal_in_any_case(reserved, word); });
}

WrittenPath parse_path(Cursor& cursor) {
    WrittenPath written{{}, cursor.position()};
    if (is_reserved(cursor.word())) {
        cursor.fail_expected("the name of a property");
    }
    written.segments.push_back(parse_segment(cursor));
    while (cursor.rest().starts_with('.')) {
        cursor.skip(1);
        written.segments.push_back(parse_segment(cursor));
    }
    if (cursor.rest().starts_with('[')) {
        cursor.fail_at(cursor.position(), kArrayHint);
    }
    return written;
}

Path resolve(Cursor& cursor, const WrittenPath& written, const Scope& scope) {
    std::vector<std::string> segments = written.segments;
    const int collection = cursor.failed() ? -1 : collection_segments(segments, scope);
    if (collection < 0) {
        cursor.fail_at(written.position,
                       scope.source == Source::kJobs
                           ? "a query of devices.jobs cannot refer to the device's twin"
                           : "a query reads one collection: joins are not supported");
        return {};
    }
    segments.erase(segments.begin(), segments.begin() + collection);
    if (segments.empty()) {
        cursor.fail_at(written.position, "expected a property of the document, as in deviceId");
        return {};
    }
    if (scope.source == Source::kJobs) {
        respell_job(segments);
    } else {
        respell_twin(segments);
    }
    return Path(std::move(segments));
}

}  // namespace twinstorm::query

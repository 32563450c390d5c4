#include "query/documents.h"

#include <boost/json/parse.hpp>

namespace twinstorm::query {
namespace {

constexpr std::string_view kDeviceTwin = R"({
  "deviceId":"dev-0001","etag":"AAAAAAAAAAM=","deviceEtag":"NzMzMTE3MTAz","status":"enabled",
  "statusUpdateTime":"0001-01-01T00:00:00Z","connectionState":"Disconnected",
  "lastActivityTime":"2026-01-02T03:04:05.1234567Z","cloudToDeviceMessageCount":0,
  "authenticationType":"sas",
  "x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},
  "modelId":"","version":7,
  "tags":{"site":"a","floor":3,"ratio":0.5,"live":true,"from":"here","odd.name":"odd",
          "location":{"region":"US","plant":"Redmond43"},"list":[1,2],"empty":{}},
  "properties":{
    "desired":{"interval":60,"big":4503599627370495,
      "$metadata":{"$lastUpdated":"2026-01-02T03:04:05.1234567Z","$lastUpdatedVersion":3,
                   "interval":{"$lastUpdated":"2026-01-02T03:04:05.1234567Z",
                               "$lastUpdatedVersion":3}},
      "$version":3},
    "reported":{"fw":"1.2","2nd":"x",
      "$metadata":{"$lastUpdated":"2026-01-03T00:00:00.0000000Z",
                   "fw":{"$lastUpdated":"2026-01-03T00:00:00.0000000Z"}},
      "$version":4}},
  "capabilities":{"iotEdge":false},
  "configurations":{"cfg-1":{"status":"Applied"}}})";

constexpr std::string_view kJob = R"({
  "deviceId":"dev-0001","jobId":"j1","jobType":"scheduleUpdateTwin","status":"completed",
  "startTimeUtc":"2016-09-29T18:18:52.7418462Z","endTimeUtc":"2016-09-29T18:20:52.7418462Z",
  "createdDateTimeUtc":"2016-09-29T18:18:56.7787107Z",
  "lastUpdatedDateTimeUtc":"2016-09-29T18:18:56.8894408Z",
  "outcome":{"deviceMethodResponse":{"status":200,"payload":{"x":1}}}})";

boost::json::object cut_section(const boost::json::value& section, bool values, bool metadata) {
    boost::json::object left;
    for (const auto& [key, value] : section.as_object()) {
        if (key == "$metadata" ? metadata : values) {
            left.emplace(key, value);
        }
    }
    return left;
}

boost::json::object cut_properties(const boost::json::value& properties, Roots roots) {
    boost::json::object left;
    const bool desired = roots.has(Root::kDesired);
    const bool desired_metadata = roots.has(Root::kDesiredMetadata);
    if (desired || desired_metadata) {
        left.emplace("desired", cut_section(properties.at("desired"), desired, desired_metadata));
    }
    const bool reported = roots.has(Root::kReported);
    const bool reported_metadata = roots.has(Root::kReportedMetadata);
    if (reported || reported_metadata) {
        left.emplace("reported",
                     cut_section(properties.at("reported"), reported, reported_metadata));
    }
    return left;
}

}  // namespace

boost::json::object document(std::string_view json) {
    return boost::json::parse(boost::json::string_view(json.data(), json.size())).as_object();
}

boost::json::object device_twin() {
    return document(kDeviceTwin);
}

boost::json::object module_twin() {
    boost::json::object twin = device_twin();
    twin.emplace("moduleId", "DefenderIotMicroAgent");
    return twin;
}

boost::json::object job_document() {
    return document(kJob);
}

boost::json::object cut(const boost::json::object& document, Roots roots) {
    boost::json::object left;
    for (const auto& [key, value] : document) {
        if (key == "properties") {
            boost::json::object properties = cut_properties(value, roots);
            if (!properties.empty()) {
                left.emplace(key, std::move(properties));
            }
            continue;
        }
        const Root root = key == "tags"             ? Root::kTags
                          : key == "configurations" ? Root::kConfigurations
                                                    : Root::kHeader;
        if (roots.has(root)) {
            left.emplace(key, value);
        }
    }
    return left;
}

}  // namespace twinstorm::query

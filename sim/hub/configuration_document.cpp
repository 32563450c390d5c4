#include "hub/configuration_document.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;
using Kind = ConfigurationContent::Kind;

bool is_id_character(char c) {
    constexpr std::string_view kSpecial = "-:+%_#*?!(),=@;'";
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kSpecial.find(c) != std::string_view::npos;
}

Outcome<void> check_id(std::string_view id, const json::object& body) {
    if (id.empty() || id.size() > kConfigurationIdBytesMax ||
        !std::ranges::all_of(id, is_id_character)) {
        return refuse(
            ServiceErrorCode::kIotHubFormatError,
            fmt::format("A configuration's id has 1 to {} characters: lower-case letters, "
                        "digits and -:+%_#*?!(),=@;'",
                        kConfigurationIdBytesMax));
    }
    const auto own = text_at(body, "id");
    if (!own || (!own->empty() && *own != id)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "id is not that of the path");
    }
    return {};
}

Outcome<void> read_schema_version(const json::object& body, Configuration& into) {
    const auto version = text_at(body, "schemaVersion");
    if (!version || (!version->empty() && *version != "1.0" && *version != "2.0")) {
        return refuse(ServiceErrorCode::kInvalidSchemaVersion, "schemaVersion must be 1.0");
    }
    if (!version->empty()) {
        into.schema_version = *version;
    }
    return {};
}

Outcome<void> read_labels(const json::object& body, Configuration& into) {
    const json::value* const labels = body.if_contains("labels");
    if (labels == nullptr || labels->is_null()) {
        return {};
    }
    const bool texts =
        labels->is_object() && std::ranges::all_of(labels->get_object(), [](const auto& member) {
            return member.value().is_string();
        });
    if (!texts) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "labels is an object of strings");
    }
    into.labels = labels->get_object();
    return {};
}

Outcome<query::Condition> read_target(std::string_view text, Kind kind) {
    const auto refused = [](std::string why) {
        return refuse(ServiceErrorCode::kInvalidConfigurationTargetCondition, std::move(why));
    };
    auto condition = query::parse_condition(text);
    if (!condition) {
        return refused("The target condition is wrong: " + condition.error().message());
    }
    const bool of_modules = kind == Kind::kModule;
    const auto source = of_modules ? query::Source::kModules : query::Source::kDevices;
    if (condition->source() != source) {
        return refused(of_modules ? "moduleContent needs a condition FROM devices.modules"
                                  : "The content needs a condition on devices");
    }
    if (of_modules && condition->matches_all()) {
        return refused("A condition on modules must say which: WHERE moduleId = '...'");
    }
    return *std::move(condition);
}

Outcome<query::Query> read_metric(std::string_view text) {
    auto metric = query::parse(text);
    if (!metric) {
        return refuse(ServiceErrorCode::kArgumentInvalid, metric.error().message());
    }
    if (metric->aggregates() || metric->source() == query::Source::kJobs) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      "A metric selects rows of devices or devices.modules; they are counted");
    }
    return *std::move(metric);
}

Outcome<void> read_metrics(const json::object& body, Configuration& into) {
    const json::object* const metrics = object_at(body, "metrics");
    const json::object* const queries =
        metrics == nullptr ? nullptr : object_at(*metrics, "queries");
    if (queries == nullptr) {
        return {};
    }
    if (queries->size() > kConfigurationMetricsMax) {
        return refuse(
            ServiceErrorCode::kArgumentInvalid,
            fmt::format("A configuration has at most {} metrics", kConfigurationMetricsMax));
    }
    for (const auto& [name, text] : *queries) {
        auto metric = text.is_string()
                          ? read_metric(text.get_string())
                          : refuse(ServiceErrorCode::kArgumentInvalid, "it must be a string");
        if (!metric) {
            return refuse(ServiceErrorCode::kArgumentInvalid,
                          fmt::format("The metric {} is wrong: {}", std::string_view(name),
                                      metric.error().text));
        }
        into.metrics.push_back(
            {std::string(name), std::string(text.get_string()), *std::move(metric)});
    }
    return {};
}

Outcome<void> read_target_and_priority(const json::object& body, Configuration& into) {
    const auto target = text_at(body, "targetCondition");
    if (!target) {
        return tl::unexpected(target.error());
    }
    into.target_text = *target;
    auto condition = read_target(*target, into.content.kind);
    if (!condition) {
        return tl::unexpected(condition.error());
    }
    into.target = *std::move(condition);
    const json::value* const priority = body.if_contains("priority");
    if (priority == nullptr || priority->is_null()) {
        return {};
    }
    if (!priority->is_int64() || priority->get_int64() < 0 ||
        priority->get_int64() > iothub::twin_limit::kIntegerMax) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "priority must be an integer from 0 on");
    }
    into.priority = priority->get_int64();
    return {};
}

json::object queries_of(const Configuration& configuration) {
    json::object queries;
    for (const ConfigurationMetric& metric : configuration.metrics) {
        queries.emplace(metric.name, metric.text);
    }
    return queries;
}

json::object metrics_view(const Configuration& configuration, const ConfigurationResults& results) {
    json::object counts;
    for (std::size_t i = 0; i < results.metrics.size() && i < configuration.metrics.size(); ++i) {
        counts.emplace(configuration.metrics[i].name, results.metrics[i]);
    }
    return {{"results", std::move(counts)}, {"queries", queries_of(configuration)}};
}

json::object system_metrics_view(const Configuration& configuration,
                                 const ConfigurationResults& results) {
    const bool of_modules = configuration.content.kind == Kind::kModule;
    const std::string columns = of_modules ? "SELECT deviceId, moduleId" : "SELECT deviceId";
    const std::string from = columns + (of_modules ? " FROM devices.modules" : " FROM devices");
    const std::string status = fmt::format("configurations.[[{}]].status", configuration.id);
    const std::string targeted = of_modules
                                     ? fmt::format("{} {}", columns, configuration.target_text)
                                 : configuration.target.matches_all()
                                     ? from
                                     : fmt::format("{} WHERE {}", from, configuration.target_text);
    return {{"results", {{"targetedCount", results.targeted}, {"appliedCount", results.applied}}},
            {"queries",
             {{"targetedCount", targeted},
              {"appliedCount", fmt::format("{} WHERE {} = 'Applied'", from, status)}}}};
}

}  // namespace

ConfigurationResults& ConfigurationResults::operator+=(const ConfigurationResults& other) {
    targeted += other.targeted;
    applied += other.applied;
    metrics.resize(std::max(metrics.size(), other.metrics.size()));
    for (std::size_t i = 0; i < other.metrics.size(); ++i) {
        metrics[i] += other.metrics[i];
    }
    return *this;
}

Outcome<Configuration> read_configuration(std::string_view id, const json::object& body) {
    Configuration configuration;
    configuration.id = id;
    for (auto&& checked : {check_id(id, body), read_schema_version(body, configuration),
                           read_labels(body, configuration)}) {
        if (!checked) {
            return tl::unexpected(checked.error());
        }
    }
    const json::object* const document = object_at(body, "content");
    auto content = document == nullptr ? refuse(ServiceErrorCode::kInvalidConfigurationContent,
                                                "content is missing or no object")
                                       : read_content(*document);
    if (!content) {
        return tl::unexpected(content.error());
    }
    configuration.content = *std::move(content);
    if (auto read = read_target_and_priority(body, configuration); !read) {
        return tl::unexpected(read.error());
    }
    if (auto read = read_metrics(body, configuration); !read) {
        return tl::unexpected(read.error());
    }
    return configuration;
}

json::object configuration_view(const Configuration& configuration,
                                const ConfigurationResults& results) {
    return {{"id", configuration.id},
            {"schemaVersion", configuration.schema_version},
            {"labels", configuration.labels},
            {"content", configuration.content.document},
            {"targetCondition", configuration.target_text},
            {"createdTimeUtc", iothub::format_instant(configuration.created)},
            {"lastUpdatedTimeUtc", iothub::format_instant(configuration.updated)},
            {"priority", configuration.priority},
            {"systemMetrics", system_metrics_view(configuration, results)},
            {"metrics", metrics_view(configuration, results)},
            {"etag", etag_of(configuration)}};
}

std::string etag_of(const Configuration& configuration) {
    return base64_encode(fmt::format("{}", configuration.writes));
}

Outcome<json::object> test_queries(const json::object& body) {
    const auto target = text_at(body, "targetCondition");
    if (!target) {
        return tl::unexpected(target.error());
    }
    json::value target_error;
    if (const auto condition = query::parse_condition(*target); !target->empty() && !condition) {
        target_error = condition.error().message();
    }
    json::object errors;
    if (const json::object* const queries = object_at(body, "customMetricQueries")) {
        for (const auto& [name, text] : *queries) {
            const auto metric = read_metric(text.is_string() ? text.get_string() : "");
            if (!metric) {
                errors.emplace(name, metric.error().text);
            }
        }
    }
    return json::object{{"targetConditionError", std::move(target_error)},
                        {"customMetricQueryErrors", std::move(errors)}};
}

json::object journal_record(const Configuration& configuration) {
    return {{"id", configuration.id},
            {"schemaVersion", configuration.schema_version},
            {"labels", configuration.labels},
            {"content", configuration.content.document},
            {"targetCondition", configuration.target_text},
            {"priority", configuration.priority},
            {"metrics", {{"queries", queries_of(configuration)}}},
            {"number", configuration.number},
            {"writes", configuration.writes},
            {"created_ns", configuration.created.time_since_epoch().count()},
            {"updated_ns", configuration.updated.time_since_epoch().count()}};
}

Result<Configuration> read_configuration_record(const json::object& line) {
    auto configuration = read_configuration(text_at(line, "id").value_or(""), line);
    if (!configuration) {
        return fail(ErrorCode::kInvalidArgument, configuration.error().text);
    }
    const auto number = integer_at(line, "number");
    const auto writes = integer_at(line, "writes");
    const auto created = integer_at(line, "created_ns");
    const auto updated = integer_at(line, "updated_ns");
    if (!number || *number < 0 || !writes || *writes < 0 || !created || !updated) {
        return fail(ErrorCode::kInvalidArgument, "a configuration lacks a member");
    }
    configuration->number = static_cast<std::uint64_t>(*number);
    configuration->writes = static_cast<std::uint64_t>(*writes);
    configuration->created = WallTime(Duration(*created));
    configuration->updated = WallTime(Duration(*updated));
    return *std::move(configuration);
}

}  // namespace twinstorm::hub

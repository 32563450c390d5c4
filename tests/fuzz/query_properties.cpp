#include "fuzz/query_properties.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "query/documents.h"
#include "twinstorm/query/aggregation.h"
#include "twinstorm/query/query.h"

namespace twinstorm::fuzz {
namespace {

const std::vector<boost::json::object>& documents() {
    static const std::vector<boost::json::object> all{
        query::device_twin(),
        query::module_twin(),
        query::job_document(),
        query::document(R"({"deviceId":"a","tags":{"x":1,"site":1.0,"floor":-2}})"),
        query::document(R"({"deviceId":"b","tags":{"x":[{"y":null}],"site":"b","floor":null}})"),
        query::document("{}")};
    return all;
}

Verdict check_words(const Error& error) {
    const bool coded =
        error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kLimitExceeded;
    return coded && !error.detail.empty() ? std::nullopt : Verdict("a mistake without words");
}

Verdict check_condition(std::string_view text) {
    const auto condition = query::parse_condition(text);
    if (!condition) {
        return check_words(condition.error());
    }
    const auto negated = query::parse_condition("NOT (" + std::string(text) + ")");
    for (const boost::json::object& document : documents()) {
        const bool matches = condition->matches(document);
        if (matches != condition->matches(query::cut(document, condition->roots()))) {
            return "a condition sees more than its roots";
        }
        if (matches && negated && negated->matches(document)) {
            return "a document matches a condition and its negation";
        }
    }
    return std::nullopt;
}

// Every document is added, matching or not: aggregates must take what comes.
Verdict check_aggregation(const query::Query& query) {
    query::Aggregation whole(query);
    query::Aggregation front(query);
    query::Aggregation back(query);
    bool to_front = false;
    for (const boost::json::object& document : documents()) {
        to_front = !to_front;
        if (!whole.add(query::cut(document, query.row_roots())) ||
            !(to_front ? front : back).add(document)) {
            return "a few documents are too many";
        }
    }
    if (!back.merge(front) || back.rows() != whole.rows()) {
        return "two shards make other rows than one";
    }
    return std::nullopt;
}

Verdict check_rows(const query::Query& query) {
    if (query.aggregates()) {
        return check_aggregation(query);
    }
    for (const boost::json::object& document : documents()) {
        const boost::json::object part = query::cut(document, query.row_roots());
        if (query.project(part) != query.project(document)) {
            return "a row shows more than the roots of its query";
        }
    }
    return std::nullopt;
}

}  // namespace

Verdict check_query(std::span<const std::byte> input) {
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    if (Verdict verdict = check_condition(text)) {
        return verdict;
    }
    const auto query = query::parse(text);
    return query ? check_rows(*query) : check_words(query.error());
}

}  // namespace twinstorm::fuzz

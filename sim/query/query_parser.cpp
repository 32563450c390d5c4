// Reads whole queries and the texts of conditions; what both share, and what the service forbids.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/column_parser.h"
#include "query/condition_parser.h"
#include "query/cursor.h"
#include "query/literal_parser.h"
#include "query/path_parser.h"
#include "twinstorm/query/condition.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {
namespace {

void expect_end(Cursor& cursor, std::string_view expected) {
    if (!cursor.at_end() && !refuse_foreign_clause(cursor)) {
        cursor.fail_expected(expected);
    }
}

Source parse_source(Cursor& cursor) {
    if (cursor.take("(") && refuse_sub_query(cursor)) {
        return Source::kDevices;
    }
    if (cursor.take_word("devices")) {
        if (!cursor.rest().starts_with('.')) {
            return Source::kDevices;
        }
        cursor.skip(1);
        if (cursor.take_word("modules")) {
            return Source::kModules;
        }
        if (cursor.take_word("jobs")) {
            return Source::kJobs;
        }
    }
    cursor.fail_expected("devices, devices.modules or devices.jobs");
    return Source::kDevices;
}

void refuse_joins(Cursor& cursor) {
    if (cursor.peek() == ',' || cursor.is_word("JOIN")) {
        cursor.fail_at(cursor.position(), "a query reads one collection: joins are not supported");
    }
}

// `FROM devices c`, once FROM itself was read.
Scope parse_scope(Cursor& cursor) {
    Scope scope{.source = parse_source(cursor)};
    refuse_joins(cursor);
    const bool announced = cursor.take_word("AS");
    const bool another_clause =
        cursor.word().empty() || is_reserved(cursor.word()) || refuse_foreign_clause(cursor);
    if (announced || !another_clause) {
        scope.alias = parse_alias(cursor);
    }
    refuse_joins(cursor);
    return scope;
}

Condition parse_where(Cursor& cursor, const Scope& scope) {
    if (!cursor.take_word("WHERE")) {
        return Condition(scope.source, Node{});
    }
    Node expression = parse_expression(cursor, scope);
    return Condition(scope.source, std::move(expression));
}

std::vector<Path> parse_group_by(Cursor& cursor, const Scope& scope, bool columns) {
    std::vector<Path> paths;
    const std::size_t position = cursor.position();
    if (!cursor.take_word("GROUP")) {
        return paths;
    }
    cursor.expect_word("BY");
    if (scope.source != Source::kDevices) {
        cursor.fail_at(position, "GROUP BY is supported on devices only");
    } else if (!columns) {
        cursor.fail_at(position, "SELECT * cannot be grouped");
    }
    do {
        paths.push_back(resolve(cursor, parse_path(cursor), scope));
    } while (cursor.take(","));
    return paths;
}

Query::Parts parse_parts(Cursor& cursor) {
    Query::Parts parts;
    cursor.expect_word("SELECT");
    if (cursor.take_word("TOP")) {
        parts.top = parse_count(cursor);
    }
    const std::vector<WrittenColumn> written = parse_columns(cursor);
    if (!cursor.is_word("FROM")) {
        cursor.fail_expected(written.empty() ? "FROM" : "',', AS or FROM");
    }
    cursor.take_word("FROM");
    const Scope scope = parse_scope(cursor);
    if (scope.source == Source::kJobs && !written.empty()) {
        cursor.fail_at(written.front().position, "devices.jobs is read by SELECT * only");
    }
    parts.condition = parse_where(cursor, scope);
    parts.group_by = parse_group_by(cursor, scope, !written.empty());
    expect_end(cursor, "an operator such as AND, a further clause, or the end of the text");
    parts.columns = resolve_columns(cursor, written, scope);
    check_columns(cursor, written, parts);
    return parts;
}

Condition parse_condition_text(Cursor& cursor) {
    if (cursor.take("*")) {
        expect_end(cursor, "the end of the text");
        return {};
    }
    if (cursor.at_end()) {
        cursor.fail_expected("a condition, or * for all devices");
    }
    if (cursor.is_word("SELECT")) {
        cursor.fail_at(cursor.position(), "expected what stands after WHERE, or FROM ... WHERE");
    }
    Scope scope;
    if (!cursor.take_word("FROM")) {
        Condition condition(scope.source, parse_expression(cursor, scope));
        expect_end(cursor, "an operator such as AND, or the end of the text");
        return condition;
    }
    const std::size_t position = cursor.position();
    scope = parse_scope(cursor);
    if (scope.source == Source::kJobs) {
        cursor.fail_at(position, "a condition is on devices or devices.modules");
    }
    Condition condition = parse_where(cursor, scope);
    expect_end(cursor, "WHERE, an operator such as AND, or the end of the text");
    return condition;
}

std::optional<Error> check_length(std::string_view text) {
    const std::size_t characters = count_characters(text);
    if (characters <= kQueryCharactersMax) {
        return std::nullopt;
    }
    return Error{ErrorCode::kLimitExceeded,
                 fmt::format("a query has at most {} characters, this one {}", kQueryCharactersMax,
                             characters)};
}

// What `read` makes of the text, unless a mistake was found on the way.
template <class Read>
auto read_text(std::string_view text, Read read)
    -> Result<decltype(read(std::declval<Cursor&>()))> {
    if (auto error = check_length(text)) {
        return fail(std::move(*error));
    }
    Cursor cursor(text);
    auto result = read(cursor);
    if (cursor.error()) {
        return fail(*cursor.error());
    }
    return result;
}

}  // namespace

Result<Query> parse(std::string_view text) {
    return read_text(text, parse_parts).map([](Query::Parts parts) {
        return Query(std::move(parts));
    });
}

Result<Condition> parse_condition(std::string_view text) {
    return read_text(text, parse_condition_text);
}

}  // namespace twinstorm::query

#include "query/column_parser.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "query/condition_parser.h"
#include "query/literal_parser.h"

namespace twinstorm::query {
namespace {

struct Aggregate {
    std::string_view name;
    Column::Function function;
};

constexpr std::array<Aggregate, 5> kAggregates{{{"COUNT", Column::Function::kCount},
                                                {"AVG", Column::Function::kAverage},
                                                {"SUM", Column::Function::kSum},
                                                {"MIN", Column::Function::kMin},
                                                {"MAX", Column::Function::kMax}}};

// SQL that people try, and that the service does not know.
constexpr std::array<std::string_view, 7> kForeignClauses{"ORDER", "HAVING",   "LIMIT", "OFFSET",
                                                          "UNION", "DISTINCT", "VALUE"};

void parse_argument(Cursor& cursor, WrittenColumn& column) {
    cursor.expect("(");
    if (column.function == Column::Function::kCount && cursor.take(")")) {
        return;
    }
    if (cursor.peek() == '*' || at_literal(cursor)) {
        cursor.fail_expected("the property to be aggregated; COUNT() alone counts documents");
    }
    column.path = parse_path(cursor);
    cursor.expect(")");
}

WrittenColumn parse_column(Cursor& cursor) {
    WrittenColumn column{.position = cursor.position()};
    const auto* aggregate = std::ranges::find_if(kAggregates, [&](const Aggregate& candidate) {
        return cursor.at_call() && cursor.is_word(candidate.name);
    });
    if (aggregate != kAggregates.end()) {
        cursor.skip(aggregate->name.size());
        column.function = aggregate->function;
        parse_argument(cursor, column);
    } else {
        column.path = parse_path(cursor);
        if (cursor.peek() == '(') {
            cursor.fail_at(column.position, "expected one of COUNT, AVG, SUM, MIN, MAX");
        }
    }
    if (cursor.take_word("AS")) {
        column.alias = parse_alias(cursor);
    }
    return column;
}

// Gives the columns their meaning and their names.
class Columns {
public:
    Columns(Cursor& cursor, const Scope& scope) : cursor_(cursor), scope_(scope) {}

    void add(const WrittenColumn& written);
    [[nodiscard]] std::vector<Column> take() { return std::move(columns_); }

private:
    [[nodiscard]] std::string name_of(const WrittenColumn& written, const Column& column);

    Cursor& cursor_;
    const Scope& scope_;
    std::vector<Column> columns_;
    int unnamed_ = 0;
};

void Columns::add(const WrittenColumn& written) {
    Column column{.function = written.function};
    if (written.path) {
        column.path = resolve(cursor_, *written.path, scope_);
    }
    column.name = name_of(written, column);
    const bool taken = std::ranges::any_of(
        columns_, [&](const Column& other) { return other.name == column.name; });
    if (taken) {
        cursor_.fail_at(
            written.position,
            fmt::format("two columns are named {}: give one another name with AS", column.name));
    }
    columns_.push_back(std::move(column));
}

std::string Columns::name_of(const WrittenColumn& written, const Column& column) {
    if (!written.alias.empty()) {
        return written.alias;
    }
    if (written.function == Column::Function::kNone && !column.path.empty()) {
        return column.path.segments().back();
    }
    return fmt::format("${}", ++unnamed_);
}

}  // namespace

std::vector<WrittenColumn> parse_columns(Cursor& cursor) {
    std::vector<WrittenColumn> columns;
    if (cursor.take("*") || refuse_foreign_clause(cursor) || refuse_sub_query(cursor)) {
        return columns;
    }
    do {
        columns.push_back(parse_column(cursor));
    } while (cursor.take(","));
    return columns;
}

std::vector<Column> resolve_columns(Cursor& cursor, const std::vector<WrittenColumn>& written,
                                    const Scope& scope) {
    Columns columns(cursor, scope);
    for (const WrittenColumn& column : written) {
        columns.add(column);
    }
    return columns.take();
}

void check_columns(Cursor& cursor, const std::vector<WrittenColumn>& written,
                   const Query::Parts& parts) {
    const bool aggregates =
        !parts.group_by.empty() || std::ranges::any_of(parts.columns, [](const Column& column) {
            return column.function != Column::Function::kNone;
        });
    for (std::size_t i = 0; aggregates && i < parts.columns.size(); ++i) {
        const Column& column = parts.columns[i];
        if (column.function == Column::Function::kNone &&
            std::ranges::find(parts.group_by, column.path) == parts.group_by.end()) {
            cursor.fail_at(written[i].position,
                           "a column beside aggregates must stand in GROUP BY, too");
        }
    }
}

std::string parse_alias(Cursor& cursor) {
    const std::string_view word = cursor.word();
    if (word.empty() || is_reserved(word)) {
        cursor.fail_expected("a name");
        return {};
    }
    cursor.skip(word.size());
    return std::string(word);
}

bool refuse_foreign_clause(Cursor& cursor) {
    const auto* clause = std::ranges::find_if(
        kForeignClauses, [&](std::string_view word) { return cursor.is_word(word); });
    if (clause != kForeignClauses.end()) {
        cursor.fail_at(cursor.position(), fmt::format("{} is not supported", *clause));
    }
    return clause != kForeignClauses.end();
}

}  // namespace twinstorm::query

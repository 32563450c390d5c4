// What stands between SELECT and FROM: `*`, or columns with their functions and names.
//
// Use:    parse_columns(); read FROM, which gives the paths their meaning; resolve_columns().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "query/cursor.h"
#include "query/path_parser.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {

struct WrittenColumn {
    Column::Function function = Column::Function::kNone;
    std::optional<WrittenPath> path{};
    std::string alias{};
    std::size_t position = 0;
};

// Empty for `*`.
[[nodiscard]] std::vector<WrittenColumn> parse_columns(Cursor& cursor);

[[nodiscard]] std::vector<Column> resolve_columns(Cursor& cursor,
                                                  const std::vector<WrittenColumn>& written,
                                                  const Scope& scope);

// A column is aggregated, or what all documents of its group have in common.
void check_columns(Cursor& cursor, const std::vector<WrittenColumn>& written,
                   const Query::Parts& parts);

// After AS, or in place of it.
[[nodiscard]] std::string parse_alias(Cursor& cursor);

// Names SQL that the service does not know as what it is. True if some stood here.
bool refuse_foreign_clause(Cursor& cursor);

}  // namespace twinstorm::query

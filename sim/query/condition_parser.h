// Reads what stands after WHERE, by recursive descent:
//   or      = and { OR and }            and  = not { AND not }
//   not     = NOT not | primary         list = '[' literal { ',' literal } ']'
//   primary = '(' or ')' | function [ =|!= literal ] | literal relation literal
//           | path [ relation literal | IN list | NIN list ] | literal relation path
#pragma once

#include "query/cursor.h"
#include "query/path_parser.h"
#include "twinstorm/query/expression.h"

namespace twinstorm::query {

// The cursor keeps a mistake; the node is of no use then.
[[nodiscard]] Node parse_expression(Cursor& cursor, const Scope& scope);

// Where a value could stand: names a sub-query as what it is. True if one stood here.
bool refuse_sub_query(Cursor& cursor);

}  // namespace twinstorm::query

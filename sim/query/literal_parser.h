// Constants in a query: 'text', "text", 12, -0.5e3, 0x1F, true, false, null, ['a', 'b'].
#pragma once

#include <vector>

#include "query/cursor.h"
#include "twinstorm/query/expression.h"

namespace twinstorm::query {

[[nodiscard]] bool at_literal(Cursor& cursor);
[[nodiscard]] Literal parse_literal(Cursor& cursor);

// At least one literal in brackets.
[[nodiscard]] std::vector<Literal> parse_literals(Cursor& cursor);

// A string alone.
[[nodiscard]] std::string parse_string(Cursor& cursor);

// TOP's number.
[[nodiscard]] std::uint64_t parse_count(Cursor& cursor);

}  // namespace twinstorm::query

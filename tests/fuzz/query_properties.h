// The laws of the query language, for any text:
//   a mistake has words;
//   a document cut down to the roots a query asks for matches, and makes the row, that the whole
//   document does;
//   nothing matches both a condition and its negation;
//   rows of two shards, merged, are the rows of one.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_query(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz

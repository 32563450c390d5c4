// The laws of a twin, for any sequence of writes:
//   after each, every limit holds: sizes, depth, keys and values;
//   an accepted write raises the versions that it should, by one; a refused one changes nothing;
//   a device that merges the notices of patches has what the hub has;
//   both views are JSON that parses back to the same.
//
// Input:  a line for each write: a letter, then JSON. `p` a service's patch, `r` its replacement,
//         `d` a device's report; `P` and `R` with the right etag, `s` a patch with a stale one.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_twin(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz

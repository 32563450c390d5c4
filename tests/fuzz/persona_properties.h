// The laws of persona files, for any text:
//   a mistake is one line of words, at a place of the file;
//   what could be read is read again from its canonical form, and says the same;
//   two agents of one seed say the same, whatever their twin asks for; all of it is JSON, and no
//   longer than the reader foretold;
//   what is reported is JSON.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_persona(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz

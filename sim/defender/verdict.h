// Verdicts under construction: a flaw knows its place from the inside out.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "twinstorm/defender/security_message.h"

namespace twinstorm::defender {

// None: nothing wrong so far.
using Flaw = std::optional<Verdict>;

inline constexpr std::size_t kDetailBytesMax = 64;

// `found` is a sender's text: it is cut short, and what is not printable ASCII replaced.
[[nodiscard]] Flaw flaw(Reason reason, std::string_view where = {}, std::string_view found = {});

// The same flaw, seen from the container: `outer.where`, or `outer[index].where`.
[[nodiscard]] Flaw within(std::string_view outer, Flaw inner);
[[nodiscard]] Flaw within(std::string_view outer, std::size_t index, Flaw inner);

}  // namespace twinstorm::defender

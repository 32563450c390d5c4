// A law that a decoder keeps for every input: the fuzzer hunts for an input that breaks it, and an
// ordinary test replays the corpus against it.
//
// Use:    write `Verdict check_x(std::span<const std::byte>)` in x_properties.{h,cpp}; fuzz it
//         from x_fuzz.cpp (fuzz_target.h), replay it from tests/x/corpus_test.cpp (corpus.h).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace twinstorm::fuzz {

// None when the law holds; else which law was broken, and how.
using Verdict = std::optional<std::string>;
using Property = Verdict (*)(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz

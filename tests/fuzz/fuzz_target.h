// Joins a property to libFuzzer. One line in x_fuzz.cpp:  TWINSTORM_FUZZ_TARGET(check_x)
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

// A broken law ends the process, so that libFuzzer keeps the input.
inline void check_or_abort(Property property, const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    if (const Verdict verdict = property(input)) {
        std::fprintf(stderr, "broken property: %s\n", verdict->c_str());
        std::abort();
    }
}

}  // namespace twinstorm::fuzz

#define TWINSTORM_FUZZ_TARGET(property)                                                 \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        ::twinstorm::fuzz::check_or_abort(&(property), data, size);                     \
        return 0;                                                                       \
    }

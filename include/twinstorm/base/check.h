// Assertions about our own code, on in every build. Never for what a peer or a person sent.
#pragma once

namespace twinstorm {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace twinstorm

#define TWINSTORM_CHECK(condition)                                     \
    do {                                                               \
        if (!(condition)) [[unlikely]] {                               \
            ::twinstorm::check_failed(#condition, __FILE__, __LINE__); \
        }                                                              \
    } while (false)

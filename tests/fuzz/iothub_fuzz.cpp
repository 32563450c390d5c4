#include "fuzz/fuzz_target.h"
#include "iothub/dialect_properties.h"

namespace twinstorm::fuzz {
namespace {

// A broken property ends the process by itself.
Verdict check_iothub(std::span<const std::byte> input) {
    iothub::check_dialect({reinterpret_cast<const char*>(input.data()), input.size()});
    return std::nullopt;
}

}  // namespace
}  // namespace twinstorm::fuzz

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_iothub)

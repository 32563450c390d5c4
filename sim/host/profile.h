// Who a device is: drawn once from its id and its seed.
#pragma once

#include <cstdint>
#include <string_view>

#include "twinstorm/host/host.h"

namespace twinstorm::host {

inline constexpr double kPaceMin = 0.5;
inline constexpr double kPaceMax = 1.5;

[[nodiscard]] Profile make_profile(std::string_view device_id, std::uint64_t seed, Kind kind);

}  // namespace twinstorm::host

// Faults as JSON: what PUT /admin/faults takes.
//
//   {"seed": 7, "faults": [{"latency": {"operations": ["twin_reads"], "constant_us": 5000},
//                           "devices": {"prefix": "gw-", "share": 0.1},
//                           "start_us": 0, "duration_us": 1000000}]}
//
// A fault has one effect; the rest may be left out: all devices, at once, until replaced or
// deleted. Each name of operations is one of iothub::OperationClass; left out, it means all.
#pragma once

// Effects:
//   "latency": {"operations", and one of "constant_us": n, "exponential_us": mean,
//               "uniform": {"min_us", "max_us"}, "lognormal": {"p50_us", "p99_us"},
//               "bimodal": {"fast_us", "slow_us", "slow_share"}}
//   "error": {"operations", "code": 500001, "share"}   A code that iothub/service_error.h names.
//   "refuse_connects": {"share", "return_code": 3}     1 to 5; left out: closed without a word.
//   "drop_acknowledgements": {"share"}
//   "duplicate": {"what": "telemetry" or "cloud_to_device", "share"}
//   "disconnect": {"share"}, of the connections at the fault's start; or {"rate_per_s"}, of each
//   "stall": {}                                        Needs duration_us; of the whole hub.
//   "restart": {"state": "keep" or "lose", "down_us"}  No duration_us; of the whole hub.
//   "slow_reads": {"bytes_per_s"}                      Of each connection.
//   "stale_queries": {"by_us"}                         Up to an hour; of the whole hub.
//   "lose_answers": {"operations", "share"}            Of twin_reads and twin_updates.
//   "rates": {"per_s": {"connections": 10}}            By class; of the whole hub.

#include <cstddef>
#include <string_view>

#include "hub/faults.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

inline constexpr std::size_t kFaultsBodyBytesMax = std::size_t{64} * 1024;

// Errors: kInvalidArgument: where in the document, and what was expected there:
//         `faults[2].latency.p50_us: expected a whole number from 1 to 600000000`.
[[nodiscard]] Result<Faults> parse_faults(std::string_view body, TimePoint set_at);

}  // namespace twinstorm::hub

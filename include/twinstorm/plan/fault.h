// What a phase makes go wrong at the mock hub, typed; the hub takes it as JSON at /admin/faults.
//
// Use:    `scenario` reads them, `run` sends faults_json() when the phase begins.
// Rule:   the same seed gives the same faults at the same messages, in every world.
// Units:  run time, counted from the phase's begin; shares above 0, up to 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::plan {

// What a hub accepts; its own limits are the same, and a test holds one against the other.
inline constexpr std::size_t kFaultsMax = 64;  // Of one phase.
inline constexpr std::size_t kFaultPrefixBytesMax = 128;
inline constexpr Duration kFaultLatencyMax = std::chrono::minutes(10);
inline constexpr Duration kFaultSpanMax = std::chrono::hours(30 * 24);
inline constexpr double kDisconnectRateMax = 100;  // Cuts a second and connection.
inline constexpr std::uint64_t kSlowReadBytesMax = std::uint64_t{1} << 30;
inline constexpr Duration kStaleQueriesMax = std::chrono::hours(1);
inline constexpr double kFaultRateMin = 1e-6;  // Operations a second.
inline constexpr double kFaultRateMax = 1e6;

struct ConstantLatency {
    Duration value{};
};
struct ExponentialLatency {
    Duration mean{};
};
struct UniformLatency {
    Duration min{};
    Duration max{};
};
struct LognormalLatency {
    Duration p50{};
    Duration p99{};
};
struct BimodalLatency {
    Duration fast{};
    Duration slow{};
    double slow_share = 0;
};

using Operations = std::vector<iothub::OperationClass>;  // Empty: all of them.

struct LatencyFault {
    Operations operations;
    std::variant<ConstantLatency, ExponentialLatency, UniformLatency, LognormalLatency,
                 BimodalLatency>
        form;
};
struct ErrorFault {
    Operations operations;
    iothub::ServiceErrorCode code = iothub::ServiceErrorCode::kServerError;
    double share = 0;
};
struct RefuseConnectsFault {
    double share = 0;
    std::optional<std::uint8_t> return_code;  // Of the CONNACK; none: closed without a word.
};
struct DropAcknowledgementsFault {
    double share = 0;
};
enum class Duplicated : std::uint8_t { kTelemetry, kCloudToDevice };
struct DuplicateFault {
    Duplicated what = Duplicated::kTelemetry;
    double share = 0;
};
struct DisconnectFault {    // One of the two.
    double share = 0;       // Of the connections there are, at once.
    double rate_per_s = 0;  // Of each connection, on average.
};
struct StallFault {};  // As long as the fault's duration.
struct RestartFault {
    bool keeps_state = true;
    Duration down{};
};
struct SlowReadsFault {
    std::uint64_t bytes_per_s = 0;  // Of each connection.
};

struct StaleQueriesFault {
    Duration by{};  // So old is the index that twin queries are answered from.
};
struct LoseAnswersFault {
    Operations operations;  // Of kTwinReads and kTwinUpdates; empty: both.
    double share = 0;
};
struct RatesFault {  // In place of the tier's.
    struct Rate {
        iothub::OperationClass operation{};
        double per_s = 0;
    };
    std::vector<Rate> rates;
};

struct Fault {
    std::variant<LatencyFault, ErrorFault, RefuseConnectsFault, DropAcknowledgementsFault,
                 DuplicateFault, DisconnectFault, StallFault, RestartFault, SlowReadsFault,
                 StaleQueriesFault, LoseAnswersFault, RatesFault>
        effect;
    std::string device_prefix{};  // Empty: all devices.
    double device_share = 1;
    Duration start{};
    std::optional<Duration> duration{};  // None: until the phase ends.
};

// The body of PUT /admin/faults.
[[nodiscard]] boost::json::object faults_json(const std::vector<Fault>& faults, std::uint64_t seed);
// For people: `latency p50 20ms, p99 400ms on twin_reads, 10% of the devices, for 5s`.
[[nodiscard]] std::string describe(const Fault& fault);

}  // namespace twinstorm::plan

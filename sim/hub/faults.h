// Faults on demand: an immutable set of what goes wrong, for whom, from when to when.
//
// Use:    parse_faults() in faults_json.h makes one. The hub keeps a pointer, null without faults,
//         and asks at each place where something can go wrong; `n` is the number of that operation
//         for that identity (of its connection, for connects and cuts).
// Rule:   chance is drawn per (seed, fault, identity, n), so that the same questions get the same
//         answers in any order, on any thread. The same share of the fleet is selected by each
//         fault of a set, so that faults can be combined on it.
// Owner:  whoever set it; a value, copied to each shard. Units: run time.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::hub {

inline constexpr std::size_t kFaultsMax = 64;
inline constexpr std::size_t kFaultPrefixBytesMax = 128;
inline constexpr Duration kFaultLatencyMax = std::chrono::minutes(10);  // A longer draw is cut.
inline constexpr Duration kFaultSpanMax = std::chrono::hours(30 * 24);  // Of starts, durations.
inline constexpr double kDisconnectRateMax = 100;  // Cuts a second and connection.
inline constexpr std::uint64_t kSlowReadBytesMax = std::uint64_t{1} << 30;
inline constexpr Duration kStaleQueriesMax = std::chrono::hours(1);
inline constexpr double kFaultRateMin = 1e-6;  // Operations a second.
inline constexpr double kFaultRateMax = 1e6;

// Who is asked about.
struct FaultSubject {
    std::string_view device_id;
    std::uint64_t device_hash = 0;
    std::uint64_t identity_hash = 0;
};
// An empty module id: the device itself. Hashes once; keep it with the connection.
[[nodiscard]] FaultSubject fault_subject(std::string_view device_id, std::string_view module_id);

struct ConstantLatency {
    Duration value{};
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
struct ExponentialLatency {
    Duration mean{};
};
using LatencyForm = std::variant<ConstantLatency, UniformLatency, LognormalLatency, BimodalLatency,
                                 ExponentialLatency>;
using OperationSet = std::bitset<iothub::kOperationClassCount>;

struct LatencyFault {  // Before the operation is answered.
    OperationSet operations;
    LatencyForm form;
};
struct ErrorFault {
    OperationSet operations;
    iothub::ServiceErrorCode code{};
    double share = 0;
};
struct RefuseConnectsFault {
    double share = 0;
    std::optional<mqtt::ConnectCode> answer;  // None: closed without a word.
};
struct DropAcknowledgementsFault {  // The message is stored, its PUBACK is not sent.
    double share = 0;
};
enum class Duplicated : std::uint8_t { kTelemetry, kCloudToDevice };
struct DuplicateFault {  // Stored, or delivered, twice.
    Duplicated what = Duplicated::kTelemetry;
    double share = 0;
};
struct DisconnectFault {
    double share = 0;       // Of the connections there are when it begins; or else ...
    double rate_per_s = 0;  // ... each connection ends that often, on average.
};
struct StallFault {};  // Nothing is read, answered or sent.
struct RestartFault {
    Duration down{};
    bool keeps_state = true;  // Identities, twins and sessions; what waits in memory is lost.
};
struct SlowReadsFault {
    std::uint64_t bytes_per_s = 0;  // Of each connection.
};
struct StaleQueriesFault {  // Twin queries are answered from an index that old.
    Duration by{};
};
struct LoseAnswersFault {  // A device's twin operation is carried out, and not answered.
    OperationSet operations;
    double share = 0;
};
struct RatesFault {  // In place of the tier's, operations a second; 0: the tier's.
    std::array<double, iothub::kOperationClassCount> per_s{};
};
using FaultEffect =
    std::variant<LatencyFault, ErrorFault, RefuseConnectsFault, DropAcknowledgementsFault,
                 DuplicateFault, DisconnectFault, StallFault, RestartFault, SlowReadsFault,
                 StaleQueriesFault, LoseAnswersFault, RatesFault>;

struct Fault {
    FaultEffect effect;
    std::string device_prefix{};  // Empty: all devices.
    double device_share = 1;
    Duration start{};  // After being set.
    std::optional<Duration> duration{};
};

class Faults {
public:
    Faults(std::vector<Fault> faults, std::uint64_t seed, TimePoint set_at);

    [[nodiscard]] Duration latency(iothub::OperationClass operation, const FaultSubject& who,
                                   std::uint64_t n, TimePoint now) const;
    [[nodiscard]] std::optional<iothub::ServiceErrorCode> error(iothub::OperationClass operation,
                                                                const FaultSubject& who,
                                                                std::uint64_t n,
                                                                TimePoint now) const;
    struct ConnectRefusal {
        std::optional<mqtt::ConnectCode> answer;  // None: close without a word.
    };
    [[nodiscard]] std::optional<ConnectRefusal> refuses_connect(const FaultSubject& who,
                                                                std::uint64_t n,
                                                                TimePoint now) const;
    [[nodiscard]] bool drops_acknowledgement(const FaultSubject& who, std::uint64_t n,
                                             TimePoint now) const;
    [[nodiscard]] bool loses_answer(iothub::OperationClass operation, const FaultSubject& who,
                                    std::uint64_t n, TimePoint now) const;
    [[nodiscard]] bool duplicates(Duplicated what, const FaultSubject& who, std::uint64_t n,
                                  TimePoint now) const;
    // When the identity's n-th connection, there since `since`, is to be cut.
    [[nodiscard]] std::optional<TimePoint> cut_at(const FaultSubject& who, std::uint64_t n,
                                                  TimePoint since) const;
    // The slowest that applies; none: as fast as it comes.
    [[nodiscard]] std::optional<std::uint64_t> read_bytes_per_s(const FaultSubject& who,
                                                                TimePoint now) const;

    // The whole hub.
    // The lowest that applies; none: the tier's.
    [[nodiscard]] std::optional<double> rate_per_s(iothub::OperationClass operation,
                                                   TimePoint now) const;
    // The instant that queries know twins of. The index stops where the fault begins, and goes on
    // once it is as old as the fault says. None: it is up to date.
    [[nodiscard]] std::optional<TimePoint> queries_as_of(TimePoint now) const;
    [[nodiscard]] std::optional<TimePoint> stalled_until(TimePoint now) const;
    struct Restart {
        TimePoint at;
        TimePoint up_again;
        bool keeps_state = true;
    };
    [[nodiscard]] std::vector<Restart> restarts() const;
    [[nodiscard]] std::optional<TimePoint> down_until(TimePoint now) const;
    // The next instant after `now` at which a fault begins or ends: for a timer.
    [[nodiscard]] std::optional<TimePoint> next_change(TimePoint now) const;

    [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }

private:
    [[nodiscard]] TimePoint begin_of(const Fault& fault) const { return set_at_ + fault.start; }
    [[nodiscard]] TimePoint end_of(const Fault& fault) const;
    [[nodiscard]] bool active(const Fault& fault, TimePoint now) const;
    [[nodiscard]] bool selects(const Fault& fault, const FaultSubject& who) const;
    // The effects of that kind that hold for this identity now; with the number of the fault.
    template <class Effect, class Visit>
    void each(const FaultSubject& who, TimePoint now, Visit visit) const;
    [[nodiscard]] std::uint64_t draw(std::size_t fault, std::uint64_t identity,
                                     std::uint64_t n) const;

    std::vector<Fault> faults_;
    std::uint64_t seed_;
    TimePoint set_at_;
};

}  // namespace twinstorm::hub

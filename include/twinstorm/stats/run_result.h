// Everything that a run found out: the content of result.json, and the only input of reports.
//
// Use:    a run fills one; write_json() and read_json() are inverse. Units stand in the names.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/stats/playbook_result.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::stats {

inline constexpr int kSchemaVersion = 1;

enum class Verdict : std::uint8_t { kPassed, kFailed, kInvalid, kInterrupted };
[[nodiscard]] std::string_view name(Verdict verdict);

struct GateResult {
    std::string expression;        // As written.
    std::string metric;            // `twin_update.round_trip.p99`
    std::optional<double> actual;  // In the limit's unit; none when there are no samples.
    double limit = 0;
    std::string unit;  // `ms`, `/s`, `%`, empty for a count.
    bool passed = false;
    std::string why;  // When failed without a number: `no samples`.
};

// Sums that must meet. What only a mock hub can know is empty against a real one.
struct MessageLedger {
    std::uint64_t offered = 0;
    std::uint64_t acked = 0;
    std::uint64_t failed = 0;
    std::uint64_t in_flight = 0;                  // Sent, without an answer at the end.
    std::uint64_t unsent = 0;                     // Still waiting at the agent at the end.
    std::optional<std::uint64_t> hub_received;    // Distinct messages.
    std::optional<std::uint64_t> hub_duplicated;  // Received again.
    std::optional<std::uint64_t> hub_reordered;
    std::optional<std::uint64_t> lost;  // Acknowledged, yet not received.

    [[nodiscard]] bool balanced() const { return offered == acked + failed + in_flight + unsent; }
};

struct TwinLedger {
    std::uint64_t offered = 0;
    std::uint64_t accepted = 0;
    std::uint64_t throttled = 0;
    std::uint64_t failed = 0;
    std::uint64_t pending = 0;  // No answer yet at the end.
    std::uint64_t delivered = 0;
    std::uint64_t confirmed = 0;
    std::uint64_t unconfirmed = 0;  // Accepted, not (yet) confirmed.

    [[nodiscard]] bool balanced() const {
        return offered == accepted + throttled + failed + pending &&
               accepted == confirmed + unconfirmed;
    }
};

// A limit of the hub that the run hit: a class of operations, or its daily quota.
struct LimitHit {
    std::string name;  // `twin_updates`, `quota`
    // Seconds since the start of the run; none when the hub did not say.
    std::optional<double> first_s;
    std::optional<double> last_s;
    double limited_s = 0;  // All times together.
    std::uint64_t delayed = 0;
    std::uint64_t refused = 0;
    std::uint64_t delay_us_mean = 0;
    std::uint64_t delay_us_max = 0;
};

struct TimelineRow {
    std::uint32_t second = 0;  // Since the start of the run; the row covers [second, second + 1).
    std::string phase;
    bool measured = false;
    std::uint32_t connected = 0;  // At the row's end.
    std::uint64_t in_flight = 0;  // Messages without an answer, at the row's end.
    Counts counts;                // In this second.
    // Of samples completed in this second, in microseconds; none without samples.
    struct Latency {
        std::uint64_t p50_us = 0;
        std::uint64_t p99_us = 0;
        std::uint64_t max_us = 0;
    };
    std::array<std::optional<Latency>, kMetricCount> latencies{};
    double fleet_cpu_share = 0;  // Of one core: 1.0 = one core busy. Busiest worker.
    std::optional<double> hub_cpu_share;
    double fleet_wait_share = 0;  // Ready to run, but without a core. Worst worker.
};

struct ConvergenceCurve {
    std::string phase;
    std::uint64_t agents = 0;
    std::uint64_t confirmed = 0;
    struct Point {
        double second = 0;  // Since the roll-out's start.
        std::uint64_t confirmed = 0;
    };
    std::vector<Point> points;
};

struct Validity {
    bool valid = true;
    std::vector<std::string> reasons;   // Why not: one sentence each.
    std::vector<std::string> warnings;  // What a reader should know; does not make it invalid.
};

// What the harness itself took; nothing of this machine shows in virtual time.
struct HarnessCost {
    struct Worker {
        double cpu_s = 0;
        double cpu_share = 0;      // Of one core, over the whole run ...
        double cpu_share_max = 0;  // ... and in its busiest second.
        double wait_share = 0;     // Of the time it was ready to run, but had no core.
        double wait_share_max = 0;
    };
    std::vector<Worker> workers;
    double steal_share = 0;                // CPU time that the host took from this machine.
    std::uint64_t coordinator_us_max = 0;  // Latest that the main loop served its own deadline.
    std::uint64_t page_faults = 0;         // That had to wait for a disk.
};

// How many identities of a persona are in which state from the start.
struct IdentityCounts {
    std::uint64_t ordinary = 0;
    std::uint64_t absent = 0;           // Not in the registry; the agent tries all the same.
    std::uint64_t never_connected = 0;  // In the registry, without a client.
    std::uint64_t rejected = 0;         // In the registry with another key.

    [[nodiscard]] std::uint64_t all() const {
        return ordinary + absent + never_connected + rejected;
    }
    void merge(const IdentityCounts& other);
    friend bool operator==(const IdentityCounts&, const IdentityCounts&) = default;
};

struct PersonaResult {
    std::string name;  // `micro-linux`
    IdentityCounts identities;
    Recording recording;
};

struct GroupResult {
    std::string name;
    std::string transport;
    std::uint64_t devices = 0;
    std::vector<PersonaResult> personas;
    Recording recording;  // Of all its personas.
};

struct RunResult {
    Verdict verdict = Verdict::kPassed;
    std::string name;
    std::string question;
    std::uint64_t seed = 0;
    std::string plan_hash;
    std::string started_at;  // RFC 3339, UTC.
    double duration_s = 0;
    double measured_s = 0;  // Length of the measured load phases: what rates divide by.
    std::vector<GateResult> gates;
    Recording totals;
    std::vector<GroupResult> groups;
    MessageLedger messages;   // Security messages.
    MessageLedger telemetry;  // Of plain devices.
    TwinLedger twins;
    std::optional<std::vector<LimitHit>> limits;  // Only a mock hub tells.
    std::vector<PlaybookResult> playbooks;        // By phase, as planned.
    std::vector<TimelineRow> timeline;
    std::vector<ConvergenceCurve> convergence;
    Validity validity;
    std::optional<HarnessCost> harness;
    std::map<std::string, Volume> encodings;         // Messages sent, by how they were written.
    std::map<std::string, std::string> environment;  // Where and how it ran: flat, printable.
    std::string scenario;                            // The YAML as run, secrets unresolved.
};

[[nodiscard]] std::string write_json(const RunResult& result);
// Errors: kInvalidArgument with the JSON path that is missing or of the wrong type.
[[nodiscard]] Result<RunResult> read_json(std::string_view text);

}  // namespace twinstorm::stats

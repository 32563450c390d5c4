// Leads a run from the main loop: identities first, then phase after phase on all workers, then
// what is under way is awaited, the ledgers are collected, and everything is put together.
//
// Use:    start() posts the first step; the main loop is stopped when the run has ended.
// Owner:  Run::execute(). Everything here happens on the main loop's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/hub_ledger.h"
#include "run/hub_limits.h"
#include "run/hub_watch.h"
#include "run/messages.h"
#include "run/phase_faults.h"
#include "run/timeline_builder.h"
#include "run/worker.h"
#include "twinstorm/backend/registry_job.h"
#include "twinstorm/run/machine.h"
#include "twinstorm/run/run.h"

namespace twinstorm::run {

struct HarnessFacts;

class Run::Coordinator final : public net::Activity {
public:
    Coordinator(const plan::Plan& plan, const Target& target, World& world, Hooks hooks);
    ~Coordinator() override;

    void start();
    void interrupt(TimePoint now);
    [[nodiscard]] Outcome outcome();

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    enum class Stage : std::uint8_t { kPreparing, kRunning, kDraining, kEnding, kOver };
    // Orders are given that long before they hold.
    static constexpr Duration kPhaseNotice = std::chrono::milliseconds(20);
    // Where one kind of messages is counted.
    struct LedgerNames {
        stats::Counter offered;
        stats::Counter acked;
        stats::Counter failed;
        stats::Counter lost;
        stats::Counter duplicated;
        EndReport::Sums EndReport::*fleet;
        std::uint64_t EndReport::Acknowledged::*acked_by;
        HubLedger::Kind HubLedger::*hub;
    };
    struct PhaseRun {
        std::size_t phase = 0;
        TimePoint begin;
        TimePoint end = TimePoint::max();  // Known ahead, or once it has ended.
    };

    void provision(TimePoint now);
    [[nodiscard]] std::optional<Error> refuse_faults() const;
    void prepare_hub(TimePoint now);
    void reset_limits(TimePoint now);
    void begin_phase(std::size_t phase, TimePoint at);
    [[nodiscard]] TimePoint next_begin(TimePoint now) const;
    void end_phase(TimePoint at);
    void look_at_phase(TimePoint now);
    void look_at_connecting(TimePoint now);
    void drain(TimePoint at);
    void collect(TimePoint now);
    void ask_hub(TimePoint now);
    void fetch_limits(TimePoint now);
    void watch_players(TimePoint now);
    void fetch_watch(TimePoint now);
    void disconnect(TimePoint now);
    void finish(TimePoint now);
    void give_up(Error why, TimePoint now);
    void watch_hub(TimePoint now);
    void watch_itself(TimePoint now);
    void emit(std::vector<stats::TimelineRow> rows);
    void watch_budget(const stats::TimelineRow& row);

    void on_second(SecondReport report);
    void on_progress(std::size_t worker, Progress progress, TimePoint now);
    void on_end(EndReport report, TimePoint now);
    [[nodiscard]] Worker::Reports reports_of(std::size_t worker);
    void tell_workers(const std::function<void(Worker&, TimePoint)>& what);

    [[nodiscard]] Progress total() const;
    [[nodiscard]] const plan::Phase& current_phase() const;
    [[nodiscard]] std::optional<TimePoint> phase_limit() const;
    void fill_result();
    void warn_of_hub();
    void fill_limits();
    void fill_playbooks();
    void fill_groups();
    void fill_ledgers();
    void fill_messages(const LedgerNames& names, stats::MessageLedger& ledger);
    void fill_environment();
    void fill_harness();
    void expect(HarnessFacts& facts) const;
    [[nodiscard]] double expected_messages(std::size_t phase, double seconds) const;
    [[nodiscard]] std::uint64_t rollout_size(std::size_t phase) const;
    [[nodiscard]] double load_seconds(bool measured_only) const;

    const plan::Plan& plan_;
    const Target& target_;
    World& world_;
    Hooks hooks_;
    net::Loop& loop_;
    net::Handle handle_ = 0;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<net::HttpClient> http_;
    std::optional<backend::ServiceClient> service_;
    std::optional<backend::RegistryJob> registry_;
    std::optional<PhaseFaults> faults_;  // Where the hub takes any.

    std::vector<std::vector<stats::IdentityCounts>> identities_;  // By group and role.
    std::uint64_t rollout_ = 0;         // Identities that the phase under way is to reach.
    std::uint32_t expected_ready_ = 0;  // Identities, when the connect phase has done its work.

    Stage stage_ = Stage::kPreparing;
    std::vector<PhaseRun> phases_;
    std::vector<Progress> progress_;  // By worker.
    std::optional<TimePoint> drain_until_;
    std::optional<TimePoint> over_at_;
    TimePoint next_watch_ = kRunStart;
    TimePoint next_beat_ = TimePoint::max();  // Only while phases run in real time.
    Duration late_max_{};                     // With a beat of its own.
    TimePoint load_begin_ = TimePoint::max();
    TimePoint load_end_ = TimePoint::max();

    TimelineBuilder timeline_;
    std::vector<EndReport> ends_;
    std::optional<Result<HubLedger>> hub_ledger_;
    std::optional<Result<HubLimits>> hub_limits_;
    std::optional<HubWatch> watch_;    // Where there is anything to watch, and a hub that does.
    std::uint64_t watch_refused_ = 0;  // Agents that the hub has no room for.
    std::optional<Result<WatchedIdentities>> watched_;
    std::string hub_counts_since_;
    std::optional<Duration> hub_cpu_before_;
    Duration hub_cpu_total_{};
    CpuTicks ticks_before_;
    std::optional<std::uint64_t> page_faults_before_;  // When the phases began.
    std::uint32_t never_ready_ = 0;
    std::uint64_t billed_ = 0;  // Messages, for the budget.
    bool interrupted_ = false;
    std::optional<Error> failure_;
    stats::RunResult result_;
};

}  // namespace twinstorm::run

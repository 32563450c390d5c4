// One worker: its identities, its share of the operator, its recorders. Shares nothing with others.
//
// Use:    made before the loop runs; begin_phase() and the rest are called on its loop's thread.
//         It reports once a second, and its progress when that has changed.
// Owner:  the coordinator. Identities are dealt out by number, so that each group spreads evenly.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "run/fleet_plan.h"
#include "run/messages.h"
#include "run/update_tracker.h"
#include "run/worker_plays.h"
#include "twinstorm/backend/twin_operator.h"
#include "twinstorm/device/device.h"
#include "twinstorm/run/target.h"
#include "twinstorm/run/world.h"

namespace twinstorm::run {

class Worker final : public net::Activity, public device::Observer, public backend::UpdateObserver {
public:
    struct Reports {  // Called on this worker's thread.
        std::function<void(SecondReport)> second;
        std::function<void(Progress)> progress;
        std::function<void(EndReport)> end;
    };

    Worker(const plan::Plan& plan, const Target& target, World& world, std::size_t index,
           Reports reports);
    ~Worker() override;

    // All of these on the worker's own thread.
    void begin_phase(const PhaseOrder& order);  // Ends the phase before it.
    void end_load(TimePoint at);
    void disconnect(TimePoint now);  // All identities close in good order.
    void report_end(TimePoint now);  // The second under way, and the ledger.

    // The identities of a group that have a client here, in the order of their devices; `index` is
    // their device's in the group. What is done to one takes effect at once.
    using Visit = std::function<void(std::uint32_t index, device::Device& identity)>;
    void visit_group(std::size_t group, const Visit& visit);

    // Whose messages carry what is played; before its loop runs.
    [[nodiscard]] std::vector<iothub::IdentityName> players() const { return plays_.identities(); }

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

    void on_ready(std::uint32_t identity, TimePoint now) override;
    void on_desired(std::uint32_t identity, std::int64_t version, TimePoint now) override;
    void on_confirmed(std::uint32_t identity, std::int64_t version, TimePoint now) override;
    void on_connection_lost(std::uint32_t identity, const Error& why, TimePoint now) override;

    void on_offered(std::uint32_t identity, TimePoint intended) override;
    void on_accepted(std::uint32_t identity, std::int64_t version, TimePoint intended,
                     TimePoint now) override;
    void on_refused(std::uint32_t identity, const Error& why, bool again, TimePoint intended,
                    TimePoint now) override;

private:
    struct Seat {
        std::unique_ptr<device::Device> device;
        CarriedLink carried;
        plan::RoleRef which;
        std::uint32_t device_number = 0;  // In the fleet.
        std::uint32_t device_index = 0;   // In its group.
        bool ordinary = true;             // As opposed to absent or rejected.
        bool running = false;             // Started and not stopped.
        bool rolled_out = false;
    };
    // Seats that are started or stopped, one after the other.
    struct Ramp {
        struct Step {
            std::uint32_t seat = 0;
            std::uint64_t position = 0;
        };
        bool starts = true;
        double rate = 0;
        TimePoint begin;
        std::vector<Step> steps;
        std::size_t next = 0;

        [[nodiscard]] std::optional<TimePoint> due() const;
    };

    void seat(std::vector<Member> members);
    void enter(const PhaseOrder& order, TimePoint now);
    void begin_ramps(const plan::Phase& phase, TimePoint at);
    void begin_ramp(const plan::LifeCycleStep& step, bool starts, TimePoint at);
    void climb(Ramp& ramp, TimePoint now);
    void start(Seat& seat, TimePoint intended, TimePoint now);
    void stop(Seat& seat, TimePoint now);
    void begin_updates(std::size_t phase, TimePoint at);
    void set_load(bool on, TimePoint at);
    void feel_pulse(TimePoint now);
    void send_second(TimePoint end);
    void send_progress(TimePoint now);
    void rolled_out(std::uint32_t seat, TimePoint intended, TimePoint confirmed);
    [[nodiscard]] std::uint32_t seat_of(std::uint32_t identity) const {
        return identity / static_cast<std::uint32_t>(world_.workers());
    }
    [[nodiscard]] stats::Recorder& recorder_of(const Seat& seat) {
        return recorders_[roles_.of(seat.which)];
    }
    [[nodiscard]] stats::Recorder& own_recorder() { return recorders_.back(); }

    const plan::Plan& plan_;
    const Target& target_;
    World& world_;
    std::size_t index_;
    Reports reports_;
    net::Loop& loop_;
    net::Handle handle_ = 0;
    device::Workplace workplace_;
    RoleIndex roles_;
    std::vector<device::Profile> profiles_;   // By role.
    std::vector<stats::Recorder> recorders_;  // By role, then the worker's own.
    std::vector<Seat> seats_;
    WorkerPlays plays_;
    UpdateTracker tracker_;
    std::unique_ptr<net::HttpClient> http_;
    std::optional<backend::ServiceClient> service_;
    std::optional<backend::TwinOperator> operator_;

    std::optional<PhaseOrder> next_phase_;
    std::optional<TimePoint> load_end_;
    std::vector<Ramp> ramps_;  // Under way.
    bool load_on_ = false;
    bool measuring_ = false;
    std::optional<TimePoint> rollout_begin_;
    std::map<std::size_t, stats::Histogram> rollouts_;  // By phase.
    Progress progress_;
    stats::Counts counts_;  // Of all seconds sent so far.
    std::optional<TimePoint> progress_due_;
    TimePoint second_begin_ = kRunStart;
    Duration cpu_before_{};
    Duration waited_before_{};
    TimePoint pulse_due_ = TimePoint::max();  // Only where time is real.
    bool started_ = false;
};

}  // namespace twinstorm::run

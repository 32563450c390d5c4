// One worker: its devices, its share of the operator, its recorders. Shares nothing with others.
//
// Use:    made before the loop runs; begin_phase() and the rest are called on its loop's thread.
//         It reports once a second, and its progress when that has changed.
// Owner:  the coordinator. Devices are dealt out by number, so that each group spreads evenly.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "run/fleet_plan.h"
#include "run/messages.h"
#include "run/update_tracker.h"
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
    void disconnect(TimePoint now);  // Devices close in good order.
    void report_end(TimePoint now);  // The second under way, and the ledger.

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

    void on_ready(std::uint32_t device, TimePoint now) override;
    void on_desired(std::uint32_t device, std::int64_t version, TimePoint now) override;
    void on_confirmed(std::uint32_t device, std::int64_t version, TimePoint now) override;
    void on_connection_lost(std::uint32_t device, const Error& why, TimePoint now) override;

    void on_offered(std::uint32_t device, TimePoint intended) override;
    void on_accepted(std::uint32_t device, std::int64_t version, TimePoint intended,
                     TimePoint now) override;
    void on_refused(std::uint32_t device, const Error& why, bool again, TimePoint intended,
                    TimePoint now) override;

private:
    struct Seat {
        std::unique_ptr<device::Device> device;
        CarriedLink carried;
        std::size_t group = 0;
        bool rolled_out = false;
    };

    void seat(std::vector<Member> members);
    void enter(const PhaseOrder& order, TimePoint now);
    void connect_due(TimePoint now);
    void begin_updates(const plan::Phase& phase, TimePoint at);
    void set_load(bool on, TimePoint at);
    void send_second(TimePoint end);
    void send_progress(TimePoint now);
    void rolled_out(std::uint32_t seat, TimePoint intended, TimePoint confirmed);
    [[nodiscard]] std::uint32_t seat_of(std::uint32_t device) const {
        return device / static_cast<std::uint32_t>(world_.workers());
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
    std::vector<device::Profile> profiles_;   // By group.
    std::vector<stats::Recorder> recorders_;  // By group, then the worker's own.
    std::vector<Seat> seats_;
    UpdateTracker tracker_;
    std::unique_ptr<net::HttpClient> http_;
    std::optional<backend::ServiceClient> service_;
    std::optional<backend::TwinOperator> operator_;

    std::optional<PhaseOrder> next_phase_;
    std::optional<TimePoint> load_end_;
    std::optional<TimePoint> connect_begin_;  // Of the connect phase under way.
    double connect_rate_ = 0;
    std::size_t connects_begun_ = 0;
    bool load_on_ = false;
    bool measuring_ = false;
    std::optional<TimePoint> rollout_begin_;
    std::map<std::size_t, stats::Histogram> rollouts_;  // By phase.
    Progress progress_;
    stats::Counts counts_;  // Of all seconds sent so far.
    std::optional<TimePoint> progress_due_;
    TimePoint second_begin_ = kRunStart;
    Duration cpu_before_{};
    bool started_ = false;
};

}  // namespace twinstorm::run

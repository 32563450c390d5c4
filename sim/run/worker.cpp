#include "run/worker.h"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>

#include "twinstorm/base/check.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kProgressInterval = 100ms;
constexpr std::size_t kOperatorConnections = 16;  // Of one worker, kept alive.
constexpr Duration kSecond = 1s;
constexpr Duration kPulse = 10ms;

device::MessageLoad device_load(const plan::SecurityLoad& load) {
    device::MessageLoad result;
    if (const auto* const open = std::get_if<plan::OpenLoad>(&load)) {
        result = {device::LoadKind::kOpen, open->rate, open->arrivals, 0};
    } else if (const auto* const closed = std::get_if<plan::ClosedLoad>(&load)) {
        result = {device::LoadKind::kClosed, 0, load::ArrivalKind::kPoisson, closed->in_flight};
    }
    return result;
}

std::vector<device::Profile> profiles(const plan::Plan& plan, const Target& target) {
    std::vector<device::Profile> result;
    for (const plan::Group& group : plan.groups) {
        for (const plan::Role& role : group.roles) {
            device::Profile& profile = result.emplace_back();
            profile.host_name = target.service.host_name;
            profile.persona = role.persona;
            profile.load = device_load(group.load_of(role));
            profile.metering_block_bytes = target.metering_block_bytes;
        }
    }
    return result;
}

}  // namespace

Worker::Worker(const plan::Plan& plan, const Target& target, World& world, std::size_t index,
               Reports reports)
    : plan_(plan),
      target_(target),
      world_(world),
      index_(index),
      reports_(std::move(reports)),
      loop_(world.loop(index)),
      workplace_{loop_.buffers(), world.anchor(), world.anchor()},
      roles_(plan),
      profiles_(profiles(plan, target)),
      recorders_(roles_.count() + 1),
      plays_(plan,
             [this](std::uint32_t seat, host::PlaybookId playbook, TimePoint at,
                    host::PlayNumber number) {
                 seats_[seat].device->play(playbook, at, number);
                 loop_.wake(seats_[seat].carried.handle);  // It may have to send sooner now.
             }),
      tracker_((client_count(plan) + world.workers() - 1) / world.workers(),
               [this](std::uint32_t seat) -> stats::Recorder& { return recorder_of(seats_[seat]); },
               [this](std::uint32_t seat, TimePoint intended, TimePoint confirmed) {
                   rolled_out(seat, intended, confirmed);
               }) {
    world_.set_recorder(index, &own_recorder());
    seat(fleet_members(plan, target.service, {index, world.workers()}));
    http_ = loop_.http_client(target.rest, kOperatorConnections);
    service_.emplace(*http_, target.service, world.anchor());
    operator_.emplace(*service_, loop_, *this, [this](std::uint32_t identity) {
        const bool own = identity % world_.workers() == index_;
        return own ? &seats_[seat_of(identity)].device->name() : nullptr;
    });
    handle_ = loop_.add(*this);
}

Worker::~Worker() {
    world_.set_recorder(index_, nullptr);
    loop_.remove(handle_);
    for (Seat& seat : seats_) {
        loop_.remove(seat.carried.handle);
    }
}

void Worker::seat(std::vector<Member> members) {
    seats_.reserve(members.size());
    for (Member& member : members) {
        Seat& seat = seats_.emplace_back();
        seat.which = member.which;
        seat.device_number = member.device;
        seat.device_index = member.index;
        seat.ordinary = member.state == plan::IdentityState::kOrdinary;
        const std::size_t role = roles_.of(member.which);
        seat.device =
            std::make_unique<device::Device>(std::move(member.identity), profiles_[role],
                                             workplace_, recorders_[role], *this, plan_.seed);
        seat.carried = world_.carry(index_, plan_.groups[member.which.group].transport,
                                    *seat.device, target_.mqtt);
        seat.device->attach(*seat.carried.link);
        plays_.seat(static_cast<std::uint32_t>(seats_.size() - 1), seat.device->name(), seat.which);
    }
}

void Worker::begin_phase(const PhaseOrder& order) {
    next_phase_ = order;
    if (!started_ && plan_.clock) {
        workplace_.devices.at_start = *plan_.clock - order.begin.time_since_epoch();
    }
    plays_.begin_phase(order.phase, order.begin);
    // Windows may be set ahead: they sort samples by their intended instants.
    for (stats::Recorder& recorder : recorders_) {
        if (measuring_) {
            recorder.close_window(order.begin);
        }
        if (order.measure) {
            recorder.open_window(order.begin);
        }
    }
    measuring_ = order.measure;
    if (!started_) {
        started_ = true;
        cpu_before_ = world_.cpu_time();
        waited_before_ = world_.wait_time();
        pulse_due_ = world_.name() == "live" ? order.begin : TimePoint::max();
        progress_due_ = order.begin;
    }
    loop_.wake(handle_);
}

void Worker::end_load(TimePoint at) {
    load_end_ = at;
    plays_.end(at);
    if (std::exchange(measuring_, false)) {
        for (stats::Recorder& recorder : recorders_) {
            recorder.close_window(at);
        }
    }
    loop_.wake(handle_);
}

void Worker::visit_group(std::size_t group, const Visit& visit) {
    for (Seat& seat : seats_) {
        if (seat.which.group == group) {
            visit(seat.device_index, *seat.device);
            loop_.wake(seat.carried.handle);
        }
    }
}

void Worker::enter(const PhaseOrder& order, TimePoint) {
    const plan::Phase& phase = plan_.phases[order.phase];
    progress_.phase = order.phase;
    operator_->end(order.begin);
    rollout_begin_.reset();
    set_load(order.load, order.begin);
    begin_ramps(phase, order.begin);
    if (phase.twin_updates) {
        begin_updates(order.phase, order.begin);
    }
}

void Worker::begin_updates(std::size_t phase, TimePoint at) {
    const plan::TwinUpdates& updates = *plan_.phases[phase].twin_updates;
    backend::UpdateTask task;
    if (const auto* const rate = std::get_if<plan::RateUpdates>(&updates.target)) {
        task.rate = rate->rate;
        task.arrivals = rate->arrivals;
    } else {
        task.every_device = true;
        task.rate =
            std::get<plan::EveryDevice>(updates.target).rate.value_or(target_.updates_per_s);
        rollout_begin_ = at;
        progress_.rolled_out = 0;
        for (Seat& seat : seats_) {
            seat.rolled_out = false;
        }
    }
    for (const boost::json::object& patch : updates.patches) {
        task.bodies.push_back(boost::json::serialize(patch));
    }
    task.targets = updated_numbers(plan_, phase);
    task.seed = derive(plan_.seed, "updates/" + plan_.phases[phase].name);
    operator_->begin(std::move(task), at);
}

void Worker::set_load(bool on, TimePoint at) {
    if (load_on_ == on) {
        return;  // The load goes on through phases that have it.
    }
    load_on_ = on;
    for (Seat& seat : seats_) {
        if (!seat.running || !seat.ordinary) {
            continue;  // An agent that does not run, or never gets through, has no load.
        }
        on ? seat.device->start_load(at) : seat.device->stop_load();
        loop_.wake(seat.carried.handle);
    }
}

void Worker::disconnect(TimePoint now) {
    ramps_.clear();
    for (Seat& seat : seats_) {
        stop(seat, now);
    }
}

void Worker::advance(TimePoint now) {
    feel_pulse(now);
    while (now >= second_begin_ + kSecond) {
        send_second(second_begin_ + kSecond);
    }
    if (next_phase_ && next_phase_->begin <= now) {
        enter(*std::exchange(next_phase_, std::nullopt), now);
    }
    if (load_end_ && *load_end_ <= now) {
        operator_->end(*load_end_);
        set_load(false, *load_end_);
        for (Seat& seat : seats_) {
            seat.device->end_offers();
            loop_.wake(seat.carried.handle);
        }
        load_end_.reset();
        progress_.load_ended = true;
        send_progress(now);
    }
    plays_.advance(now);
    for (Ramp& ramp : ramps_) {
        climb(ramp, now);
    }
    std::erase_if(ramps_, [](const Ramp& ramp) { return !ramp.due(); });
    if (progress_due_ && *progress_due_ <= now) {
        send_progress(now);
    }
}

// An even beat, so that loop lag is weighed by time: how busy the devices are does not matter, and
// a stop counts for every beat that it swallowed. The loop itself has recorded the first of them.
void Worker::feel_pulse(TimePoint now) {
    if (now < pulse_due_) {
        return;
    }
    for (pulse_due_ += kPulse; pulse_due_ <= now; pulse_due_ += kPulse) {
        own_recorder().record(stats::Metric::kLoopLag, pulse_due_, now);
    }
}

std::optional<TimePoint> Worker::next_deadline() const {
    TimePoint deadline = std::min(second_begin_ + kSecond, pulse_due_);
    if (next_phase_) {
        deadline = std::min(deadline, next_phase_->begin);
    }
    if (load_end_) {
        deadline = std::min(deadline, *load_end_);
    }
    if (progress_due_) {
        deadline = std::min(deadline, *progress_due_);
    }
    for (const Ramp& ramp : ramps_) {
        deadline = std::min(deadline, ramp.due().value_or(deadline));
    }
    return std::min(deadline, plays_.next_deadline().value_or(deadline));
}

void Worker::send_second(TimePoint end) {
    SecondReport report;
    report.worker = index_;
    report.second = static_cast<std::uint32_t>(second_begin_.time_since_epoch() / kSecond);
    report.length = end - second_begin_;
    for (stats::Recorder& recorder : recorders_) {
        recorder.swap(report.roles.emplace_back());
        counts_.merge(report.roles.back().counts);
    }
    report.connected = workplace_.tally.connected;
    report.in_flight = workplace_.tally.in_flight;
    const Duration cpu = world_.cpu_time();
    report.cpu_time = cpu - std::exchange(cpu_before_, cpu);
    const Duration waited = world_.wait_time();
    report.wait_time = waited - std::exchange(waited_before_, waited);
    second_begin_ = end;
    reports_.second(std::move(report));
}

// The columns of the ledger are counted at the devices themselves, not derived from the counters,
// so that the sums which must meet have two sources.
void Worker::report_end(TimePoint now) {
    send_second(std::max(now, second_begin_ + Duration(1)));
    EndReport report;
    for (const Seat& seat : seats_) {
        const auto count = [&seat](agent::MessageKind kind, EndReport::Sums& sums) {
            const device::Account account = seat.device->account(kind);
            sums.in_flight += account.in_flight;
            sums.waiting += account.waiting;
            return account.acked;
        };
        const std::uint64_t security = count(agent::MessageKind::kSecurity, report.security);
        const std::uint64_t telemetry = count(agent::MessageKind::kTelemetry, report.telemetry);
        report.acked.push_back({seat.device->name(), security, telemetry});
    }
    report.pending = tracker_.pending();
    report.unconfirmed = tracker_.unconfirmed();
    report.rollouts = rollouts_;
    report.played = plays_.report([this](std::uint32_t seat, PlayedIdentity& identity) {
        if (const auto* const played = seats_[seat].device->played_messages()) {
            identity.messages = played->messages();
            identity.messages_left_out = played->left_out();
        }
    });
    reports_.end(std::move(report));
}

void Worker::send_progress(TimePoint now) {
    stats::Counts counts = counts_;
    for (const stats::Recorder& recorder : recorders_) {
        counts.merge(recorder.current().counts);
    }
    using stats::Counter;
    progress_.unanswered =
        counts[Counter::kSecurityMessageOffered] - counts[Counter::kSecurityMessageAcked] -
        counts[Counter::kSecurityMessageFailed] + counts[Counter::kTelemetryOffered] -
        counts[Counter::kTelemetryAcked] - counts[Counter::kTelemetryFailed];
    progress_.updates_open = tracker_.pending() + tracker_.unconfirmed();
    progress_due_ = now + kProgressInterval;
    reports_.progress(progress_);
}

void Worker::on_ready(std::uint32_t, TimePoint) {
    ++progress_.ready;
}

void Worker::on_desired(std::uint32_t identity, std::int64_t version, TimePoint now) {
    tracker_.desired(seat_of(identity), version, now);
}

void Worker::on_confirmed(std::uint32_t identity, std::int64_t version, TimePoint now) {
    tracker_.confirmed(seat_of(identity), version, now);
}

void Worker::on_connection_lost(std::uint32_t, const Error& why, TimePoint) {
    if (progress_.errors.size() < kErrorKindsMax || progress_.errors.contains(why.message())) {
        ++progress_.errors[why.message()];
    } else {
        ++progress_.errors["other errors"];
    }
}

void Worker::on_offered(std::uint32_t identity, TimePoint intended) {
    tracker_.offered(seat_of(identity), intended);
}

void Worker::on_accepted(std::uint32_t identity, std::int64_t version, TimePoint intended,
                         TimePoint now) {
    tracker_.accepted(seat_of(identity), version, intended, now);
}

void Worker::on_refused(std::uint32_t identity, const Error& why, bool, TimePoint intended,
                        TimePoint) {
    tracker_.refused(seat_of(identity), intended, why.code == ErrorCode::kThrottled);
}

void Worker::rolled_out(std::uint32_t seat, TimePoint intended, TimePoint confirmed) {
    if (!rollout_begin_ || intended < *rollout_begin_ || seats_[seat].rolled_out) {
        return;
    }
    seats_[seat].rolled_out = true;
    ++progress_.rolled_out;
    rollouts_[progress_.phase].record(confirmed - *rollout_begin_);
    recorder_of(seats_[seat])
        .record(stats::Metric::kConvergence, intended, confirmed - *rollout_begin_);
}

}  // namespace twinstorm::run

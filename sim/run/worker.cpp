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

device::SecurityLoad device_load(const plan::SecurityLoad& load) {
    device::SecurityLoad result;
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
        device::Profile& profile = result.emplace_back();
        profile.host_name = target.service.host_name;
        profile.load = device_load(group.security_messages);
        profile.sas_lifetime = group.sas_lifetime;
        profile.keep_alive = group.keep_alive;
        profile.metering_block_bytes = target.metering_block_bytes;
    }
    return result;
}

std::vector<Member> own_members(const plan::Plan& plan, const Target& target, std::size_t index,
                                std::size_t workers) {
    std::vector<Member> members = fleet_members(plan, target.service);
    std::erase_if(members, [index, workers](const Member& member) {
        return member.identity.number % workers != index;
    });
    return members;
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
      workplace_{loop_.buffers(), world.anchor(), {}, {}},
      profiles_(profiles(plan, target)),
      recorders_(plan.groups.size() + 1),
      tracker_(
          (plan.device_count() + world.workers() - 1) / world.workers(),
          [this](std::uint32_t seat) -> stats::Recorder& { return recorders_[seats_[seat].group]; },
          [this](std::uint32_t seat, TimePoint intended, TimePoint confirmed) {
              rolled_out(seat, intended, confirmed);
          }) {
    world_.set_recorder(index, &own_recorder());
    seat(own_members(plan, target, index, world.workers()));
    http_ = loop_.http_client(target.rest, kOperatorConnections);
    service_.emplace(*http_, target.service, world.anchor());
    operator_.emplace(*service_, loop_, *this, [this](std::uint32_t device) {
        const bool own = device % world_.workers() == index_;
        return own ? &seats_[seat_of(device)].device->name() : nullptr;
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
        seat.group = member.group;
        seat.device = std::make_unique<device::Device>(std::move(member.identity),
                                                       profiles_[member.group], workplace_,
                                                       recorders_[member.group], *this, plan_.seed);
        seat.carried =
            world_.carry(index_, plan_.groups[member.group].transport, *seat.device, target_.mqtt);
        seat.device->attach(*seat.carried.link);
    }
}

void Worker::begin_phase(const PhaseOrder& order) {
    next_phase_ = order;
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
        progress_due_ = order.begin;
    }
    loop_.wake(handle_);
}

void Worker::end_load(TimePoint at) {
    load_end_ = at;
    if (std::exchange(measuring_, false)) {
        for (stats::Recorder& recorder : recorders_) {
            recorder.close_window(at);
        }
    }
    loop_.wake(handle_);
}

void Worker::enter(const PhaseOrder& order, TimePoint) {
    const plan::Phase& phase = plan_.phases[order.phase];
    progress_.phase = order.phase;
    operator_->end(order.begin);
    rollout_begin_.reset();
    set_load(order.load, order.begin);
    if (phase.connect_rate) {
        connect_begin_ = order.begin;
        connect_rate_ = *phase.connect_rate;
    }
    if (phase.twin_updates) {
        begin_updates(phase, order.begin);
    }
}

void Worker::begin_updates(const plan::Phase& phase, TimePoint at) {
    const plan::TwinUpdates& updates = *phase.twin_updates;
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
    task.devices = plan_.device_count();
    task.seed = derive(plan_.seed, "updates/" + phase.name);
    operator_->begin(std::move(task), at);
}

void Worker::set_load(bool on, TimePoint at) {
    if (load_on_ == on) {
        return;  // The load goes on through phases that have it.
    }
    load_on_ = on;
    for (Seat& seat : seats_) {
        on ? seat.device->start_load(at) : seat.device->stop_load();
        loop_.wake(seat.carried.handle);
    }
}

void Worker::disconnect(TimePoint now) {
    connect_begin_.reset();
    for (Seat& seat : seats_) {
        seat.device->stop(now);
        loop_.wake(seat.carried.handle);
    }
}

void Worker::advance(TimePoint now) {
    while (now >= second_begin_ + kSecond) {
        send_second(second_begin_ + kSecond);
    }
    if (next_phase_ && next_phase_->begin <= now) {
        enter(*std::exchange(next_phase_, std::nullopt), now);
    }
    if (load_end_ && *load_end_ <= now) {
        operator_->end(*load_end_);
        set_load(false, *load_end_);
        load_end_.reset();
        progress_.load_ended = true;
        send_progress(now);
    }
    connect_due(now);
    if (progress_due_ && *progress_due_ <= now) {
        send_progress(now);
    }
}

std::optional<TimePoint> Worker::next_deadline() const {
    TimePoint deadline = second_begin_ + kSecond;
    if (next_phase_) {
        deadline = std::min(deadline, next_phase_->begin);
    }
    if (load_end_) {
        deadline = std::min(deadline, *load_end_);
    }
    if (progress_due_) {
        deadline = std::min(deadline, *progress_due_);
    }
    if (connect_begin_ && connects_begun_ < seats_.size()) {
        const std::uint32_t number = seats_[connects_begun_].device->number();
        deadline = std::min(deadline, load::ramp_instant(*connect_begin_, connect_rate_, number));
    }
    return deadline;
}

void Worker::connect_due(TimePoint now) {
    while (connect_begin_ && connects_begun_ < seats_.size()) {
        Seat& seat = seats_[connects_begun_];
        const TimePoint intended =
            load::ramp_instant(*connect_begin_, connect_rate_, seat.device->number());
        if (intended > now) {
            return;
        }
        ++connects_begun_;
        seat.device->start(intended, now);
        loop_.wake(seat.carried.handle);
    }
}

void Worker::send_second(TimePoint end) {
    SecondReport report;
    report.second = static_cast<std::uint32_t>(second_begin_.time_since_epoch() / kSecond);
    report.length = end - second_begin_;
    for (stats::Recorder& recorder : recorders_) {
        recorder.swap(report.groups.emplace_back());
        counts_.merge(report.groups.back().counts);
    }
    for (const Seat& seat : seats_) {
        report.connected += seat.device->connected() ? 1 : 0;
        report.in_flight += seat.device->messages_in_flight();
    }
    const Duration cpu = world_.cpu_time();
    report.cpu_time = cpu - std::exchange(cpu_before_, cpu);
    second_begin_ = end;
    reports_.second(std::move(report));
}

// The columns of the ledger are counted at the devices themselves, not derived from the counters,
// so that the sums which must meet have two sources.
void Worker::report_end(TimePoint now) {
    send_second(std::max(now, second_begin_ + Duration(1)));
    EndReport report;
    for (const Seat& seat : seats_) {
        report.in_flight += seat.device->messages_in_flight();
        report.waiting += seat.device->messages_waiting();
        report.acked.emplace_back(seat.device->name(), seat.device->messages_acked());
    }
    report.pending = tracker_.pending();
    report.unconfirmed = tracker_.unconfirmed();
    report.rollouts = rollouts_;
    reports_.end(std::move(report));
}

void Worker::send_progress(TimePoint now) {
    stats::Counts counts = counts_;
    for (const stats::Recorder& recorder : recorders_) {
        counts.merge(recorder.current().counts);
    }
    using stats::Counter;
    progress_.unanswered = counts[Counter::kSecurityMessageOffered] -
                           counts[Counter::kSecurityMessageAcked] -
                           counts[Counter::kSecurityMessageFailed];
    progress_.updates_open = tracker_.pending() + tracker_.unconfirmed();
    progress_due_ = now + kProgressInterval;
    reports_.progress(progress_);
}

void Worker::on_ready(std::uint32_t, TimePoint) {
    ++progress_.ready;
}

void Worker::on_desired(std::uint32_t device, std::int64_t version, TimePoint now) {
    tracker_.desired(seat_of(device), version, now);
}

void Worker::on_confirmed(std::uint32_t device, std::int64_t version, TimePoint now) {
    tracker_.confirmed(seat_of(device), version, now);
}

void Worker::on_connection_lost(std::uint32_t, const Error& why, TimePoint) {
    if (progress_.errors.size() < kErrorKindsMax || progress_.errors.contains(why.message())) {
        ++progress_.errors[why.message()];
    } else {
        ++progress_.errors["other errors"];
    }
}

void Worker::on_offered(std::uint32_t device, TimePoint intended) {
    tracker_.offered(seat_of(device), intended);
}

void Worker::on_accepted(std::uint32_t device, std::int64_t version, TimePoint intended,
                         TimePoint now) {
    tracker_.accepted(seat_of(device), version, intended, now);
}

void Worker::on_refused(std::uint32_t device, const Error& why, bool, TimePoint intended,
                        TimePoint) {
    tracker_.refused(seat_of(device), intended, why.code == ErrorCode::kThrottled);
}

void Worker::rolled_out(std::uint32_t seat, TimePoint intended, TimePoint confirmed) {
    if (!rollout_begin_ || intended < *rollout_begin_ || seats_[seat].rolled_out) {
        return;
    }
    seats_[seat].rolled_out = true;
    ++progress_.rolled_out;
    rollouts_[progress_.phase].record(confirmed - *rollout_begin_);
    recorders_[seats_[seat].group].record(stats::Metric::kConvergence, intended,
                                          confirmed - *rollout_begin_);
}

}  // namespace twinstorm::run

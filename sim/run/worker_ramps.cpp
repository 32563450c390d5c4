// How a worker starts and stops its identities, one after the other.

#include <cstdint>
#include <optional>
#include <vector>

#include "run/worker.h"
#include "twinstorm/load/arrival.h"

namespace twinstorm::run {

// A device's identities connect together, so the connect phase counts devices.
void Worker::begin_ramps(const plan::Phase& phase, TimePoint at) {
    if (phase.connect_rate) {
        Ramp& ramp = ramps_.emplace_back();
        ramp.rate = *phase.connect_rate;
        ramp.begin = at;
        for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
            const plan::RoleRef which = seats_[seat].which;
            if (!plan_.groups[which.group].roles[which.role].starts_later) {
                ramp.steps.push_back({seat, seats_[seat].device_number});
            }
        }
    }
    if (phase.start) {
        begin_ramp(*phase.start, true, at);
    }
    if (phase.stop) {
        begin_ramp(*phase.stop, false, at);
    }
}

void Worker::begin_ramp(const plan::LifeCycleStep& step, bool starts, TimePoint at) {
    std::vector<std::optional<std::uint64_t>> first;  // By role: the position of its group.
    std::uint64_t devices = 0;
    for (const plan::Group& group : plan_.groups) {
        bool any = false;
        for (const plan::Role& role : group.roles) {
            const bool meant = plan::is_meant(step, group, role);
            first.push_back(meant ? std::optional(devices) : std::nullopt);
            any = any || meant;
        }
        devices += any ? group.devices : 0;
    }
    Ramp& ramp = ramps_.emplace_back();
    ramp.starts = starts;
    ramp.rate = step.rate;
    ramp.begin = at;
    for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
        if (const auto& begin = first[roles_.of(seats_[seat].which)]) {
            ramp.steps.push_back({seat, *begin + seats_[seat].device_index});
        }
    }
}

std::optional<TimePoint> Worker::Ramp::due() const {
    return next < steps.size()
               ? std::optional(load::ramp_instant(begin, rate, steps[next].position))
               : std::nullopt;
}

void Worker::climb(Ramp& ramp, TimePoint now) {
    for (auto due = ramp.due(); due && *due <= now; due = ramp.due()) {
        Seat& seat = seats_[ramp.steps[ramp.next++].seat];
        if (seat.running != ramp.starts) {
            ramp.starts ? start(seat, *due, now) : stop(seat, now);
        }
    }
}

void Worker::start(Seat& seat, TimePoint intended, TimePoint now) {
    seat.running = true;
    seat.device->start(intended, now);
    if (load_on_ && seat.ordinary) {
        seat.device->start_load(now);
    }
    loop_.wake(seat.carried.handle);
}

void Worker::stop(Seat& seat, TimePoint now) {
    seat.running = false;
    seat.device->stop(now);
    loop_.wake(seat.carried.handle);
}

}  // namespace twinstorm::run

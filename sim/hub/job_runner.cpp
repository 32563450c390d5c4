#include "hub/job_runner.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "hub/limits.h"
#include "hub/passage.h"
#include "hub/shards.h"
#include "hub/twin_scan.h"

namespace twinstorm::hub {

using iothub::IdentityName;
using iothub::ServiceErrorCode;

Outcome<Job*> JobRunner::require(std::string_view id, Instant now) {
    store_.forget_old(now.wall);
    if (Job* const job = store_.find(id)) {
        return job;
    }
    return refuse(ServiceErrorCode::kJobNotFound, fmt::format("Job {} not found", id));
}

Outcome<Job*> JobRunner::create(std::string id, JobRequest request, Instant now) {
    store_.forget_old(now.wall);
    if (store_.find(id) != nullptr) {
        return refuse(ServiceErrorCode::kJobAlreadyExists,
                      fmt::format("Job {} exists already", id));
    }
    const auto running_max = static_cast<std::size_t>(front_.common.tier_limits.jobs_max);
    if (!request.start && store_.active_count() >= running_max) {
        return refuse(ServiceErrorCode::kThrottlingMaxActiveJobCountExceeded,
                      fmt::format("The hub runs at most {} jobs at a time", running_max));
    }
    if (request.start && store_.count(JobStatus::kScheduled) >= kJobsWaitingMax) {
        return refuse(ServiceErrorCode::kJobQuotaExceeded,
                      fmt::format("The hub holds at most {} scheduled jobs", kJobsWaitingMax));
    }
    Job& job = store_.add(std::move(id), std::move(request), now.wall);
    job.status = job.request->start ? JobStatus::kScheduled : JobStatus::kEnqueued;
    job.timer =
        front_.agenda.at(now.run + (job.started - now.wall),
                         [this, number = job.number](TimePoint then) { come_due(number, then); });
    return &job;
}

Outcome<Job*> JobRunner::cancel(std::string_view id, Instant now) {
    const auto job = require(id, now);
    if (job && !(*job)->ended_already()) {
        give_up_devices(**job, DeviceJobStatus::kCancelled, now.run);
        end(**job, JobStatus::kCancelled, now.run);
    }
    return job;
}

void JobRunner::come_due(std::uint64_t number, TimePoint now) {
    Job* const job = store_.find(number);
    if (job == nullptr || job->ended_already()) {
        return;
    }
    job->timer = {};
    const auto running_max = static_cast<std::size_t>(front_.common.tier_limits.jobs_max);
    if (store_.count(JobStatus::kRunning) >= running_max) {
        job->status = JobStatus::kQueued;
        return;
    }
    start(*job, now);
}

void JobRunner::start(Job& job, TimePoint now) {
    job.status = JobStatus::kRunning;
    job.started = front_.instant(now).wall;
    job.timer = front_.agenda.at(
        now + job.request->time_max,
        [this, number = job.number](TimePoint then) { run_out_of_time(number, then); });
    using Names = std::vector<IdentityName>;
    TwinSearch<Names> search;
    search.condition = {job.request, &job.request->condition};
    search.visit = [](Names& names, Shard&, const Identity& match) {
        names.push_back(match.record.name);
        return true;
    };
    search.done = [this, number = job.number](std::vector<Names> found, TimePoint then) {
        Job* const running = store_.find(number);
        if (running != nullptr && running->status == JobStatus::kRunning) {
            take_devices(*running, std::move(found), then);
        }
    };
    search_twins(front_, std::move(search), now);
}

void JobRunner::take_devices(Job& job, std::vector<std::vector<IdentityName>> found,
                             TimePoint now) {
    for (std::vector<IdentityName>& names : found) {
        for (IdentityName& name : names) {
            job.devices.push_back({.name = std::move(name)});
        }
    }
    std::ranges::sort(job.devices, [](const DeviceJob& a, const DeviceJob& b) {
        return std::tie(a.name.device_id, a.name.module_id) <
               std::tie(b.name.device_id, b.name.module_id);
    });
    job.device_counts[static_cast<std::size_t>(DeviceJobStatus::kPending)] = job.devices.size();
    end_when_done(job, now);
    if (!job.ended_already()) {
        step(job.number, false, now);
    }
}

void JobRunner::step_later(Job& job, TimePoint at, bool admitted) {
    front_.agenda.at(at, [this, number = job.number, admitted](TimePoint then) {
        step(number, admitted, then);
    });
}

// Begins as many devices as the rate, the room and one turn of the loop allow. `admitted`: the
// throttle was asked for the first of them, and its slot is now.
void JobRunner::step(std::uint64_t number, bool admitted, TimePoint now) {
    Job* const found = store_.find(number);
    if (found == nullptr || found->status != JobStatus::kRunning) {
        return;
    }
    Job& job = *found;
    for (std::size_t begun = 0; job.next_device < job.devices.size(); ++begun) {
        if (begun >= kJobSliceDevices) {
            step_later(job, now, admitted);
            return;
        }
        if (job.count(DeviceJobStatus::kRunning) >= kJobInFlightMax) {
            job.waits_for_room = true;
            return;
        }
        if (!admitted) {
            const Decision decision =
                ask_throttle(front_, iothub::OperationClass::kJobDeviceOperations, now);
            if (decision.refused) {
                step_later(job, now + kJobRetryTime, false);
                return;
            }
            if (decision.delay > Duration::zero()) {
                step_later(job, now + decision.delay, true);
                return;
            }
        }
        admitted = false;
        begin_device(job, job.next_device++, now);
    }
}

void JobRunner::begin_device(Job& job, std::size_t place, TimePoint now) {
    DeviceJob& device = job.devices[place];
    const WallTime wall = front_.instant(now).wall;
    device.started = wall;
    set_status(job, device, DeviceJobStatus::kRunning, now);
    const auto refused =
        front_.common.quota.charge(QuotaKind::kJobOperations, job.request->action_bytes, wall);
    if (refused) {
        finish_device(job.number, place,
                      refuse(*refused, "The hub's messages of this day are used up"), now);
    } else if (job.request->kind == JobKind::kUpdateTwin) {
        update_twin(job, place, now);
    } else {
        call_method(job, place, now);
    }
}

void JobRunner::update_twin(const Job& job, std::size_t place, TimePoint now) {
    const IdentityName& name = job.devices[place].name;
    front_.all.on(
        front_.all.owner_of(name.device_id), front_, now,
        [this, name, request = job.request, number = job.number, place](Shard& owner,
                                                                        TimePoint then) {
            const auto identity = owner.registry.require(name);
            const Outcome<void> done =
                identity ? owner.twins.patch(**identity, request->action, request->twin_etag,
                                             owner.instant(then))
                         : Outcome<void>(tl::unexpected(identity.error()));
            ++(done ? owner.twin_counts.updates : owner.twin_counts.refused);
            const Result result =
                done ? Result(boost::json::object()) : Result(tl::unexpected(done.error()));
            owner.all.on(front_, owner, then, [this, number, place, result](Shard&, TimePoint end) {
                finish_device(number, place, result, end);
            });
        });
}

void JobRunner::call_method(const Job& job, std::size_t place, TimePoint now) {
    const IdentityName& name = job.devices[place].name;
    front_.all.on(
        front_.all.owner_of(name.device_id), front_, now,
        [this, name, request = job.request, number = job.number, place](Shard& owner,
                                                                        TimePoint then) {
            owner.methods.call(
                name, request->method,
                [this, &owner, number, place](Outcome<MethodAnswer> answer, TimePoint answered) {
                    const Result result = answer ? Result(method_answer_view(*std::move(answer)))
                                                 : Result(tl::unexpected(answer.error()));
                    owner.all.on(front_, owner, answered,
                                 [this, number, place, result](Shard&, TimePoint end) {
                                     finish_device(number, place, result, end);
                                 });
                },
                then);
        });
}

void JobRunner::finish_device(std::uint64_t number, std::size_t place, const Result& result,
                              TimePoint now) {
    Job* const job = store_.find(number);
    // A job that was cancelled or ran out of time wants no more answers.
    if (job == nullptr || job->status != JobStatus::kRunning) {
        return;
    }
    DeviceJob& device = job->devices[place];
    if (!result) {
        device.error = std::make_unique<iothub::ServiceError>(result.error());
    } else if (job->request->kind == JobKind::kDeviceMethod) {
        device.outcome = std::make_unique<boost::json::object>(*result);
    }
    set_status(*job, device, result ? DeviceJobStatus::kCompleted : DeviceJobStatus::kFailed, now);
    end_when_done(*job, now);
    if (std::exchange(job->waits_for_room, false) && !job->ended_already()) {
        step_later(*job, now, false);
    }
}

void JobRunner::set_status(Job& job, DeviceJob& device, DeviceJobStatus status, TimePoint now) {
    --job.device_counts[static_cast<std::size_t>(device.status)];
    ++job.device_counts[static_cast<std::size_t>(status)];
    device.status = status;
    device.updated = front_.instant(now).wall;
}

void JobRunner::run_out_of_time(std::uint64_t number, TimePoint now) {
    Job* const job = store_.find(number);
    if (job == nullptr || job->status != JobStatus::kRunning) {
        return;
    }
    job->timer = {};
    job->failure_reason = "The job's maxExecutionTimeInSeconds is over";
    give_up_devices(*job, DeviceJobStatus::kFailed, now);
    end(*job, JobStatus::kFailed, now);
}

// Those that have not answered, or were not begun.
void JobRunner::give_up_devices(Job& job, DeviceJobStatus status, TimePoint now) {
    for (DeviceJob& device : job.devices) {
        if (device.status > DeviceJobStatus::kRunning) {
            continue;
        }
        set_status(job, device, status, now);
        if (status == DeviceJobStatus::kFailed) {
            device.error = std::make_unique<iothub::ServiceError>(
                iothub::ServiceError{ServiceErrorCode::kGenericTimeout, job.failure_reason});
        }
    }
}

void JobRunner::end_when_done(Job& job, TimePoint now) {
    if (job.count(DeviceJobStatus::kPending) > 0 || job.count(DeviceJobStatus::kRunning) > 0) {
        return;
    }
    const bool none_did = job.count(DeviceJobStatus::kCompleted) == 0 && !job.devices.empty();
    if (none_did) {
        job.failure_reason = fmt::format("All {} devices failed", job.devices.size());
    }
    end(job, none_did ? JobStatus::kFailed : JobStatus::kCompleted, now);
}

void JobRunner::end(Job& job, JobStatus status, TimePoint now) {
    job.status = status;
    job.ended = front_.instant(now).wall;
    front_.agenda.cancel(job.timer);
    if (Job* const next = store_.oldest(JobStatus::kQueued)) {
        next->status = JobStatus::kEnqueued;
        next->timer = front_.agenda.at(
            now, [this, number = next->number](TimePoint then) { come_due(number, then); });
    }
}

}  // namespace twinstorm::hub

#include "run/coordinator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "twinstorm/base/check.h"
#include "twinstorm/base/units.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDrainTimeout = 10s;  // For what is under way when the load ends.
constexpr Duration kInterruptedDrain = 1s;
constexpr Duration kConnectGrace = 60s;  // Beside the ramp's own length.
constexpr Duration kGiveUpAfter = 8s;    // When no device at all has come through.
constexpr Duration kWatchInterval = 1s;
constexpr Duration kBeatInterval = 100ms;
constexpr std::size_t kMainConnections = 4;

}  // namespace

Run::Coordinator::Coordinator(const plan::Plan& plan, const Target& target, World& world,
                              Hooks hooks)
    : plan_(plan),
      target_(target),
      world_(world),
      hooks_(std::move(hooks)),
      loop_(world.main()),
      handle_(loop_.add(*this)),
      identities_(identity_counts(plan)),
      progress_(world.workers()),
      timeline_(world.workers(), RoleIndex(plan).count()),
      ticks_before_(cpu_ticks()) {
    for (std::size_t group = 0; group < plan.groups.size(); ++group) {
        for (std::size_t role = 0; role < plan.groups[group].roles.size(); ++role) {
            const bool starts = !plan.groups[group].roles[role].starts_later;
            expected_ready_ +=
                starts ? static_cast<std::uint32_t>(identities_[group][role].ordinary) : 0;
        }
    }
    for (std::size_t index = 0; index < world.workers(); ++index) {
        workers_.push_back(std::make_unique<Worker>(plan, target, world, index, reports_of(index)));
    }
    constexpr Duration kReservedMax = std::chrono::hours(240);
    Duration known{};
    for (const plan::Phase& phase : plan.phases) {
        known += phase.duration.value_or(Duration::zero());
    }
    // A day has 86,400 rows: growing would copy them again and again.
    result_.timeline.reserve(static_cast<std::size_t>(to_seconds(std::min(known, kReservedMax))));
    http_ = loop_.http_client(target.rest, kMainConnections);
    service_.emplace(*http_, target.service, world.anchor());
    if (target.admin) {
        faults_.emplace(*http_, target, plan.seed,
                        [this](Error why, TimePoint now) { give_up(std::move(why), now); });
    }
}

Run::Coordinator::~Coordinator() {
    registry_.reset();
    workers_.clear();
    loop_.remove(handle_);
}

Worker::Reports Run::Coordinator::reports_of(std::size_t worker) {
    Worker::Reports reports;
    reports.second = [this](SecondReport report) {
        loop_.post([this, report = std::move(report)](TimePoint) { on_second(report); });
    };
    reports.progress = [this, worker](Progress progress) {
        loop_.post([this, worker, progress = std::move(progress)](TimePoint now) {
            on_progress(worker, progress, now);
        });
    };
    reports.end = [this](EndReport report) {
        loop_.post([this, report = std::move(report)](TimePoint now) { on_end(report, now); });
    };
    return reports;
}

void Run::Coordinator::start() {
    loop_.post([this](TimePoint now) { provision(now); });
}

void Run::Coordinator::provision(TimePoint now) {
    if (const auto refusal = refuse_faults()) {
        give_up(*refusal, now);
        return;
    }
    std::vector<backend::NewIdentity> identities = fleet_identities(plan_, target_.service);
    hooks_.on_note(fmt::format("creating {} identities",
                               format_count(static_cast<double>(identities.size()))));
    registry_.emplace(backend::RegistryJob::Kind::kCreate, *service_, loop_, plan_.seed,
                      [this](const Result<backend::RegistrySummary>& summary, TimePoint when) {
                          if (!summary) {
                              give_up(summary.error(), when);
                              return;
                          }
                          prepare_hub(when);
                      });
    registry_->start(std::move(identities), now);
}

void Run::Coordinator::begin_phase(std::size_t phase, TimePoint at) {
    if (stage_ != Stage::kPreparing && stage_ != Stage::kRunning) {
        return;
    }
    if (phases_.empty() && world_.name() == "live") {
        next_beat_ = at;
        page_faults_before_ = disk_page_faults();
    }
    stage_ = Stage::kRunning;
    if (!phases_.empty()) {
        end_phase(at);
    }
    if (phase == plan_.phases.size()) {
        drain(at);
        return;
    }
    const plan::Phase& next = plan_.phases[phase];
    phases_.push_back({phase, at, next.duration ? at + *next.duration : TimePoint::max()});
    rollout_ = rollout_size(phase);
    const bool load = !next.connect_rate && next.security_messages;
    if (!next.connect_rate && load_begin_ == TimePoint::max()) {
        load_begin_ = at;
        never_ready_ = expected_ready_ - std::min(expected_ready_, total().ready);
    }
    if (faults_) {
        faults_->plan_for(next, at);
    }
    hooks_.on_note(fmt::format("phase {}", next.name));
    const PhaseOrder order{phase, at, next.measure, load};
    tell_workers([order](Worker& worker, TimePoint) { worker.begin_phase(order); });
    loop_.wake(handle_);
}

// Where events decide when a phase ends, the next one begins on a whole second since the first did:
// then a load begins at the same instants in the next run with this seed, and draws the same.
TimePoint Run::Coordinator::next_begin(TimePoint now) const {
    const TimePoint soon = now + kPhaseNotice;
    if (phases_.back().phase + 1 == plan_.phases.size()) {
        return soon;  // Nothing but the end follows.
    }
    const TimePoint first = phases_.front().begin;
    return first + std::chrono::ceil<std::chrono::seconds>(soon - first);
}

void Run::Coordinator::end_phase(TimePoint at) {
    phases_.back().end = std::max(at, phases_.back().begin);
}

void Run::Coordinator::tell_workers(const std::function<void(Worker&, TimePoint)>& what) {
    for (std::size_t index = 0; index < workers_.size(); ++index) {
        Worker& worker = *workers_[index];
        world_.loop(index).post([&worker, what](TimePoint now) { what(worker, now); });
    }
}

const plan::Phase& Run::Coordinator::current_phase() const {
    return plan_.phases[phases_.back().phase];
}

// When the phase under way ends at the latest; a connect phase that got nowhere ends the run.
std::optional<TimePoint> Run::Coordinator::phase_limit() const {
    const plan::Phase& phase = current_phase();
    const TimePoint begin = phases_.back().begin;
    if (phase.duration) {
        return begin + *phase.duration;
    }
    if (phase.connect_rate) {
        return begin + from_seconds(plan_.device_count() / *phase.connect_rate) +
               phase.at_most.value_or(kConnectGrace);
    }
    return phase.at_most ? std::optional(begin + *phase.at_most) : std::nullopt;
}

// Its own loop writes progress, and a terminal or disk that does not take it holds it up.
void Run::Coordinator::watch_itself(TimePoint now) {
    if (now >= next_beat_) {
        late_max_ = std::max(late_max_, now - next_beat_);
        next_beat_ = now + kBeatInterval;
    }
}

void Run::Coordinator::advance(TimePoint now) {
    watch_itself(now);
    if (now >= next_watch_) {
        next_watch_ = now + kWatchInterval;
        watch_hub(now);
    }
    if (faults_) {
        faults_->advance(now);
    }
    if (stage_ == Stage::kRunning) {
        look_at_phase(now);
    } else if (stage_ == Stage::kDraining) {
        if (now >= *drain_until_) {
            collect(now);
        }
    } else if (stage_ == Stage::kEnding && over_at_ && now >= *over_at_) {
        finish(now);
    }
}

std::optional<TimePoint> Run::Coordinator::next_deadline() const {
    TimePoint deadline = std::min(next_watch_, next_beat_);
    if (faults_) {
        deadline = std::min(deadline, faults_->next_deadline().value_or(deadline));
    }
    if (stage_ == Stage::kRunning) {
        if (const auto limit = phase_limit()) {
            deadline = std::min(deadline, std::max(*limit - kPhaseNotice, phases_.back().begin));
        }
    } else if (stage_ == Stage::kDraining) {
        deadline = std::min(deadline, *drain_until_);
    } else if (over_at_) {
        deadline = std::min(deadline, *over_at_);
    }
    return stage_ == Stage::kOver ? std::nullopt : std::optional(deadline);
}

void Run::Coordinator::look_at_phase(TimePoint now) {
    const plan::Phase& phase = current_phase();
    const auto limit = phase_limit();
    const std::size_t next = phases_.back().phase + 1;
    if (phase.connect_rate) {
        look_at_connecting(now);
        return;
    }
    if (phase.converged_share) {
        const auto wanted = static_cast<std::uint64_t>(
            std::ceil(*phase.converged_share * static_cast<double>(rollout_) - 1e-9));
        if (total().rolled_out >= wanted) {
            begin_phase(next, next_begin(now));
            return;
        }
    }
    if (limit && now + kPhaseNotice >= *limit) {
        begin_phase(next, std::max(*limit, now));
    }
}

void Run::Coordinator::look_at_connecting(TimePoint now) {
    const Progress progress = total();
    const std::size_t next = phases_.back().phase + 1;
    if (progress.ready >= expected_ready_) {
        begin_phase(next, next_begin(now));
        return;
    }
    const bool hopeless = progress.ready == 0 && !progress.errors.empty() &&
                          now >= phases_.back().begin + kGiveUpAfter;
    const bool late = now >= *phase_limit();
    if (!hopeless && !late) {
        return;
    }
    if (progress.ready == 0) {
        const auto worst = std::ranges::max_element(progress.errors, {},
                                                    [](const auto& error) { return error.second; });
        give_up(Error{ErrorCode::kUnreachable,
                      fmt::format("no device could connect to {}:{}: {}", target_.mqtt.host,
                                  target_.mqtt.port,
                                  worst == progress.errors.end() ? "no answer" : worst->first)},
                now);
        return;
    }
    begin_phase(next, next_begin(now));  // The rest is told in the result's warnings.
}

void Run::Coordinator::drain(TimePoint at) {
    stage_ = Stage::kDraining;
    next_beat_ = TimePoint::max();
    load_end_ = at;
    if (faults_) {
        faults_->clear_at(at);
    }
    drain_until_ = at + (interrupted_ ? kInterruptedDrain : kDrainTimeout);
    hooks_.on_note("waiting for what is under way");
    tell_workers([at](Worker& worker, TimePoint) { worker.end_load(at); });
    loop_.wake(handle_);
}

void Run::Coordinator::collect(TimePoint) {
    stage_ = Stage::kEnding;
    tell_workers([](Worker& worker, TimePoint when) { worker.report_end(when); });
    loop_.wake(handle_);
}

void Run::Coordinator::on_end(EndReport report, TimePoint now) {
    ends_.push_back(std::move(report));
    if (ends_.size() == workers_.size()) {
        ask_hub(now);
    }
}

void Run::Coordinator::finish(TimePoint now) {
    stage_ = Stage::kOver;
    result_.duration_s = to_seconds(now.time_since_epoch());
    loop_.stop();
}

void Run::Coordinator::give_up(Error why, TimePoint now) {
    if (failure_) {
        return;
    }
    failure_ = std::move(why);
    if (phases_.empty()) {
        finish(now);
        return;
    }
    end_phase(now);
    drain(now);
    drain_until_ = now;
    loop_.wake(handle_);
}

void Run::Coordinator::interrupt(TimePoint now) {
    if (std::exchange(interrupted_, true)) {
        return;
    }
    if (stage_ == Stage::kPreparing) {
        finish(now);
    } else if (stage_ == Stage::kRunning) {
        end_phase(now);
        drain(now);
    }
}

void Run::Coordinator::on_progress(std::size_t worker, Progress progress, TimePoint now) {
    progress_[worker] = std::move(progress);
    if (stage_ == Stage::kRunning) {
        look_at_phase(now);
    }
    const Progress sum = total();
    if (stage_ == Stage::kDraining && sum.load_ended && sum.unanswered == 0 &&
        sum.updates_open == 0) {
        collect(now);
    }
}

Progress Run::Coordinator::total() const {
    Progress sum;
    sum.load_ended = true;
    const std::size_t phase = phases_.empty() ? 0 : phases_.back().phase;
    for (const Progress& progress : progress_) {
        sum.load_ended = sum.load_ended && progress.load_ended;
        sum.ready += progress.ready;
        sum.unanswered += progress.unanswered;
        sum.updates_open += progress.updates_open;
        sum.rolled_out += progress.phase == phase ? progress.rolled_out : 0;
        for (const auto& [error, count] : progress.errors) {
            sum.errors[error] += count;
        }
    }
    return sum;
}

}  // namespace twinstorm::run

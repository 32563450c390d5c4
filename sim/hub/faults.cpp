#include "hub/faults.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "twinstorm/base/seed.h"

namespace twinstorm::hub {
namespace {

constexpr double kNormalQuantile99 = 2.3263478740408408;
// Which question a draw answers, where one fault is asked several.
constexpr std::uint64_t kSelection = 0x5e1ec7;
constexpr std::uint64_t kWholeFault = 0;

double seconds(Duration duration) {
    return to_seconds(duration);
}

// Box and Muller's; one of the two is enough.
double normal(Random& random) {
    const double radius = std::sqrt(2 * random.exponential());
    return radius * std::cos(2 * std::numbers::pi * random.unit());
}

struct LatencyDraw {
    Random& random;

    double operator()(const ConstantLatency& form) const { return seconds(form.value); }
    double operator()(const UniformLatency& form) const {
        return seconds(form.min) + random.unit() * seconds(form.max - form.min);
    }
    double operator()(const LognormalLatency& form) const {
        const double median = seconds(form.p50);
        const double sigma = std::log(seconds(form.p99) / median) / kNormalQuantile99;
        return median * std::exp(sigma * normal(random));
    }
    double operator()(const BimodalLatency& form) const {
        return seconds(random.unit() < form.slow_share ? form.slow : form.fast);
    }
    double operator()(const ExponentialLatency& form) const {
        return seconds(form.mean) * random.exponential();
    }
};

bool happens(std::uint64_t drawn, double share) {
    return Random(drawn).unit() < share;
}

std::size_t index_of(iothub::OperationClass operation) {
    return static_cast<std::size_t>(operation);
}

}  // namespace

FaultSubject fault_subject(std::string_view device_id, std::string_view module_id) {
    const std::uint64_t device = derive(0, device_id);
    return {device_id, device, module_id.empty() ? device : derive(device, module_id)};
}

Faults::Faults(std::vector<Fault> faults, std::uint64_t seed, TimePoint set_at)
    : faults_(std::move(faults)), seed_(seed), set_at_(set_at) {}

TimePoint Faults::end_of(const Fault& fault) const {
    return fault.duration ? begin_of(fault) + *fault.duration : TimePoint::max();
}

bool Faults::active(const Fault& fault, TimePoint now) const {
    return now >= begin_of(fault) && now < end_of(fault);
}

bool Faults::selects(const Fault& fault, const FaultSubject& who) const {
    return who.device_id.starts_with(fault.device_prefix) &&
           (fault.device_share >= 1 ||
            happens(derive(derive(seed_, kSelection), who.device_hash), fault.device_share));
}

std::uint64_t Faults::draw(std::size_t fault, std::uint64_t identity, std::uint64_t n) const {
    return derive(derive(derive(seed_, std::uint64_t{fault}), identity), n);
}

template <class Effect, class Visit>
void Faults::each(const FaultSubject& who, TimePoint now, Visit visit) const {
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* const effect = std::get_if<Effect>(&faults_[i].effect);
        if (effect != nullptr && active(faults_[i], now) && selects(faults_[i], who)) {
            visit(*effect, i);
        }
    }
}

Duration Faults::latency(iothub::OperationClass operation, const FaultSubject& who, std::uint64_t n,
                         TimePoint now) const {
    Duration sum{};
    each<LatencyFault>(who, now, [&](const LatencyFault& effect, std::size_t i) {
        if (!effect.operations.test(index_of(operation))) {
            return;
        }
        // Classes number their operations each by themselves.
        Random random(derive(draw(i, who.identity_hash, n), std::uint64_t{index_of(operation)}));
        const double drawn_s = std::visit(LatencyDraw{random}, effect.form);
        sum += from_seconds(std::min(drawn_s, seconds(kFaultLatencyMax)));
    });
    return sum;
}

std::optional<iothub::ServiceErrorCode> Faults::error(iothub::OperationClass operation,
                                                      const FaultSubject& who, std::uint64_t n,
                                                      TimePoint now) const {
    std::optional<iothub::ServiceErrorCode> code;
    each<ErrorFault>(who, now, [&](const ErrorFault& effect, std::size_t i) {
        const std::uint64_t drawn =
            derive(draw(i, who.identity_hash, n), std::uint64_t{index_of(operation)});
        if (!code && effect.operations.test(index_of(operation)) && happens(drawn, effect.share)) {
            code = effect.code;
        }
    });
    return code;
}

std::optional<Faults::ConnectRefusal> Faults::refuses_connect(const FaultSubject& who,
                                                              std::uint64_t n,
                                                              TimePoint now) const {
    std::optional<ConnectRefusal> refusal;
    each<RefuseConnectsFault>(who, now, [&](const RefuseConnectsFault& effect, std::size_t i) {
        if (!refusal && happens(draw(i, who.identity_hash, n), effect.share)) {
            refusal = ConnectRefusal{effect.answer};
        }
    });
    return refusal;
}

bool Faults::drops_acknowledgement(const FaultSubject& who, std::uint64_t n, TimePoint now) const {
    bool drops = false;
    each<DropAcknowledgementsFault>(
        who, now, [&](const DropAcknowledgementsFault& effect, std::size_t i) {
            drops = drops || happens(draw(i, who.identity_hash, n), effect.share);
        });
    return drops;
}

bool Faults::loses_answer(iothub::OperationClass operation, const FaultSubject& who,
                          std::uint64_t n, TimePoint now) const {
    bool loses = false;
    each<LoseAnswersFault>(who, now, [&](const LoseAnswersFault& effect, std::size_t i) {
        const std::uint64_t drawn =
            derive(draw(i, who.identity_hash, n), std::uint64_t{index_of(operation)});
        loses =
            loses || (effect.operations.test(index_of(operation)) && happens(drawn, effect.share));
    });
    return loses;
}

bool Faults::duplicates(Duplicated what, const FaultSubject& who, std::uint64_t n,
                        TimePoint now) const {
    bool twice = false;
    each<DuplicateFault>(who, now, [&](const DuplicateFault& effect, std::size_t i) {
        twice =
            twice || (effect.what == what && happens(draw(i, who.identity_hash, n), effect.share));
    });
    return twice;
}

// The gap to the next cut of a Poisson process knows nothing of the past, so one draw for each
// connection, counted from when both it and the fault are there, is that process.
std::optional<TimePoint> Faults::cut_at(const FaultSubject& who, std::uint64_t n,
                                        TimePoint since) const {
    std::optional<TimePoint> earliest;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto* const effect = std::get_if<DisconnectFault>(&faults_[i].effect);
        if (effect == nullptr || !selects(faults_[i], who)) {
            continue;
        }
        const TimePoint begin = begin_of(faults_[i]);
        TimePoint cut = TimePoint::max();
        if (effect->rate_per_s > 0) {
            Random random(draw(i, who.identity_hash, n));
            const double gap_s =
                std::min(random.exponential() / effect->rate_per_s, seconds(kFaultSpanMax));
            cut = std::max(begin, since) + from_seconds(gap_s);
            cut = cut < end_of(faults_[i]) ? cut : TimePoint::max();
        } else if (since <= begin &&
                   happens(draw(i, who.identity_hash, kWholeFault), effect->share)) {
            cut = begin;
        }
        if (cut != TimePoint::max() && (!earliest || cut < *earliest)) {
            earliest = cut;
        }
    }
    return earliest;
}

std::optional<std::uint64_t> Faults::read_bytes_per_s(const FaultSubject& who,
                                                      TimePoint now) const {
    std::optional<std::uint64_t> slowest;
    each<SlowReadsFault>(who, now, [&](const SlowReadsFault& effect, std::size_t) {
        slowest = std::min(slowest.value_or(effect.bytes_per_s), effect.bytes_per_s);
    });
    return slowest;
}

std::optional<double> Faults::rate_per_s(iothub::OperationClass operation, TimePoint now) const {
    std::optional<double> lowest;
    for (const Fault& fault : faults_) {
        const auto* const effect = std::get_if<RatesFault>(&fault.effect);
        const double rate = effect == nullptr ? 0 : effect->per_s[index_of(operation)];
        if (rate > 0 && active(fault, now)) {
            lowest = std::min(lowest.value_or(rate), rate);
        }
    }
    return lowest;
}

std::optional<TimePoint> Faults::queries_as_of(TimePoint now) const {
    std::optional<TimePoint> oldest;
    for (const Fault& fault : faults_) {
        const auto* const effect = std::get_if<StaleQueriesFault>(&fault.effect);
        if (effect != nullptr && active(fault, now)) {
            const TimePoint as_of = std::max(begin_of(fault), now - effect->by);
            oldest = std::min(oldest.value_or(as_of), as_of);
        }
    }
    return oldest;
}

std::optional<TimePoint> Faults::stalled_until(TimePoint now) const {
    std::optional<TimePoint> until;
    for (const Fault& fault : faults_) {
        if (std::holds_alternative<StallFault>(fault.effect) && active(fault, now)) {
            until = std::max(until.value_or(now), end_of(fault));
        }
    }
    return until;
}

std::vector<Faults::Restart> Faults::restarts() const {
    std::vector<Restart> restarts;
    for (const Fault& fault : faults_) {
        if (const auto* const effect = std::get_if<RestartFault>(&fault.effect)) {
            const TimePoint at = begin_of(fault);
            restarts.push_back({at, at + effect->down, effect->keeps_state});
        }
    }
    std::ranges::sort(restarts, {}, &Restart::at);
    return restarts;
}

std::optional<TimePoint> Faults::down_until(TimePoint now) const {
    std::optional<TimePoint> until;
    for (const Restart& restart : restarts()) {
        if (restart.at <= now && now < restart.up_again) {
            until = std::max(until.value_or(now), restart.up_again);
        }
    }
    return until;
}

std::optional<TimePoint> Faults::next_change(TimePoint now) const {
    TimePoint next = TimePoint::max();
    const auto consider = [&](TimePoint at) { next = at > now ? std::min(next, at) : next; };
    for (const Fault& fault : faults_) {
        consider(begin_of(fault));
        consider(end_of(fault));
    }
    for (const Restart& restart : restarts()) {
        consider(restart.up_again);
    }
    return next == TimePoint::max() ? std::nullopt : std::optional(next);
}

}  // namespace twinstorm::hub

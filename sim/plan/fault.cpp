#include "twinstorm/plan/fault.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "twinstorm/base/units.h"

namespace twinstorm::plan {
namespace {

namespace json = boost::json;

std::int64_t microseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

struct LatencyJson {
    json::object& object;

    void operator()(const ConstantLatency& form) const {
        object["constant_us"] = microseconds(form.value);
    }
    void operator()(const ExponentialLatency& form) const {
        object["exponential_us"] = microseconds(form.mean);
    }
    void operator()(const UniformLatency& form) const {
        object["uniform"] = {{"min_us", microseconds(form.min)},
                             {"max_us", microseconds(form.max)}};
    }
    void operator()(const LognormalLatency& form) const {
        object["lognormal"] = {{"p50_us", microseconds(form.p50)},
                               {"p99_us", microseconds(form.p99)}};
    }
    void operator()(const BimodalLatency& form) const {
        object["bimodal"] = {{"fast_us", microseconds(form.fast)},
                             {"slow_us", microseconds(form.slow)},
                             {"slow_share", form.slow_share}};
    }
};

json::object with_operations(const Operations& operations) {
    json::object object;
    if (!operations.empty()) {
        json::array names;
        for (const iothub::OperationClass operation : operations) {
            names.emplace_back(iothub::name(operation));
        }
        object["operations"] = std::move(names);
    }
    return object;
}

struct EffectJson {
    json::object& fault;

    void operator()(const LatencyFault& effect) const {
        json::object object = with_operations(effect.operations);
        std::visit(LatencyJson{object}, effect.form);
        fault["latency"] = std::move(object);
    }
    void operator()(const ErrorFault& effect) const {
        json::object object = with_operations(effect.operations);
        object["code"] = static_cast<int>(effect.code);
        object["share"] = effect.share;
        fault["error"] = std::move(object);
    }
    void operator()(const RefuseConnectsFault& effect) const {
        json::object object{{"share", effect.share}};
        if (effect.return_code) {
            object["return_code"] = *effect.return_code;
        }
        fault["refuse_connects"] = std::move(object);
    }
    void operator()(const DropAcknowledgementsFault& effect) const {
        fault["drop_acknowledgements"] = {{"share", effect.share}};
    }
    void operator()(const DuplicateFault& effect) const {
        const bool telemetry = effect.what == Duplicated::kTelemetry;
        fault["duplicate"] = {{"what", telemetry ? "telemetry" : "cloud_to_device"},
                              {"share", effect.share}};
    }
    void operator()(const DisconnectFault& effect) const {
        json::object object;
        if (effect.rate_per_s > 0) {
            object["rate_per_s"] = effect.rate_per_s;
        } else {
            object["share"] = effect.share;
        }
        fault["disconnect"] = std::move(object);
    }
    void operator()(const StallFault&) const { fault["stall"] = json::object(); }
    void operator()(const RestartFault& effect) const {
        fault["restart"] = {{"state", effect.keeps_state ? "keep" : "lose"},
                            {"down_us", microseconds(effect.down)}};
    }
    void operator()(const SlowReadsFault& effect) const {
        fault["slow_reads"] = {{"bytes_per_s", effect.bytes_per_s}};
    }
    void operator()(const StaleQueriesFault& effect) const {
        fault["stale_queries"] = {{"by_us", microseconds(effect.by)}};
    }
    void operator()(const LoseAnswersFault& effect) const {
        json::object object = with_operations(effect.operations);
        object["share"] = effect.share;
        fault["lose_answers"] = std::move(object);
    }
    void operator()(const RatesFault& effect) const {
        json::object rates;
        for (const auto& [operation, per_s] : effect.rates) {
            rates[iothub::name(operation)] = per_s;
        }
        fault["rates"] = {{"per_s", std::move(rates)}};
    }
};

json::object fault_json(const Fault& fault) {
    json::object object;
    std::visit(EffectJson{object}, fault.effect);
    json::object devices;
    if (!fault.device_prefix.empty()) {
        devices["prefix"] = fault.device_prefix;
    }
    if (fault.device_share < 1) {
        devices["share"] = fault.device_share;
    }
    if (!devices.empty()) {
        object["devices"] = std::move(devices);
    }
    object["start_us"] = microseconds(fault.start);
    if (fault.duration) {
        object["duration_us"] = microseconds(*fault.duration);
    }
    return object;
}

std::string percent(double share) {
    return fmt::format("{:.3g}%", share * 100);
}

struct LatencyWords {
    std::string operator()(const ConstantLatency& form) const {
        return format_duration(form.value);
    }
    std::string operator()(const ExponentialLatency& form) const {
        return "exponential, mean " + format_duration(form.mean);
    }
    std::string operator()(const UniformLatency& form) const {
        return fmt::format("{} to {}", format_duration(form.min), format_duration(form.max));
    }
    std::string operator()(const LognormalLatency& form) const {
        return fmt::format("p50 {}, p99 {}", format_duration(form.p50), format_duration(form.p99));
    }
    std::string operator()(const BimodalLatency& form) const {
        return fmt::format("{}, {} of them {}", format_duration(form.fast),
                           percent(form.slow_share), format_duration(form.slow));
    }
};

std::string on_operations(const Operations& operations) {
    std::vector<std::string_view> names;
    for (const iothub::OperationClass operation : operations) {
        names.push_back(iothub::name(operation));
    }
    return names.empty() ? " on all operations" : fmt::format(" on {}", fmt::join(names, ", "));
}

struct EffectWords {
    std::string operator()(const LatencyFault& effect) const {
        return "latency " + std::visit(LatencyWords{}, effect.form) +
               on_operations(effect.operations);
    }
    std::string operator()(const ErrorFault& effect) const {
        return fmt::format("{} errors {}{}", percent(effect.share), static_cast<int>(effect.code),
                           on_operations(effect.operations));
    }
    std::string operator()(const RefuseConnectsFault& effect) const {
        const std::string answer = effect.return_code
                                       ? fmt::format("refused with code {}", *effect.return_code)
                                       : std::string("closed without a word");
        return fmt::format("{} of connects {}", percent(effect.share), answer);
    }
    std::string operator()(const DropAcknowledgementsFault& effect) const {
        return percent(effect.share) + " of acknowledgements dropped";
    }
    std::string operator()(const DuplicateFault& effect) const {
        return fmt::format(
            "{} of {} twice", percent(effect.share),
            effect.what == Duplicated::kTelemetry ? "telemetry" : "cloud-to-device messages");
    }
    std::string operator()(const DisconnectFault& effect) const {
        return effect.rate_per_s > 0
                   ? fmt::format("each connection cut {}/s", format_count(effect.rate_per_s))
                   : percent(effect.share) + " of connections cut at once";
    }
    std::string operator()(const StallFault&) const { return "the hub stalls"; }
    std::string operator()(const RestartFault& effect) const {
        return fmt::format("the hub restarts, {} its state, down for {}",
                           effect.keeps_state ? "keeps" : "loses", format_duration(effect.down));
    }
    std::string operator()(const SlowReadsFault& effect) const {
        return fmt::format("connections read at {}/s", format_size(effect.bytes_per_s));
    }
    std::string operator()(const StaleQueriesFault& effect) const {
        return fmt::format("queries answer as of {} ago", format_duration(effect.by));
    }
    std::string operator()(const LoseAnswersFault& effect) const {
        return fmt::format("{} of answers lost{}", percent(effect.share),
                           effect.operations.empty() ? " on twin_reads, twin_updates"
                                                     : on_operations(effect.operations));
    }
    std::string operator()(const RatesFault& effect) const {
        std::vector<std::string> rates;
        for (const auto& [operation, per_s] : effect.rates) {
            rates.push_back(
                fmt::format("{} at {}/s", iothub::name(operation), format_count(per_s)));
        }
        return fmt::format("{}", fmt::join(rates, ", "));
    }
};

}  // namespace

json::object faults_json(const std::vector<Fault>& faults, std::uint64_t seed) {
    json::array list;
    for (const Fault& fault : faults) {
        list.emplace_back(fault_json(fault));
    }
    return {{"seed", seed}, {"faults", std::move(list)}};
}

std::string describe(const Fault& fault) {
    std::string text = std::visit(EffectWords{}, fault.effect);
    if (!fault.device_prefix.empty()) {
        text += fmt::format(", devices {}*", fault.device_prefix);
    }
    if (fault.device_share < 1) {
        text += fmt::format(", {} of the devices", percent(fault.device_share));
    }
    if (fault.start > Duration::zero()) {
        text += ", after " + format_duration(fault.start);
    }
    if (fault.duration) {
        text += ", for " + format_duration(*fault.duration);
    }
    return text;
}

}  // namespace twinstorm::plan

// Longer than most: twelve effects, each with its few keys, in the order of their table in
// keys.cpp.

#include <array>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/readers.h"
#include "scenario/value_reader.h"
#include "twinstorm/base/units.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFaultPath = "phases[].faults[]";
constexpr std::string_view kUnnamedCode = "InvalidErrorCode";  // Of a number without a name.
constexpr std::uint64_t kErrorCodeMin = 400'000;
constexpr std::uint64_t kErrorCodeMax = 599'999;

// A microsecond is the least that a hub is told.
constexpr DurationRange kLatency{0us, plan::kFaultLatencyMax, "0s to 10m"};
constexpr DurationRange kPositiveLatency{1us, plan::kFaultLatencyMax, "1us to 10m"};
constexpr DurationRange kStaleness{1us, plan::kStaleQueriesMax, "1us to 1h"};
constexpr DurationRange kStart{0us, plan::kFaultSpanMax, "0s to 30d"};
constexpr DurationRange kSpan{1us, plan::kFaultSpanMax, "1us to 30d"};

const KeyTable& fault_table(std::string_view effect) {
    return table(fmt::format("{}.{}", kFaultPath, effect));
}

// The CONNACK codes behind the words of `answer`; 0 stands for none at all.
struct ConnectAnswer {
    std::string_view word;
    std::uint8_t return_code;
};
constexpr std::array kAnswers{ConnectAnswer{"close", 0}, ConnectAnswer{"identifier-rejected", 2},
                              ConnectAnswer{"server-unavailable", 3},
                              ConnectAnswer{"bad-credentials", 4},
                              ConnectAnswer{"not-authorized", 5}};
constexpr std::uint8_t kUsualAnswer = 3;

class FaultReader {
public:
    explicit FaultReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    plan::Fault read(const Value& value) {
        const MapReader map(value, table(kFaultPath), mistakes_);
        if (!map.is_map()) {
            return {};
        }
        read_span(map);
        read_effect(map);
        return std::move(fault_);
    }

private:
    using Read = void (FaultReader::*)(const Value& value);
    struct Effect {
        std::string_view key;
        Read read;
    };

    void read_effect(const MapReader& map) {
        constexpr std::array kEffects{
            Effect{"latency", &FaultReader::read_latency},
            Effect{"error", &FaultReader::read_error},
            Effect{"refuse_connects", &FaultReader::read_refuse_connects},
            Effect{"drop_acknowledgements", &FaultReader::read_drop_acknowledgements},
            Effect{"duplicate", &FaultReader::read_duplicate},
            Effect{"disconnect", &FaultReader::read_disconnect},
            Effect{"stall", &FaultReader::read_stall},
            Effect{"restart", &FaultReader::read_restart},
            Effect{"slow_reads", &FaultReader::read_slow_reads},
            Effect{"stale_queries", &FaultReader::read_stale_queries},
            Effect{"lose_answers", &FaultReader::read_lose_answers},
            Effect{"rates", &FaultReader::read_rates}};
        int effects = 0;
        for (const Effect& effect : kEffects) {
            if (const Value* const value = map.find(effect.key)) {
                ++effects;
                (this->*effect.read)(*value);
            }
        }
        if (effects != 1) {
            mistakes_.add(map.place(),
                          "a fault is exactly one of `latency`, `error`, `refuse_connects`, "
                          "`drop_acknowledgements`, `duplicate`, `disconnect`, `stall`, "
                          "`restart`, `slow_reads`, `stale_queries`, `lose_answers` and `rates`");
            return;
        }
        check_instant(map);
        check_whole_hub(map);
    }

    void read_span(const MapReader& map) {
        if (const Value* const start = map.find("start")) {
            assign(fault_.start, read_duration(*start, kStart, mistakes_));
        }
        if (const Value* const duration = map.find("duration")) {
            fault_.duration = read_duration(*duration, kSpan, mistakes_);
        }
        if (const Value* const devices = map.find("devices")) {
            const MapReader selection(*devices, fault_table("devices"), mistakes_);
            if (const Value* const prefix = selection.find("prefix")) {
                read_prefix(*prefix);
            }
            read_share_of(selection, fault_.device_share);
        }
    }

    void read_prefix(const Value& value) {
        const auto prefix = read_text(value, mistakes_);
        if (prefix && (prefix->empty() || prefix->size() > plan::kFaultPrefixBytesMax)) {
            mistakes_.add(value.place, fmt::format("`{}` is out of range; expected 1 to {} bytes",
                                                   *prefix, plan::kFaultPrefixBytesMax));
        }
        assign(fault_.device_prefix, prefix);
    }

    void read_share_of(const MapReader& map, double& target) {
        if (const Value* const share = map.find("share")) {
            assign(target, read_share(*share, mistakes_));
        }
    }

    Duration read_span_of(const MapReader& map, std::string_view key, const DurationRange& range) {
        const Value* const value = map.find(key);
        return value == nullptr
                   ? Duration()
                   : read_duration(*value, range, mistakes_).value_or(Duration::zero());
    }

    plan::Operations read_operations(const MapReader& map, std::string_view path) {
        plan::Operations operations;
        const Value* const value = map.find("operations");
        if (value == nullptr) {
            return operations;
        }
        const ListForm form{"operations", iothub::kOperationClassCount};
        for (const Value& item : read_list(*value, form, mistakes_)) {
            if (const auto index = read_choice(item, choices(path), mistakes_)) {
                operations.push_back(
                    iothub::find_operation_class(choices(path).served[*index]).value());
            }
        }
        return operations;
    }

    void read_latency(const Value& value) {
        const MapReader map(value, fault_table("latency"), mistakes_);
        plan::LatencyFault effect;
        effect.operations = read_operations(map, "phases[].faults[].latency.operations[]");
        const int forms = map.has("constant") + map.has("exponential") + map.has("uniform") +
                          map.has("lognormal") + map.has("bimodal");
        if (map.is_map() && forms != 1) {
            mistakes_.add(map.place(),
                          "a latency is exactly one of `constant`, `exponential`, `uniform`, "
                          "`lognormal` and `bimodal`");
        }
        if (map.has("constant")) {
            effect.form = plan::ConstantLatency{read_span_of(map, "constant", kLatency)};
        } else if (map.has("exponential")) {
            effect.form = plan::ExponentialLatency{read_span_of(map, "exponential", kLatency)};
        } else {
            read_shaped(map, effect);
        }
        fault_.effect = std::move(effect);
    }

    void read_shaped(const MapReader& latency, plan::LatencyFault& effect) {
        if (const Value* const uniform = latency.find("uniform")) {
            const MapReader map(*uniform, fault_table("latency.uniform"), mistakes_);
            const plan::UniformLatency form{read_span_of(map, "min", kLatency),
                                            read_span_of(map, "max", kLatency)};
            check_order(map, "max", form.min, form.max, "min");
            effect.form = form;
        } else if (const Value* const lognormal = latency.find("lognormal")) {
            const MapReader map(*lognormal, fault_table("latency.lognormal"), mistakes_);
            const plan::LognormalLatency form{read_span_of(map, "p50", kPositiveLatency),
                                              read_span_of(map, "p99", kPositiveLatency)};
            check_order(map, "p99", form.p50, form.p99, "p50");
            effect.form = form;
        } else if (const Value* const bimodal = latency.find("bimodal")) {
            const MapReader map(*bimodal, fault_table("latency.bimodal"), mistakes_);
            plan::BimodalLatency form{read_span_of(map, "fast", kLatency),
                                      read_span_of(map, "slow", kLatency), 0};
            if (const Value* const share = map.find("slow_share")) {
                assign(form.slow_share, read_share(*share, mistakes_));
            }
            effect.form = form;
        }
    }

    // What could not be read is 0, and has been reported.
    void check_order(const MapReader& map, std::string_view key, Duration low, Duration high,
                     std::string_view low_key) {
        const Value* const value = map.find(key);
        if (value != nullptr && high > Duration::zero() && low > high) {
            mistakes_.add(value->place, fmt::format("`{}` is below `{}`; expected it not to be",
                                                    value->scalar, low_key));
        }
    }

    void read_error(const Value& value) {
        const MapReader map(value, fault_table("error"), mistakes_);
        plan::ErrorFault effect;
        effect.operations = read_operations(map, "phases[].faults[].error.operations[]");
        read_share_of(map, effect.share);
        if (const Value* const code = map.find("code")) {
            const auto number = read_count(*code, {kErrorCodeMin, kErrorCodeMax}, mistakes_);
            assign(effect.code, number);
            if (number && iothub::name(effect.code) == kUnnamedCode) {
                mistakes_.add(code->place,
                              fmt::format("`{}` is no error number of a hub; expected one such as "
                                          "`500001`",
                                          code->scalar));
            }
        }
        fault_.effect = std::move(effect);
    }

    void read_refuse_connects(const Value& value) {
        const MapReader map(value, fault_table("refuse_connects"), mistakes_);
        plan::RefuseConnectsFault effect{0, kUsualAnswer};
        read_share_of(map, effect.share);
        if (const Value* const answer = map.find("answer")) {
            const auto index = read_choice(
                *answer, choices("phases[].faults[].refuse_connects.answer"), mistakes_);
            if (index) {
                const std::uint8_t code = kAnswers.at(*index).return_code;
                effect.return_code = code == 0 ? std::nullopt : std::optional(code);
            }
        }
        fault_.effect = effect;
    }

    void read_drop_acknowledgements(const Value& value) {
        fault_.effect = plan::DropAcknowledgementsFault{read_share(value, mistakes_).value_or(0)};
    }

    void read_duplicate(const Value& value) {
        const MapReader map(value, fault_table("duplicate"), mistakes_);
        plan::DuplicateFault effect;
        read_share_of(map, effect.share);
        if (const Value* const what = map.find("what")) {
            assign(effect.what,
                   read_choice(*what, choices("phases[].faults[].duplicate.what"), mistakes_));
        }
        fault_.effect = effect;
    }

    void read_disconnect(const Value& value) {
        const MapReader map(value, fault_table("disconnect"), mistakes_);
        plan::DisconnectFault effect;
        if (map.is_map() && map.has("share") == map.has("rate")) {
            mistakes_.add(map.place(), "`disconnect` needs exactly one of `share` and `rate`");
        }
        read_share_of(map, effect.share);
        if (const Value* const rate = map.find("rate")) {
            assign(effect.rate_per_s, read_rate(*rate, mistakes_));
            if (effect.rate_per_s > plan::kDisconnectRateMax) {
                mistakes_.add(rate->place, fmt::format("`{}` is out of range; expected at most "
                                                       "{:g}/s for each connection",
                                                       rate->scalar, plan::kDisconnectRateMax));
            }
        }
        fault_.effect = effect;
    }

    // Its length is its value: `stall: 5s`.
    void read_stall(const Value& value) {
        if (fault_.duration) {
            mistakes_.add(value.place,
                          "`duration` says nothing beside `stall`, whose value it is; expected it "
                          "left out");
        }
        fault_.duration = read_duration(value, kSpan, mistakes_);
        fault_.effect = plan::StallFault{};
    }

    void read_restart(const Value& value) {
        const MapReader map(value, fault_table("restart"), mistakes_);
        plan::RestartFault effect;
        effect.down = read_span_of(map, "down", kStart);
        if (const Value* const state = map.find("state")) {
            const auto index =
                read_choice(*state, choices("phases[].faults[].restart.state"), mistakes_);
            effect.keeps_state = index.value_or(0) == 0;
        }
        fault_.effect = effect;
    }

    // Bytes a second: `4KiB/s`.
    void read_slow_reads(const Value& value) {
        constexpr std::string_view kPerSecond = "/s";
        const std::string_view text = value.scalar;
        const bool rate = value.kind == Value::Kind::kScalar && text.ends_with(kPerSecond);
        const auto size = rate ? parse_size(text.substr(0, text.size() - kPerSecond.size()))
                               : Result<std::uint64_t>(fail(ErrorCode::kInvalidArgument));
        if (!size || *size < 1 || *size > plan::kSlowReadBytesMax) {
            mistakes_.add(value.place, fmt::format("{} is out of place; expected `1B/s` to "
                                                   "`1GiB/s`, as in `4KiB/s`",
                                                   describe(value)));
            return;
        }
        fault_.effect = plan::SlowReadsFault{*size};
    }

    void read_stale_queries(const Value& value) {
        const MapReader map(value, fault_table("stale_queries"), mistakes_);
        fault_.effect = plan::StaleQueriesFault{read_span_of(map, "by", kStaleness)};
    }

    void read_lose_answers(const Value& value) {
        const MapReader map(value, fault_table("lose_answers"), mistakes_);
        plan::LoseAnswersFault effect{
            read_operations(map, "phases[].faults[].lose_answers.operations[]"), 0};
        read_share_of(map, effect.share);
        fault_.effect = std::move(effect);
    }

    void read_rates(const Value& value) {
        const MapReader map(value, fault_table("rates"), mistakes_);
        plan::RatesFault effect;
        for (std::size_t i = 0; i < iothub::kOperationClassCount; ++i) {
            const auto operation = static_cast<iothub::OperationClass>(i);
            if (const Value* const rate = map.find(iothub::name(operation))) {
                effect.rates.push_back({operation, read_rate(*rate, mistakes_).value_or(0)});
            }
        }
        if (map.is_map() && effect.rates.empty()) {
            mistakes_.add(map.place(), "`rates` needs a rate for at least one class of operations");
        }
        fault_.effect = std::move(effect);
    }

    // What happens at one instant has no duration.
    void check_instant(const MapReader& map) {
        const Value* const duration = map.find("duration");
        const auto* const disconnect = std::get_if<plan::DisconnectFault>(&fault_.effect);
        const bool instant = std::holds_alternative<plan::RestartFault>(fault_.effect) ||
                             (disconnect != nullptr && disconnect->share > 0);
        if (duration != nullptr && instant) {
            mistakes_.add(duration->place,
                          "`duration` says nothing: this happens at one instant; expected it left "
                          "out");
        }
    }

    void check_whole_hub(const MapReader& map) {
        const Value* const devices = map.find("devices");
        const bool whole_hub =
            map.has("restart") || map.has("stall") || map.has("stale_queries") || map.has("rates");
        if (devices != nullptr && whole_hub) {
            mistakes_.add(devices->place,
                          "`devices` says nothing: this happens to the whole hub; expected it left "
                          "out");
        }
    }

    Mistakes& mistakes_;
    plan::Fault fault_;
};

}  // namespace

std::vector<plan::Fault> read_faults(const Value& value, const std::optional<Duration>& phase,
                                     Mistakes& mistakes) {
    std::vector<plan::Fault> faults;
    for (const Value& item : read_list(value, {"faults", plan::kFaultsMax}, mistakes)) {
        faults.push_back(FaultReader(mistakes).read(item));
        const Value* const start = item.find("start");
        if (start != nullptr && phase && faults.back().start >= *phase) {
            mistakes.add(start->place, fmt::format("`{}` lies after the end of its phase, which "
                                                   "lasts {}",
                                                   start->scalar, format_duration(*phase)));
        }
    }
    return faults;
}

void check_faults(const Value& phases, const plan::Plan& plan, Mistakes& mistakes) {
    const auto* const real = std::get_if<plan::RealHub>(&plan.hub);
    if (real == nullptr || !real->ready_file.empty()) {
        return;  // Whether a hub of a ready file takes faults, its admin endpoint tells.
    }
    for (const Value& phase : phases.items) {
        if (const Value* const faults = phase.find("faults")) {
            mistakes.add(faults->place,
                         "a real hub takes no faults; expected them with `hub.mock`, or with a "
                         "`ready_file` of a mock hub");
        }
    }
}

}  // namespace twinstorm::scenario

#include "hub/faults_json.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "hub/fault_node.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using Text = std::string_view;
using Node = FaultNode;

constexpr Text kUnnamedCode = "InvalidErrorCode";  // iothub::name() of a code without a name.

OperationSet read_operations(const Node& at) {
    OperationSet set;
    if (!at.has("operations")) {
        return set.set();
    }
    const json::value& list = at.members().at("operations");
    if (!list.is_array() || list.get_array().empty()) {
        at.blame("operations", "expected a list of operation classes");
        return set;
    }
    for (const json::value& item : list.get_array()) {
        const auto operation =
            item.is_string() ? iothub::find_operation_class(Text(item.get_string())) : std::nullopt;
        if (!operation) {
            at.blame("operations", fmt::format("expected operation classes such as `{}`",
                                               name(iothub::OperationClass::kTwinReads)));
            return set;
        }
        set.set(static_cast<std::size_t>(*operation));
    }
    return set;
}

LatencyForm read_form(const Node& at) {
    const auto span = [](const Node& from, Text key) {
        return from.duration(key, 0, kFaultLatencyMax);
    };
    if (at.has("constant_us")) {
        return ConstantLatency{span(at, "constant_us")};
    }
    if (at.has("exponential_us")) {
        return ExponentialLatency{span(at, "exponential_us")};
    }
    if (at.has("uniform")) {
        const Node form = at.at("uniform");
        form.allow({"min_us", "max_us"});
        const UniformLatency uniform{span(form, "min_us"), span(form, "max_us")};
        if (uniform.min > uniform.max) {
            form.blame("max_us", "is below min_us");
        }
        return uniform;
    }
    if (at.has("bimodal")) {
        const Node form = at.at("bimodal");
        form.allow({"fast_us", "slow_us", "slow_share"});
        return BimodalLatency{span(form, "fast_us"), span(form, "slow_us"),
                              form.number("slow_share", 1)};
    }
    const Node form = at.at("lognormal");
    form.allow({"p50_us", "p99_us"});
    const LognormalLatency lognormal{form.duration("p50_us", 1, kFaultLatencyMax),
                                     form.duration("p99_us", 1, kFaultLatencyMax)};
    if (lognormal.p50 > lognormal.p99) {
        form.blame("p99_us", "is below p50_us");
    }
    return lognormal;
}

// Of classes that are answered over MQTT.
OperationSet read_twin_operations(const Node& at) {
    OperationSet twins;
    twins.set(static_cast<std::size_t>(iothub::OperationClass::kTwinReads));
    twins.set(static_cast<std::size_t>(iothub::OperationClass::kTwinUpdates));
    if (!at.has("operations")) {
        return twins;
    }
    const OperationSet set = read_operations(at);
    if ((set & ~twins).any()) {
        at.blame("operations", "expected twin_reads, twin_updates or both");
    }
    return set;
}

FaultEffect read_latency(const Node& at) {
    at.allow(
        {"?operations", "?constant_us", "?exponential_us", "?uniform", "?lognormal", "?bimodal"});
    const std::size_t forms = at.members().size() - (at.has("operations") ? 1 : 0);
    if (forms != 1) {
        at.expected("one of constant_us, exponential_us, uniform, lognormal and bimodal");
        return LatencyFault{};
    }
    return LatencyFault{read_operations(at), read_form(at)};
}

FaultEffect read_error(const Node& at) {
    at.allow({"?operations", "code", "share"});
    const auto code = static_cast<iothub::ServiceErrorCode>(at.count("code", 400'000, 599'999));
    if (name(code) == kUnnamedCode) {
        at.blame("code", "is no error number of a hub; expected one such as 500001");
    }
    return ErrorFault{read_operations(at), code, at.share()};
}

FaultEffect read_refuse_connects(const Node& at) {
    at.allow({"share", "?return_code"});
    RefuseConnectsFault effect{at.share(), std::nullopt};
    if (at.has("return_code")) {
        effect.answer = static_cast<mqtt::ConnectCode>(at.count("return_code", 1, 5));
    }
    return effect;
}

FaultEffect read_drop_acknowledgements(const Node& at) {
    at.allow({"share"});
    return DropAcknowledgementsFault{at.share()};
}

FaultEffect read_duplicate(const Node& at) {
    at.allow({"what", "share"});
    const Text what = at.text("what");
    if (what != "telemetry" && what != "cloud_to_device") {
        at.blame("what", "expected telemetry or cloud_to_device");
    }
    return DuplicateFault{what == "telemetry" ? Duplicated::kTelemetry : Duplicated::kCloudToDevice,
                          at.share()};
}

FaultEffect read_disconnect(const Node& at) {
    at.allow({"?share", "?rate_per_s"});
    if (at.has("share") == at.has("rate_per_s")) {
        at.expected("exactly one of share and rate_per_s");
        return DisconnectFault{};
    }
    return at.has("share") ? DisconnectFault{at.share(), 0}
                           : DisconnectFault{0, at.number("rate_per_s", kDisconnectRateMax)};
}

FaultEffect read_stall(const Node& at) {
    at.allow({});
    return StallFault{};
}

FaultEffect read_restart(const Node& at) {
    at.allow({"state", "down_us"});
    const Text state = at.text("state");
    if (state != "keep" && state != "lose") {
        at.blame("state", "expected keep or lose");
    }
    return RestartFault{at.duration("down_us", 0, kFaultSpanMax), state == "keep"};
}

FaultEffect read_slow_reads(const Node& at) {
    at.allow({"bytes_per_s"});
    return SlowReadsFault{at.count("bytes_per_s", 1, kSlowReadBytesMax)};
}

FaultEffect read_stale_queries(const Node& at) {
    at.allow({"by_us"});
    return StaleQueriesFault{at.duration("by_us", 1, kStaleQueriesMax)};
}

FaultEffect read_lose_answers(const Node& at) {
    at.allow({"?operations", "share"});
    return LoseAnswersFault{read_twin_operations(at), at.share()};
}

FaultEffect read_rates(const Node& at) {
    at.allow({"per_s"});
    const Node rates = at.at("per_s");
    RatesFault effect;
    if (rates.members().empty()) {
        at.blame("per_s", "expected a rate for an operation class");
    }
    for (const auto& member : rates.members()) {
        const auto operation = iothub::find_operation_class(Text(member.key()));
        if (!operation) {
            rates.blame(member.key(), "is not an operation class");
            continue;
        }
        const double rate = rates.number(member.key(), kFaultRateMax);
        if (rate < kFaultRateMin) {
            rates.blame(member.key(), fmt::format("expected at least {:g}", kFaultRateMin));
        }
        effect.per_s[static_cast<std::size_t>(*operation)] = rate;
    }
    return effect;
}

struct EffectReader {
    Text name;
    FaultEffect (*read)(const Node& at);
};
constexpr std::array kEffects{EffectReader{"latency", read_latency},
                              EffectReader{"error", read_error},
                              EffectReader{"refuse_connects", read_refuse_connects},
                              EffectReader{"drop_acknowledgements", read_drop_acknowledgements},
                              EffectReader{"duplicate", read_duplicate},
                              EffectReader{"disconnect", read_disconnect},
                              EffectReader{"stall", read_stall},
                              EffectReader{"restart", read_restart},
                              EffectReader{"slow_reads", read_slow_reads},
                              EffectReader{"stale_queries", read_stale_queries},
                              EffectReader{"lose_answers", read_lose_answers},
                              EffectReader{"rates", read_rates}};

// What the effect leaves no room for.
void check_span(const Node& at, const Fault& fault) {
    const bool stall = std::holds_alternative<StallFault>(fault.effect);
    const bool restart = std::holds_alternative<RestartFault>(fault.effect);
    const auto* const disconnect = std::get_if<DisconnectFault>(&fault.effect);
    const bool instant = restart || (disconnect != nullptr && disconnect->share > 0);
    if (stall && !fault.duration) {
        at.blame("duration_us", "is missing: a stall has to end");
    }
    if (instant && fault.duration) {
        at.blame("duration_us", "says nothing: this happens at one instant");
    }
    const bool whole_hub = stall || restart || at.has("stale_queries") || at.has("rates");
    if (whole_hub && at.has("devices")) {
        at.blame("devices", "says nothing: this happens to the whole hub");
    }
}

Fault read_fault(const Node& at) {
    at.allow({"?latency", "?error", "?refuse_connects", "?drop_acknowledgements", "?duplicate",
              "?disconnect", "?stall", "?restart", "?slow_reads", "?stale_queries", "?lose_answers",
              "?rates", "?devices", "?start_us", "?duration_us"});
    Fault fault;
    int effects = 0;
    for (const EffectReader& effect : kEffects) {
        if (at.has(effect.name)) {
            ++effects;
            fault.effect = effect.read(at.at(effect.name));
        }
    }
    if (effects != 1) {
        at.expected("exactly one effect, such as latency, error or stall");
    }
    if (at.has("devices")) {
        const Node devices = at.at("devices");
        devices.allow({"?prefix", "?share"});
        fault.device_prefix = devices.has("prefix") ? devices.text("prefix") : Text();
        fault.device_share = devices.has("share") ? devices.share() : 1;
        if (fault.device_prefix.size() > kFaultPrefixBytesMax) {
            devices.blame("prefix", fmt::format("expected at most {} bytes", kFaultPrefixBytesMax));
        }
    }
    if (at.has("start_us")) {
        fault.start = at.duration("start_us", 0, kFaultSpanMax);
    }
    if (at.has("duration_us")) {
        fault.duration = at.duration("duration_us", 1, kFaultSpanMax);
    }
    check_span(at, fault);
    return fault;
}

std::vector<Fault> read_faults(const Node& root, std::string& mistake) {
    std::vector<Fault> faults;
    const json::value* const list = root.members().if_contains("faults");
    if (list == nullptr || !list->is_array() || list->get_array().empty() ||
        list->get_array().size() > kFaultsMax) {
        root.blame("faults", fmt::format("expected a list of 1 to {} faults", kFaultsMax));
        return faults;
    }
    for (const json::value& item : list->get_array()) {
        faults.push_back(
            read_fault(Node(&item, fmt::format("faults[{}]", faults.size()), mistake)));
    }
    return faults;
}

}  // namespace

Result<Faults> parse_faults(std::string_view body, TimePoint set_at) {
    if (body.size() > kFaultsBodyBytesMax) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} bytes of faults; expected at most {}", body.size(),
                                kFaultsBodyBytesMax));
    }
    json::error_code error;
    const json::value document = json::parse({body.data(), body.size()}, error);
    if (error) {
        return fail(ErrorCode::kInvalidArgument, "faults are not JSON: " + error.message());
    }
    std::string mistake;
    const Node root(&document, {}, mistake);
    root.allow({"?seed", "faults"});
    const std::uint64_t seed = root.has("seed") ? root.count("seed", 0, UINT64_MAX) : 1;
    std::vector<Fault> faults = read_faults(root, mistake);
    if (!mistake.empty()) {
        return fail(ErrorCode::kInvalidArgument, std::move(mistake));
    }
    return Faults(std::move(faults), seed, set_at);
}

}  // namespace twinstorm::hub

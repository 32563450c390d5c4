#include "hub/faults_json.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using Text = std::string_view;

constexpr Text kUnnamedCode = "InvalidErrorCode";  // iothub::name() of a code without a name.

std::int64_t microseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// An object of the document and the path to it. The first mistake is kept; after it everything
// reads as nothing, so that the walk needs no branches.
class Node {
public:
    Node(const json::value* value, std::string path, std::string& mistake)
        : path_(std::move(path)), mistake_(mistake) {
        if (value == nullptr || !value->is_object()) {
            expected("an object");
            return;
        }
        object_ = &value->get_object();
    }

    // Members are of these names only; `?` opens the name of one that may be left out.
    void allow(std::initializer_list<Text> names) const {
        for (const auto& member : members()) {
            const auto known = [&](Text name) {
                return member.key() == name.substr(name.starts_with('?') ? 1 : 0);
            };
            if (std::none_of(names.begin(), names.end(), known)) {
                blame(member.key(), "is not known here");
            }
        }
        for (const Text name : names) {
            if (!name.starts_with('?') && !has(name)) {
                blame(name, "is missing");
            }
        }
    }

    [[nodiscard]] const json::object& members() const {
        static const json::object kNone;
        return object_ == nullptr ? kNone : *object_;
    }
    [[nodiscard]] bool has(Text key) const { return members().contains(key); }
    [[nodiscard]] Node at(Text key) const {
        return {members().if_contains(key), path_of(key), mistake_};
    }

    [[nodiscard]] std::uint64_t count(Text key, std::uint64_t min, std::uint64_t max) const {
        const json::value* const value = members().if_contains(key);
        std::optional<std::uint64_t> number;
        if (value != nullptr && value->is_uint64()) {
            number = value->get_uint64();
        } else if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
            number = static_cast<std::uint64_t>(value->get_int64());
        }
        if (!number || *number < min || *number > max) {
            blame(key, fmt::format("expected a whole number from {} to {}", min, max));
            return min;
        }
        return *number;
    }
    [[nodiscard]] Duration duration(Text key, std::int64_t min_us, Duration max) const {
        return std::chrono::microseconds(count(key, static_cast<std::uint64_t>(min_us),
                                               static_cast<std::uint64_t>(microseconds(max))));
    }
    // More than 0, at most `max`.
    [[nodiscard]] double number(Text key, double max) const {
        const json::value* const value = members().if_contains(key);
        const double number =
            value != nullptr && value->is_number() ? value->to_number<double>() : 0;
        if (!(number > 0 && number <= max)) {
            blame(key, fmt::format("expected a number above 0, at most {:g}", max));
            return max;
        }
        return number;
    }
    [[nodiscard]] double share() const { return number("share", 1); }
    [[nodiscard]] Text text(Text key) const {
        const json::value* const value = members().if_contains(key);
        if (value == nullptr || !value->is_string()) {
            blame(key, "expected text");
            return {};
        }
        return value->get_string();
    }

    void blame(Text key, Text what) const { mistake(path_of(key), what); }
    void expected(Text what) const { mistake(path_, fmt::format("expected {}", what)); }

private:
    [[nodiscard]] std::string path_of(Text key) const {
        return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    }
    void mistake(const std::string& path, Text what) const {
        if (mistake_.empty()) {
            mistake_ = path.empty() ? std::string(what) : fmt::format("{}: {}", path, what);
        }
    }

    const json::object* object_ = nullptr;
    std::string path_;
    std::string& mistake_;
};

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
                              EffectReader{"slow_reads", read_slow_reads}};

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
    if ((stall || restart) && at.has("devices")) {
        at.blame("devices", "says nothing: this happens to the whole hub");
    }
}

Fault read_fault(const Node& at) {
    at.allow({"?latency", "?error", "?refuse_connects", "?drop_acknowledgements", "?duplicate",
              "?disconnect", "?stall", "?restart", "?slow_reads", "?devices", "?start_us",
              "?duration_us"});
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

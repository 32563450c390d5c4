#include <optional>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "stats/json_text.h"
#include "stats/playbook_json.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;

json::string text(std::string_view view) {
    return json::string(view.data(), view.size());
}

template <class Number>
json::value or_null(const std::optional<Number>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

template <class Range, class ToJson>
json::array array_of(const Range& range, ToJson to_json) {
    json::array array;
    array.reserve(range.size());
    for (const auto& item : range) {
        array.emplace_back(to_json(item));
    }
    return array;
}

json::array texts_json(const std::vector<std::string>& texts) {
    return array_of(texts, [](const std::string& item) { return json::string(item); });
}

json::object histogram_json(const Histogram& histogram) {
    json::object object{{"unit", "us"}, {"count", histogram.count()}};
    const bool any = !histogram.empty();
    const auto or_none = [any](auto number) { return any ? json::value(number) : json::value(); };
    object["min"] = or_none(histogram.min());
    object["mean"] = or_none(histogram.mean());
    object["p50"] = or_none(histogram.value_at(0.5));
    object["p90"] = or_none(histogram.value_at(0.9));
    object["p99"] = or_none(histogram.value_at(0.99));
    object["p999"] = or_none(histogram.value_at(0.999));
    object["p9999"] = or_none(histogram.value_at(0.9999));
    object["max"] = or_none(histogram.max());
    object["clamped"] = histogram.clamped();
    object["hdr"] = histogram.encode();
    return object;
}

json::object metrics_json(const Recording& recording) {
    json::object object;
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        const auto metric = static_cast<Metric>(i);
        object.emplace(text(name(metric)), histogram_json(recording[metric]));
    }
    return object;
}

enum class Zeros : std::uint8_t { kShown, kLeftOut };

json::object counters_json(const Counts& counts, Zeros zeros) {
    json::object object;
    for (std::size_t i = 0; i < kCounterCount; ++i) {
        const auto counter = static_cast<Counter>(i);
        if (counts[counter] > 0 || zeros == Zeros::kShown) {
            object.emplace(text(name(counter)), counts[counter]);
        }
    }
    return object;
}

json::object gate_json(const GateResult& gate) {
    return {{"expression", gate.expression},
            {"metric", gate.metric},
            {"actual", or_null(gate.actual)},
            {"limit", gate.limit},
            {"unit", gate.unit},
            {"passed", gate.passed},
            {"why", gate.why}};
}

void add_recording(const Recording& recording, json::object& object) {
    object["metrics"] = metrics_json(recording);
    object["counters"] = counters_json(recording.counts, Zeros::kShown);
    object["measured"] =
        json::object{{"counters", counters_json(recording.measured, Zeros::kShown)}};
}

json::object persona_json(const PersonaResult& persona) {
    const IdentityCounts& identities = persona.identities;
    json::object object{{"name", persona.name},
                        {"identities",
                         {{"ordinary", identities.ordinary},
                          {"absent", identities.absent},
                          {"never_connected", identities.never_connected},
                          {"rejected", identities.rejected}}}};
    add_recording(persona.recording, object);
    return object;
}

json::object group_json(const GroupResult& group) {
    json::object object{{"name", group.name},
                        {"transport", group.transport},
                        {"devices", group.devices},
                        {"personas", array_of(group.personas, persona_json)}};
    add_recording(group.recording, object);
    return object;
}

json::object encodings_json(const std::map<std::string, Volume>& encodings) {
    json::object object;
    for (const auto& [encoding, volume] : encodings) {
        object.emplace(encoding, json::object{{"messages", volume.messages},
                                              {"bytes", volume.bytes},
                                              {"events", volume.events}});
    }
    return object;
}

json::object messages_json(const MessageLedger& ledger) {
    return {{"offered", ledger.offered},
            {"acked", ledger.acked},
            {"failed", ledger.failed},
            {"in_flight", ledger.in_flight},
            {"unsent", ledger.unsent},
            {"hub_received", or_null(ledger.hub_received)},
            {"hub_duplicated", or_null(ledger.hub_duplicated)},
            {"hub_reordered", or_null(ledger.hub_reordered)},
            {"lost", or_null(ledger.lost)},
            {"balanced", ledger.balanced()}};
}

json::object twins_json(const TwinLedger& ledger) {
    return {{"offered", ledger.offered},     {"accepted", ledger.accepted},
            {"throttled", ledger.throttled}, {"failed", ledger.failed},
            {"pending", ledger.pending},     {"delivered", ledger.delivered},
            {"confirmed", ledger.confirmed}, {"unconfirmed", ledger.unconfirmed},
            {"balanced", ledger.balanced()}};
}

json::value limits_json(const std::optional<std::vector<LimitHit>>& limits) {
    if (!limits) {
        return nullptr;
    }
    json::object object;
    for (const LimitHit& hit : *limits) {
        object.emplace(hit.name, json::object{{"first_s", or_null(hit.first_s)},
                                              {"last_s", or_null(hit.last_s)},
                                              {"limited_s", hit.limited_s},
                                              {"delayed", hit.delayed},
                                              {"refused", hit.refused},
                                              {"delay_us_mean", hit.delay_us_mean},
                                              {"delay_us_max", hit.delay_us_max}});
    }
    return object;
}

json::object latencies_json(const TimelineRow& row) {
    json::object object;
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        if (const std::optional<TimelineRow::Latency>& latency = row.latencies[i]) {
            object.emplace(text(name(static_cast<Metric>(i))),
                           json::object{{"p50_us", latency->p50_us},
                                        {"p99_us", latency->p99_us},
                                        {"max_us", latency->max_us}});
        }
    }
    return object;
}

// A long run has many rows, so a row holds only what happened in its second.
json::object row_json(const TimelineRow& row) {
    return {{"second", row.second},
            {"phase", row.phase},
            {"measured", row.measured},
            {"connected", row.connected},
            {"in_flight", row.in_flight},
            {"counters", counters_json(row.counts, Zeros::kLeftOut)},
            {"metrics", latencies_json(row)},
            {"fleet_cpu_share", row.fleet_cpu_share},
            {"hub_cpu_share", or_null(row.hub_cpu_share)},
            {"fleet_wait_share", row.fleet_wait_share}};
}

json::object curve_json(const ConvergenceCurve& curve) {
    const auto point_json = [](const ConvergenceCurve::Point& point) {
        return json::object{{"second", point.second}, {"confirmed", point.confirmed}};
    };
    return {{"phase", curve.phase},
            {"agents", curve.agents},
            {"confirmed", curve.confirmed},
            {"points", array_of(curve.points, point_json)}};
}

json::value harness_json(const std::optional<HarnessCost>& harness) {
    if (!harness) {
        return nullptr;
    }
    const auto worker_json = [](const HarnessCost::Worker& worker) {
        return json::object{{"cpu_s", worker.cpu_s},
                            {"cpu_share", worker.cpu_share},
                            {"cpu_share_max", worker.cpu_share_max},
                            {"wait_share", worker.wait_share},
                            {"wait_share_max", worker.wait_share_max}};
    };
    return json::object{{"workers", array_of(harness->workers, worker_json)},
                        {"steal_share", harness->steal_share},
                        {"coordinator_us_max", harness->coordinator_us_max},
                        {"page_faults", harness->page_faults}};
}

json::object environment_json(const std::map<std::string, std::string>& environment) {
    json::object object;
    for (const auto& [key, value] : environment) {
        object.emplace(key, value);
    }
    return object;
}

}  // namespace

std::string write_json(const RunResult& result) {
    json::object object;
    object["schema_version"] = kSchemaVersion;
    object["verdict"] = text(name(result.verdict));
    object["name"] = result.name;
    object["question"] = result.question;
    object["seed"] = result.seed;
    object["plan_hash"] = result.plan_hash;
    object["started_at"] = result.started_at;
    object["duration_s"] = result.duration_s;
    object["gates"] = array_of(result.gates, gate_json);
    object["metrics"] = metrics_json(result.totals);
    object["counters"] = counters_json(result.totals.counts, Zeros::kShown);
    object["measured"] = {{"measured_s", result.measured_s},
                          {"counters", counters_json(result.totals.measured, Zeros::kShown)}};
    object["groups"] = array_of(result.groups, group_json);
    object["encodings"] = encodings_json(result.encodings);
    object["ledger"] = {{"security_messages", messages_json(result.messages)},
                        {"telemetry", messages_json(result.telemetry)},
                        {"twin_updates", twins_json(result.twins)}};
    object["limits"] = limits_json(result.limits);
    object["playbooks"] = playbooks_json(result.playbooks);
    object["timeline"] = array_of(result.timeline, row_json);
    object["convergence"] = array_of(result.convergence, curve_json);
    object["validity"] = {{"valid", result.validity.valid},
                          {"reasons", texts_json(result.validity.reasons)},
                          {"warnings", texts_json(result.validity.warnings)}};
    object["harness"] = harness_json(result.harness);
    object["environment"] = environment_json(result.environment);
    object["scenario"] = result.scenario;
    return json_text(object);
}

}  // namespace twinstorm::stats

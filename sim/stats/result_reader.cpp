#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "stats/json_cursor.h"
#include "stats/json_document.h"
#include "stats/playbook_json.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::stats {
namespace {

constexpr std::array kVerdicts{Verdict::kPassed, Verdict::kFailed, Verdict::kInvalid,
                               Verdict::kInterrupted};

Verdict read_verdict(const JsonCursor& at) {
    const std::string written = at.text();
    for (const Verdict verdict : kVerdicts) {
        if (written == name(verdict)) {
            return verdict;
        }
    }
    at.expected("passed, failed, invalid or interrupted");
    return Verdict::kInvalid;
}

// Only `hdr` carries the counts; the percentiles beside it are for people. The maximum and what was
// clamped are not in the encoding, so they come from their own members.
Histogram read_histogram(const JsonCursor& at) {
    const JsonCursor hdr = at.at("hdr");
    const std::string encoded = hdr.text();
    const std::uint64_t count = at.at("count").count();
    const std::uint64_t max = at.optional_count("max").value_or(0);
    const std::uint64_t clamped = at.optional_count("clamped").value_or(0);
    Result<Histogram> histogram = Histogram::decode(encoded);
    if (!histogram) {
        hdr.expected(fmt::format("an encoded histogram; {}", histogram.error().message()));
        return {};
    }
    if (histogram->count() != count) {
        at.at("count").expected(fmt::format("{}, as in its histogram", histogram->count()));
    }
    if (!histogram->restore(max, clamped)) {
        at.expected("max and clamped to agree with the histogram");
    }
    return *std::move(histogram);
}

// Names only grow: a file may lack a newer one (nothing was recorded), or have one more.
void read_metrics(const JsonCursor& at, Recording& recording) {
    at.each_member([&](std::string_view key, const JsonCursor& member) {
        if (const std::optional<Metric> metric = find_metric(key)) {
            recording[*metric] = read_histogram(member);
        }
    });
}

void read_counters(const JsonCursor& at, Counts& counts) {
    at.each_member([&](std::string_view key, const JsonCursor& member) {
        if (const std::optional<Counter> counter = find_counter(key)) {
            counts[*counter] = member.count();
        }
    });
}

// `at` holds the members metrics, counters and measured.
void read_recording(const JsonCursor& at, Recording& recording) {
    read_metrics(at.at("metrics"), recording);
    read_counters(at.at("counters"), recording.counts);
    read_counters(at.at("measured").at("counters"), recording.measured);
}

void read_gate(const JsonCursor& at, GateResult& gate) {
    gate.expression = at.at("expression").text();
    gate.metric = at.at("metric").text();
    gate.actual = at.optional_number("actual");
    gate.limit = at.at("limit").number();
    gate.unit = at.at("unit").text();
    gate.passed = at.at("passed").flag();
    gate.why = at.at("why").text();
}

template <class Item>
void read_items(const JsonCursor& at, std::vector<Item>& items,
                void (*read_item)(const JsonCursor&, Item&)) {
    at.each_item([&](const JsonCursor& item) { read_item(item, items.emplace_back()); });
}

void read_persona(const JsonCursor& at, PersonaResult& persona) {
    persona.name = at.at("name").text();
    const JsonCursor identities = at.at("identities");
    persona.identities.ordinary = identities.at("ordinary").count();
    persona.identities.absent = identities.at("absent").count();
    persona.identities.never_connected = identities.at("never_connected").count();
    persona.identities.rejected = identities.at("rejected").count();
    read_recording(at, persona.recording);
}

// Results of older programs know of one agent to a device, and of security messages only.
void read_group(const JsonCursor& at, GroupResult& group) {
    group.name = at.at("name").text();
    group.transport = at.at("transport").text();
    group.devices = at.at("devices").count();
    if (at.has("personas")) {
        read_items(at.at("personas"), group.personas, read_persona);
    }
    read_recording(at, group.recording);
}

void read_encodings(const JsonCursor& at, std::map<std::string, Volume>& encodings) {
    at.each_member([&](std::string_view key, const JsonCursor& member) {
        encodings[std::string(key)] = {.messages = member.at("messages").count(),
                                       .bytes = member.at("bytes").count(),
                                       .events = member.at("events").count()};
    });
}

void read_messages(const JsonCursor& at, MessageLedger& ledger) {
    ledger.offered = at.at("offered").count();
    ledger.acked = at.at("acked").count();
    ledger.failed = at.at("failed").count();
    ledger.in_flight = at.at("in_flight").count();
    ledger.unsent = at.at("unsent").count();
    ledger.hub_received = at.optional_count("hub_received");
    ledger.hub_duplicated = at.optional_count("hub_duplicated");
    ledger.hub_reordered = at.optional_count("hub_reordered");
    ledger.lost = at.optional_count("lost");
}

void read_twins(const JsonCursor& at, TwinLedger& ledger) {
    ledger.offered = at.at("offered").count();
    ledger.accepted = at.at("accepted").count();
    ledger.throttled = at.at("throttled").count();
    ledger.failed = at.at("failed").count();
    ledger.pending = at.at("pending").count();
    ledger.delivered = at.at("delivered").count();
    ledger.confirmed = at.at("confirmed").count();
    ledger.unconfirmed = at.at("unconfirmed").count();
}

void read_latencies(const JsonCursor& at, TimelineRow& row) {
    at.each_member([&](std::string_view key, const JsonCursor& member) {
        if (const std::optional<Metric> metric = find_metric(key)) {
            row.latencies[static_cast<std::size_t>(*metric)] = {
                .p50_us = member.at("p50_us").count(),
                .p99_us = member.at("p99_us").count(),
                .max_us = member.at("max_us").count()};
        }
    });
}

void read_row(const JsonCursor& at, TimelineRow& row) {
    row.second = at.at("second").count32();
    row.phase = at.at("phase").text();
    row.measured = at.at("measured").flag();
    row.connected = at.at("connected").count32();
    row.in_flight = at.at("in_flight").count();
    read_counters(at.at("counters"), row.counts);
    read_latencies(at.at("metrics"), row);
    row.fleet_cpu_share = at.at("fleet_cpu_share").number();
    row.hub_cpu_share = at.optional_number("hub_cpu_share");
    row.fleet_wait_share = at.has("fleet_wait_share") ? at.at("fleet_wait_share").number() : 0;
}

void read_limit(const JsonCursor& at, LimitHit& hit) {
    hit.first_s = at.optional_number("first_s");
    hit.last_s = at.optional_number("last_s");
    hit.limited_s = at.at("limited_s").number();
    hit.delayed = at.at("delayed").count();
    hit.refused = at.at("refused").count();
    hit.delay_us_mean = at.at("delay_us_mean").count();
    hit.delay_us_max = at.at("delay_us_max").count();
}

// Results of older programs have no such member, those against a real hub a null.
void read_limits(const JsonCursor& at, RunResult& result) {
    if (!at.has("limits")) {
        return;
    }
    result.limits.emplace();
    at.at("limits").each_member([&](std::string_view key, const JsonCursor& member) {
        result.limits->emplace_back().name = key;
        read_limit(member, result.limits->back());
    });
}

void read_point(const JsonCursor& at, ConvergenceCurve::Point& point) {
    point.second = at.at("second").number();
    point.confirmed = at.at("confirmed").count();
}

void read_curve(const JsonCursor& at, ConvergenceCurve& curve) {
    curve.phase = at.at("phase").text();
    curve.agents = at.at("agents").count();
    curve.confirmed = at.at("confirmed").count();
    read_items(at.at("points"), curve.points, read_point);
}

void read_text(const JsonCursor& at, std::string& text) {
    text = at.text();
}

void read_validity(const JsonCursor& at, Validity& validity) {
    validity.valid = at.at("valid").flag();
    read_items(at.at("reasons"), validity.reasons, read_text);
    read_items(at.at("warnings"), validity.warnings, read_text);
}

void read_worker(const JsonCursor& at, HarnessCost::Worker& worker) {
    worker.cpu_s = at.at("cpu_s").number();
    worker.cpu_share = at.at("cpu_share").number();
    worker.cpu_share_max = at.at("cpu_share_max").number();
    worker.wait_share = at.at("wait_share").number();
    worker.wait_share_max = at.at("wait_share_max").number();
}

// Results of older programs have no such member, those of the virtual world a null.
void read_harness(const JsonCursor& at, RunResult& result) {
    if (!at.has("harness")) {
        return;
    }
    const JsonCursor harness = at.at("harness");
    HarnessCost& cost = result.harness.emplace();
    read_items(harness.at("workers"), cost.workers, read_worker);
    cost.steal_share = harness.at("steal_share").number();
    cost.coordinator_us_max = harness.at("coordinator_us_max").count();
    cost.page_faults = harness.at("page_faults").count();
}

void read_heading(const JsonCursor& at, RunResult& result) {
    result.verdict = read_verdict(at.at("verdict"));
    result.name = at.at("name").text();
    result.question = at.at("question").text();
    result.seed = at.at("seed").count();
    result.plan_hash = at.at("plan_hash").text();
    result.started_at = at.at("started_at").text();
    result.duration_s = at.at("duration_s").number();
    result.measured_s = at.at("measured").at("measured_s").number();
}

void read_schema_version(const JsonCursor& at) {
    if (at.count() != kSchemaVersion) {
        at.expected(fmt::format("{}: another version of twinstorm wrote this", kSchemaVersion));
    }
}

void read_result(const JsonCursor& at, RunResult& result) {
    read_schema_version(at.at("schema_version"));
    read_heading(at, result);
    read_items(at.at("gates"), result.gates, read_gate);
    read_recording(at, result.totals);
    read_items(at.at("groups"), result.groups, read_group);
    if (at.has("encodings")) {
        read_encodings(at.at("encodings"), result.encodings);
    }
    read_messages(at.at("ledger").at("security_messages"), result.messages);
    if (at.at("ledger").has("telemetry")) {
        read_messages(at.at("ledger").at("telemetry"), result.telemetry);
    }
    read_twins(at.at("ledger").at("twin_updates"), result.twins);
    read_limits(at, result);
    read_playbooks(at, result.playbooks);
    read_items(at.at("timeline"), result.timeline, read_row);
    read_items(at.at("convergence"), result.convergence, read_curve);
    read_validity(at.at("validity"), result.validity);
    read_harness(at, result);
    at.at("environment").each_member([&](std::string_view key, const JsonCursor& member) {
        result.environment.emplace(key, member.text());
    });
    result.scenario = at.at("scenario").text();
}

}  // namespace

Result<RunResult> read_json(std::string_view text) {
    const Result<boost::json::value> document = parse_json(text);
    if (!document) {
        return fail(document.error());
    }
    std::optional<Error> error;
    RunResult result;
    read_result(JsonCursor(*document, error), result);
    if (error) {
        return fail(*std::move(error));
    }
    return result;
}

}  // namespace twinstorm::stats

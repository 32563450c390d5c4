#include <cmath>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "stats/sample_result.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

void expect_equal(const Recording& a, const Recording& b) {
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        EXPECT_EQ(a.histograms[i], b.histograms[i]) << name(static_cast<Metric>(i));
    }
    EXPECT_EQ(a.counts.values, b.counts.values);
    EXPECT_EQ(a.measured.values, b.measured.values);
}

// What a reader says to a result in which something was changed by hand.
std::string complaint(const std::function<void(json::object&)>& change) {
    json::value document = json::parse(write_json(sample_result()));
    change(document.as_object());
    const Result<RunResult> result = read_json(json::serialize(document));
    if (result) {
        return "none";
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    return result.error().message();
}

TEST(ResultReader, IsTheInverseOfTheWriter) {
    for (const RunResult& result : {sample_result(), RunResult()}) {
        const std::string text = write_json(result);
        const Result<RunResult> read = read_json(text);
        ASSERT_TRUE(read) << read.error().message();
        EXPECT_EQ(write_json(*read), text);
    }
}

TEST(ResultReader, BringsBackLimits) {
    const Result<RunResult> read = read_json(write_json(sample_result()));
    ASSERT_TRUE(read && read->limits);
    ASSERT_EQ(read->limits->size(), 2u);
    EXPECT_EQ(read->limits->at(0).name, "twin_updates");
    EXPECT_EQ(read->limits->at(0).first_s, 12.5);
    EXPECT_EQ(read->limits->at(0).limited_s, 4.5);
    EXPECT_EQ(read->limits->at(0).delayed, 120u);
    EXPECT_EQ(read->limits->at(0).delay_us_max, 3'000'000u);
    EXPECT_EQ(read->limits->at(1).first_s, std::nullopt);
    EXPECT_EQ(read->limits->at(1).refused, 5u);
    RunResult none = sample_result();
    none.limits.emplace();
    EXPECT_TRUE(read_json(write_json(none))->limits->empty());
    none.limits.reset();
    EXPECT_FALSE(read_json(write_json(none))->limits) << "a real hub tells nothing";
    json::value older = json::parse(write_json(sample_result()));
    older.as_object().erase("limits");
    EXPECT_FALSE(read_json(json::serialize(older))->limits);
    EXPECT_EQ(complaint([](json::object& result) {
                  result["limits"].at("quota").as_object()["refused"] = "5";
              }),
              "limits.quota.refused: expected a whole number, not negative");
}

TEST(ResultReader, BringsBackWhatTheHarnessTook) {
    const Result<RunResult> read = read_json(write_json(sample_result()));
    ASSERT_TRUE(read && read->harness);
    ASSERT_EQ(read->harness->workers.size(), 2u);
    EXPECT_EQ(read->harness->workers[1].cpu_s, 3.25);
    EXPECT_EQ(read->harness->workers[0].wait_share_max, 0.1);
    EXPECT_EQ(read->harness->steal_share, 0.03);
    EXPECT_EQ(read->harness->coordinator_us_max, 1'500u);
    EXPECT_EQ(read->harness->page_faults, 2u);
    EXPECT_EQ(read->timeline.at(0).fleet_wait_share, 0.04);
    json::value older = json::parse(write_json(sample_result()));
    older.as_object().erase("harness");
    older.at("timeline").at(0).as_object().erase("fleet_wait_share");
    const Result<RunResult> old = read_json(json::serialize(older));
    ASSERT_TRUE(old) << old.error().message();
    EXPECT_FALSE(old->harness);
    EXPECT_FALSE(read_json(write_json(RunResult()))->harness) << "virtual time costs nothing";
}

TEST(ResultReader, TakesResultsFromBeforePersonasAndEncodings) {
    json::value older = json::parse(write_json(sample_result()));
    older.as_object().erase("encodings");
    older.at("ledger").as_object().erase("telemetry");
    older.at("groups").at(0).as_object().erase("personas");
    const Result<RunResult> read = read_json(json::serialize(older));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_TRUE(read->encodings.empty());
    EXPECT_EQ(read->telemetry.offered, 0u);
    EXPECT_TRUE(read->groups[0].personas.empty());
    EXPECT_EQ(complaint([](json::object& result) {
                  result["encodings"].at("json-1.0").as_object()["events"] = -1;
              }),
              "encodings.json-1.0.events: expected a whole number, not negative");
}

TEST(ResultReader, BringsBackHeadingGatesAndRecordings) {
    const RunResult expected = sample_result();
    const Result<RunResult> read = read_json(write_json(expected));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->verdict, Verdict::kFailed);
    EXPECT_EQ(read->question, expected.question);
    EXPECT_EQ(read->seed, expected.seed);
    EXPECT_EQ(read->duration_s, 31.25);
    EXPECT_EQ(read->measured_s, 20.1);
    ASSERT_EQ(read->gates.size(), 2u);
    EXPECT_EQ(read->gates[0].actual, 250.5);
    EXPECT_EQ(read->gates[1].actual, std::nullopt);
    EXPECT_EQ(read->gates[1].why, "no samples");
    expect_equal(read->totals, expected.totals);
    ASSERT_EQ(read->groups.size(), 2u);
    expect_equal(read->groups[1].recording, expected.groups[1].recording);
    EXPECT_EQ(read->groups[1].transport, "paho");
    ASSERT_EQ(read->groups[0].personas.size(), 2u);
    EXPECT_EQ(read->groups[0].personas[0].name, "legacy-c");
    EXPECT_EQ(read->groups[0].personas[0].identities, (IdentityCounts{900, 20, 50, 30}));
    expect_equal(read->groups[0].personas[1].recording, expected.groups[0].personas[1].recording);
    EXPECT_EQ(read->encodings, expected.encodings);
    EXPECT_EQ(read->environment, expected.environment);
    EXPECT_EQ(read->scenario, expected.scenario);
}

TEST(ResultReader, BringsBackLedgersTimelineAndConvergence) {
    const RunResult expected = sample_result();
    const Result<RunResult> read = read_json(write_json(expected));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_TRUE(read->messages.balanced());
    EXPECT_EQ(read->messages.hub_reordered, 3u);
    EXPECT_EQ(read->messages.lost, 0u);
    EXPECT_TRUE(read->telemetry.balanced());
    EXPECT_EQ(read->telemetry.unsent, 3u);
    EXPECT_EQ(read->telemetry.lost, 1u);
    EXPECT_EQ(read->twins.unconfirmed, 2u);
    ASSERT_EQ(read->timeline.size(), 2u);
    EXPECT_EQ(read->timeline[0].counts.values, expected.timeline[0].counts.values);
    const auto& latency = read->timeline[0].latencies[static_cast<int>(Metric::kTwinReport)];
    ASSERT_TRUE(latency);
    EXPECT_EQ(latency->p99_us, 4'000u);
    EXPECT_EQ(read->timeline[0].hub_cpu_share, 0.28);
    EXPECT_EQ(read->timeline[1].hub_cpu_share, std::nullopt);
    ASSERT_EQ(read->convergence.size(), 1u);
    EXPECT_EQ(read->convergence[0].points.at(1).second, 2.25);
    EXPECT_FALSE(read->validity.valid);
    EXPECT_THAT(read->validity.warnings, ElementsAre("The clock is coarse."));
}

TEST(ResultReader, ReadsBackWhatAHubWithoutAMockCannotKnow) {
    RunResult result = sample_result();
    result.messages.hub_received.reset();
    result.messages.hub_duplicated.reset();
    result.messages.hub_reordered.reset();
    result.messages.lost.reset();
    const Result<RunResult> read = read_json(write_json(result));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->messages.hub_received, std::nullopt);
    EXPECT_EQ(read->messages.lost, std::nullopt);
}

TEST(ResultReader, ANumberThatIsNoneStillReadsBack) {
    RunResult result = sample_result();
    result.duration_s = std::nan("");
    const Result<RunResult> read = read_json(write_json(result));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_TRUE(std::isnan(read->duration_s));
}

TEST(ResultReader, EveryMemberOfTheTopLevelMustBeThere) {
    const json::value document = json::parse(write_json(sample_result()));
    for (const json::key_value_pair& member : document.as_object()) {
        const std::string key(member.key());
        // These came later: results without them are older, not broken.
        const bool newer =
            key == "limits" || key == "encodings" || key == "playbooks" || key == "harness";
        EXPECT_EQ(complaint([&](json::object& object) { object.erase(key); }),
                  newer ? "none" : key + ": expected this member, which is missing");
        EXPECT_THAT(
            complaint([&](json::object& object) { object[key] = json::array{json::array{}}; }),
            testing::StartsWith(key))
            << "an array of arrays fits nowhere";
    }
}

TEST(ResultReader, NamesTheMemberThatIsWrong) {
    EXPECT_EQ(
        complaint([](json::object& o) { o["gates"].as_array()[1].as_object()["limit"] = "1"; }),
        "gates[1].limit: expected a number");
    EXPECT_EQ(complaint([](json::object& o) { o["verdict"] = "great"; }),
              "verdict: expected passed, failed, invalid or interrupted");
    EXPECT_EQ(complaint([](json::object& o) {
                  o["ledger"].as_object()["twin_updates"].as_object().erase("pending");
              }),
              "ledger.twin_updates.pending: expected this member, which is missing");
    EXPECT_EQ(complaint([](json::object& o) {
                  o["timeline"].as_array()[0].as_object()["connected"] = -1;
              }),
              "timeline[0].connected: expected a whole number, not negative");
    EXPECT_EQ(
        complaint([](json::object& o) { o["counters"].as_object()["connection.opened"] = "x"; }),
        "counters.connection.opened: expected a whole number, not negative");
}

json::object& connect_metric(json::object& object) {
    return object["metrics"].as_object()["connect"].as_object();
}

TEST(ResultReader, RefusesHistogramsThatContradictTheirNumbers) {
    EXPECT_THAT(complaint([](json::object& o) { connect_metric(o)["hdr"] = "HISTFAAA"; }),
                HasSubstr("metrics.connect.hdr: expected an encoded histogram; histogram: "));
    EXPECT_EQ(complaint([](json::object& o) { connect_metric(o)["count"] = 51; }),
              "metrics.connect.count: expected 52, as in its histogram");
    EXPECT_EQ(complaint([](json::object& o) { connect_metric(o)["max"] = 5; }),
              "metrics.connect: expected max and clamped to agree with the histogram");
}

TEST(ResultReader, RefusesAnotherVersionBeforeAllElse) {
    EXPECT_EQ(complaint([](json::object& o) {
                  o["schema_version"] = 2;
                  o.erase("verdict");
              }),
              "schema_version: expected 1: another version of twinstorm wrote this");
}

TEST(ResultReader, NamesMayGrowBothWays) {
    EXPECT_EQ(complaint([](json::object& o) { o["metrics"].as_object()["newer"] = 1; }), "none");
    EXPECT_EQ(complaint([](json::object& o) { o["counters"].as_object()["newer"] = "x"; }), "none");
    EXPECT_EQ(complaint([](json::object& o) { o["newer"] = 1; }), "none");
    EXPECT_EQ(complaint([](json::object& o) { o["metrics"].as_object().erase("connect"); }),
              "none");
}

TEST(ResultReader, RefusesWhatIsNoJson) {
    for (const std::string_view text : {"", "{", "nul", "{\"a\": 1} x"}) {
        const Result<RunResult> result = read_json(text);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(result.error().message(), HasSubstr("not JSON"));
    }
    EXPECT_THAT(read_json("[]").error().message(), HasSubstr("the document: expected an object"));
    const std::string deep(100'000, '[');
    EXPECT_FALSE(read_json(deep));
}

TEST(ResultReader, AFileCutOffAnywhereIsRefused) {
    const std::string text = write_json(sample_result());
    for (std::size_t length = 0; length + 2 < text.size(); length += 97) {
        EXPECT_FALSE(read_json(std::string_view(text).substr(0, length))) << length;
    }
}

}  // namespace
}  // namespace twinstorm::stats

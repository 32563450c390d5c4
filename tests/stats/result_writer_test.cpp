#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "stats/sample_result.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

json::value written() {
    return json::parse(write_json(sample_result()));
}

std::vector<std::string> keys(const json::value& value) {
    std::vector<std::string> found;
    for (const json::key_value_pair& member : value.as_object()) {
        found.emplace_back(member.key());
    }
    return found;
}

TEST(ResultWriter, WritesTheContractsMembersInTheirOrder) {
    EXPECT_THAT(keys(written()),
                ElementsAre("schema_version", "verdict", "name", "question", "seed", "plan_hash",
                            "started_at", "duration_s", "gates", "metrics", "counters", "measured",
                            "groups", "encodings", "ledger", "limits", "playbooks", "timeline",
                            "convergence", "validity", "harness", "environment", "scenario"));
}

TEST(ResultWriter, EqualResultsGiveEqualBytes) {
    EXPECT_EQ(write_json(sample_result()), write_json(sample_result()));
}

TEST(ResultWriter, GivesEachMemberALineAndEachMetricItsOwn) {
    const std::string text = write_json(sample_result());
    EXPECT_THAT(text, HasSubstr("\n  \"seed\": 18446744073709551615,\n"));
    EXPECT_THAT(text, HasSubstr("\n    \"loop_lag\": {\"unit\": \"us\", \"count\": 0, "));
    EXPECT_THAT(text, HasSubstr("\n    \"security_message.acked\": 3002,\n"));
    EXPECT_THAT(text, HasSubstr("\n    {\"second\": 7, \"phase\": \"steady\", "));
}

TEST(ResultWriter, WritesAllMetricsWithNullsWhereThereAreNoSamples) {
    const json::value document = written();
    ASSERT_EQ(document.at("metrics").as_object().size(), kMetricCount);
    const json::value& empty = document.at("metrics").at("loop_lag");
    EXPECT_THAT(keys(empty), ElementsAre("unit", "count", "min", "mean", "p50", "p90", "p99",
                                         "p999", "p9999", "max", "clamped", "hdr"));
    EXPECT_EQ(empty.at("count").as_int64(), 0);
    for (const char* key : {"min", "mean", "p50", "p90", "p99", "p999", "p9999", "max"}) {
        EXPECT_TRUE(empty.at(key).is_null()) << key;
    }
}

TEST(ResultWriter, WritesAMetricsNumbersAsItsHistogramHasThem) {
    const RunResult result = sample_result();
    const Histogram& histogram = result.totals[Metric::kConnect];
    const json::value document = written();
    const json::value& metric = document.at("metrics").at("connect");
    EXPECT_EQ(metric.at("unit").as_string(), "us");
    EXPECT_EQ(metric.at("count").to_number<std::uint64_t>(), 52u);
    EXPECT_EQ(metric.at("min").to_number<std::uint64_t>(), 4u);
    EXPECT_EQ(metric.at("mean").to_number<double>(), histogram.mean());
    EXPECT_EQ(metric.at("p50").to_number<std::uint64_t>(), histogram.value_at(0.5));
    EXPECT_EQ(metric.at("p90").to_number<std::uint64_t>(), histogram.value_at(0.9));
    EXPECT_EQ(metric.at("p9999").to_number<std::uint64_t>(), Histogram::kValueMax);
    EXPECT_EQ(metric.at("max").to_number<std::uint64_t>(), Histogram::kValueMax);
    EXPECT_EQ(metric.at("clamped").to_number<std::uint64_t>(), 2u);
    EXPECT_THAT(std::string(metric.at("hdr").as_string()), testing::StartsWith("HISTFAAA"));
}

TEST(ResultWriter, WritesTheLedgersWithTheirVerdict) {
    const json::value document = written();
    const json::value& ledger = document.at("ledger");
    EXPECT_TRUE(ledger.at("security_messages").at("balanced").as_bool());
    EXPECT_TRUE(ledger.at("twin_updates").at("balanced").as_bool());
    RunResult result = sample_result();
    ++result.messages.offered;
    result.messages.lost.reset();
    const json::value changed = json::parse(write_json(result));
    EXPECT_FALSE(changed.at("ledger").at("security_messages").at("balanced").as_bool());
    EXPECT_TRUE(changed.at("ledger").at("security_messages").at("lost").is_null());
}

TEST(ResultWriter, TimelineRowsHoldOnlyWhatHappened) {
    const json::value document = written();
    const json::array& rows = document.at("timeline").as_array();
    EXPECT_THAT(keys(rows.at(0).at("counters")), ElementsAre("security_message.sent"));
    EXPECT_THAT(keys(rows.at(0).at("metrics")), ElementsAre("twin_report"));
    EXPECT_TRUE(rows.at(1).at("counters").as_object().empty());
    EXPECT_TRUE(rows.at(1).at("metrics").as_object().empty());
    EXPECT_TRUE(rows.at(1).at("hub_cpu_share").is_null());
}

TEST(ResultWriter, GroupsHaveMetricsCountersAndTheirMeasuredShare) {
    const json::value document = written();
    const json::value& group = document.at("groups").as_array().at(1);
    EXPECT_THAT(keys(group), ElementsAre("name", "transport", "devices", "personas", "metrics",
                                         "counters", "measured"));
    EXPECT_THAT(keys(group.at("personas").at(0)),
                ElementsAre("name", "identities", "metrics", "counters", "measured"));
    EXPECT_THAT(keys(group.at("personas").at(0).at("identities")),
                ElementsAre("ordinary", "absent", "never_connected", "rejected"));
    EXPECT_EQ(group.at("metrics").as_object().size(), kMetricCount);
    EXPECT_EQ(group.at("counters").at("security_message.sent").as_int64(), 2'001);
    EXPECT_EQ(group.at("measured").at("counters").at("security_message.sent").as_int64(), 1'001);
}

}  // namespace
}  // namespace twinstorm::stats

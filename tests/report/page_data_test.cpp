#include "report/page_data.h"

#include <gtest/gtest.h>

#include <string>

#include <boost/json.hpp>

#include "support/sample_result.h"

namespace twinstorm::report {
namespace {

namespace json = boost::json;

json::object parsed(const stats::RunResult& result) {
    return json::parse(page_data(result)).as_object();
}

TEST(PageData, IsJsonForEveryKindOfRun) {
    for (const auto& result :
         {test::sample_result(), test::failed_result(), test::interrupted_result(),
          test::empty_result(), test::hostile_result(), test::long_result(3'600)}) {
        EXPECT_NO_THROW(parsed(result)) << result.name;
    }
}

TEST(PageData, CannotCloseItsScript) {
    const std::string text = page_data(test::hostile_result());
    EXPECT_EQ(text.find('<'), std::string::npos);
}

TEST(PageData, EveryColumnIsAsLongAsTheSeconds) {
    const json::object data = parsed(test::long_result(3'600));
    const std::size_t points = data.at("seconds").as_array().size();
    EXPECT_GT(points, 100U);
    EXPECT_LE(points, 300U);
    for (const auto& [name, values] : data.at("columns").as_object()) {
        if (values.is_array()) {
            EXPECT_EQ(values.as_array().size(), points) << name;
        }
    }
    EXPECT_FALSE(data.at("lossless").as_bool());
    EXPECT_TRUE(parsed(test::sample_result()).at("lossless").as_bool());
}

TEST(PageData, ColumnsWithoutSamplesAreLeftOut) {
    stats::RunResult result = test::interrupted_result();
    EXPECT_FALSE(parsed(result).at("columns").as_object().contains("hub_cpu"));
    EXPECT_TRUE(parsed(test::empty_result()).at("columns").as_object().empty());
}

TEST(PageData, AStallOfOneSecondIsStillInALongRun) {
    const json::object data = parsed(test::long_result(3'600));
    double largest_ms = 0;
    for (const json::value& value : data.at("columns").at("ack_max").as_array()) {
        largest_ms = value.is_null() ? largest_ms : std::max(largest_ms, value.to_number<double>());
    }
    EXPECT_GT(largest_ms, 500);
}

TEST(PageData, PhasesAreSpansOfRows) {
    const std::vector<PhaseSpan> spans = phase_spans(test::sample_result());
    ASSERT_EQ(spans.size(), 4U);
    EXPECT_EQ(spans[1].name, "warm-up");
    EXPECT_EQ(spans[1].begin_s, 5U);
    EXPECT_EQ(spans[1].end_s, 10U);
    EXPECT_FALSE(spans[1].measured);
    EXPECT_TRUE(spans[2].measured);
    EXPECT_EQ(spans[3].end_s, 40U);
}

TEST(PageData, APercentileLineEndsWithItsSamples) {
    stats::RunResult result;
    for (std::uint64_t sample = 1; sample <= 100; ++sample) {
        result.totals[stats::Metric::kSecurityMessageAck].record(sample * 1'000);
    }
    const json::array line = parsed(result).at("percentiles").at("security_message.ack").as_array();
    EXPECT_EQ(line.size(), 32U);  // 99 % is point 30; the next is past the last of 100 samples.
    EXPECT_EQ(line.front().to_number<double>(), 1);
    EXPECT_EQ(line.back().to_number<double>(), 100);
}

TEST(PageData, ACurveKeepsItsEnds) {
    const json::object curve =
        parsed(test::sample_result()).at("convergence").as_array().at(0).as_object();
    EXPECT_LE(curve.at("confirmed").as_array().size(), 120U);
    EXPECT_EQ(curve.at("confirmed").as_array().front().to_number<int>(), 5);
    EXPECT_EQ(curve.at("confirmed").as_array().back().to_number<int>(), 1'010);
    EXPECT_EQ(curve.at("marks").as_array().size(), 4U);
    const json::object unfinished =
        parsed(test::failed_result()).at("convergence").as_array().at(0).as_object();
    EXPECT_EQ(unfinished.at("marks").as_array().size(), 2U);  // 97.5 %: neither 99 nor 100.
}

}  // namespace
}  // namespace twinstorm::report

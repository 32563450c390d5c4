#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "report/golden.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

TEST(TimelineCsv, MatchesItsGoldenFile) {
    test::expect_golden("timeline.csv", timeline_csv(test::sample_result()));
}

TEST(TimelineCsv, EveryRowHasEveryColumn) {
    const std::vector<std::string> lines = lines_of(timeline_csv(test::interrupted_result()));
    ASSERT_EQ(lines.size(), 24U);
    const auto commas = std::count(lines[0].begin(), lines[0].end(), ',');
    EXPECT_EQ(static_cast<std::size_t>(commas),
              4 + stats::kCounterCount + 3 * stats::kMetricCount + 3);
    for (const std::string& line : lines) {
        EXPECT_EQ(std::count(line.begin(), line.end(), ','), commas) << line;
    }
}

TEST(TimelineCsv, OfNothingIsTheHeader) {
    EXPECT_EQ(lines_of(timeline_csv(test::empty_result())).size(), 1U);
}

TEST(TimelineCsv, AbsentNumbersAreEmptyAndNamesAreQuoted) {
    stats::RunResult result;
    result.timeline.emplace_back();
    result.timeline.back().phase = "a, \"b\"";
    const std::vector<std::string> lines = lines_of(timeline_csv(result));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].find("0,\"a, \"\"b\"\"\",0,0,0,0,"), 0U);
    const std::string tail = std::string(3 * stats::kMetricCount, ',') + ",0,,0";
    EXPECT_EQ(lines[1].substr(lines[1].size() - tail.size()), tail);
}

}  // namespace
}  // namespace twinstorm::report

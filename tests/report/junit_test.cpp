#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

#include <pugixml.hpp>

#include "report/golden.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

struct Parsed {
    explicit Parsed(const stats::RunResult& result) {
        const std::string text = junit(result);
        well_formed = document.load_buffer(text.data(), text.size());
        suite = document.child("testsuites").child("testsuite");
    }
    [[nodiscard]] std::size_t cases() const {
        const auto found = suite.children("testcase");
        return static_cast<std::size_t>(std::distance(found.begin(), found.end()));
    }

    pugi::xml_document document;
    pugi::xml_node suite;
    bool well_formed = false;
};

TEST(Junit, MatchesItsGoldenFiles) {
    test::expect_golden("junit_passed.xml", junit(test::sample_result()));
    test::expect_golden("junit_failed.xml", junit(test::failed_result()));
    test::expect_golden("junit_invalid.xml", junit(test::invalid_result()));
    test::expect_golden("junit_hostile.xml", junit(test::hostile_result()));
}

TEST(Junit, OneCaseForEachGate) {
    const Parsed parsed(test::failed_result());
    ASSERT_TRUE(parsed.well_formed);
    EXPECT_EQ(parsed.cases(), 4U);
    EXPECT_EQ(parsed.suite.attribute("tests").as_int(), 4);
    EXPECT_EQ(parsed.suite.attribute("failures").as_int(), 2);
    EXPECT_EQ(parsed.suite.attribute("errors").as_int(), 0);
    EXPECT_STREQ(parsed.suite.child("testcase").child("failure").attribute("message").value(),
                 "twin_update.round_trip.p99 was 612 ms, the limit is 500 ms");
}

TEST(Junit, AnInvalidRunIsAnErrorThoughItsGatesPassed) {
    const Parsed parsed(test::invalid_result());
    EXPECT_EQ(parsed.cases(), 5U);
    EXPECT_EQ(parsed.suite.attribute("errors").as_int(), 1);
    const pugi::xml_node validity =
        parsed.suite.find_child_by_attribute("testcase", "name", "validity");
    EXPECT_NE(std::string(validity.child("error").text().get()).find("48 ms late"),
              std::string::npos);
}

TEST(Junit, AnInterruptedRunIsNotGreen) {
    const Parsed parsed(test::empty_result());
    EXPECT_EQ(parsed.cases(), 1U);
    EXPECT_TRUE(parsed.suite.child("testcase").child("error"));
}

TEST(Junit, HostileTextStaysText) {
    const Parsed parsed(test::hostile_result());
    ASSERT_TRUE(parsed.well_formed);
    EXPECT_EQ(parsed.cases(), 4U);
    const std::string name = parsed.suite.child("testcase").attribute("name").value();
    EXPECT_EQ(name.find("</script><script>"), 0U);
    EXPECT_EQ(name.find('\x01'), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::report

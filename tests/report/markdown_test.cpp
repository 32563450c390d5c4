#include <gtest/gtest.h>

#include <string>

#include "report/golden.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

TEST(Markdown, MatchesItsGoldenFiles) {
    test::expect_golden("summary_passed.md", markdown(test::sample_result()));
    test::expect_golden("summary_failed.md", markdown(test::failed_result()));
    test::expect_golden("summary_invalid.md", markdown(test::invalid_result()));
    test::expect_golden("summary_interrupted.md", markdown(test::interrupted_result()));
    test::expect_golden("summary_hostile.md", markdown(test::hostile_result()));
}

TEST(Markdown, SaysTheVerdictInItsFirstLine) {
    EXPECT_EQ(markdown(test::sample_result()).find("## ✓ Passed: quickstart\n"), 0U);
    EXPECT_EQ(markdown(test::failed_result()).find("## ✕ Failed: "), 0U);
    EXPECT_EQ(markdown(test::invalid_result()).find("## ! Invalid: "), 0U);
    EXPECT_EQ(markdown(test::empty_result()).find("## ‖ Interrupted: empty\n"), 0U);
}

TEST(Markdown, HostileTextIsNoMarkup) {
    const std::string text = markdown(test::hostile_result());
    // Only inside a code span may a tag stand as it is.
    EXPECT_EQ(text.find("</script"), text.find("`` </script") + 3);
    EXPECT_LT(text.find("&lt;/script&gt;"), text.find("### Gates"));
    EXPECT_EQ(text.find('\x01'), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::report

#include <gtest/gtest.h>

#include "report/limit_text.h"
#include "report/sections.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

stats::RunResult limited_result() {
    stats::RunResult result = test::sample_result();
    result.limits = {{.name = "twin_updates",
                      .first_s = 12.34,
                      .last_s = 20,
                      .limited_s = 4.5,
                      .delayed = 1'234,
                      .refused = 7,
                      .delay_us_mean = 812'000,
                      .delay_us_max = 3'000'000},
                     {.name = "quota", .first_s = 30, .last_s = {}, .refused = 5}};
    return result;
}

TEST(Limits, AreTold) {
    const std::string section = limits_section(limited_result());
    for (const char* part : {"<code>twin_updates</code>", ">12.3 s<", ">4.50 s<", ">1,234<",
                             ">812 ms<", ">3.00 s<", ">7<", "<code>quota</code>", ">30 s<"}) {
        EXPECT_NE(section.find(part), std::string::npos) << part << "\n" << section;
    }
    EXPECT_NE(html(limited_result()).find("<h2 id=\"limits\">Limits hit</h2>"), std::string::npos);
    const std::string text = markdown(limited_result());
    EXPECT_NE(text.find("### Limits hit\n\n| Limit |"), std::string::npos);
    EXPECT_NE(text.find("| `twin_updates` | 12.3 s | 4.50 s | 1,234 | 812 ms | 3.00 s | 7 |\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("| `quota` | 30 s | – | – | – | – | 5 |\n"), std::string::npos) << text;
}

TEST(Limits, WithoutAnyThereIsNoSection) {
    stats::RunResult result = test::sample_result();
    result.limits.reset();
    EXPECT_EQ(limits_section(result), "");
    result.limits.emplace();
    EXPECT_EQ(limits_section(result), "");
    EXPECT_EQ(html(result).find("Limits hit"), std::string::npos);
    EXPECT_EQ(markdown(result).find("Limits hit"), std::string::npos);
}

TEST(Limits, HostileNamesStayText) {
    stats::RunResult result = limited_result();
    result.limits->front().name = "<script>`|";
    EXPECT_EQ(limits_section(result).find("<script"), std::string::npos);
    EXPECT_NE(markdown(result).find("`` <script>`\\| ``"), std::string::npos) << markdown(result);
}

}  // namespace
}  // namespace twinstorm::report

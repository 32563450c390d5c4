#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "report/golden.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

constexpr std::size_t kPageBytesMax = 100'000;

// What a reader without JavaScript gets: the vendored and the packed parts are pinned elsewhere.
std::string body_of(const std::string& page) {
    const std::size_t begin = page.find("<body>");
    const std::size_t end = page.find("<script type=\"application/json\"");
    return page.substr(begin, end - begin) + "\n";
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(Html, MatchesItsGoldenFiles) {
    test::expect_golden("page_passed.html", body_of(html(test::sample_result())));
    test::expect_golden("page_failed.html", body_of(html(test::failed_result())));
    test::expect_golden("page_invalid.html", body_of(html(test::invalid_result())));
    test::expect_golden("page_empty.html", body_of(html(test::empty_result())));
}

TEST(Html, StaysSmall) {
    for (const auto& result : {test::sample_result(), test::failed_result(), test::hostile_result(),
                               test::long_result(3'600)}) {
        EXPECT_LT(html(result).size(), kPageBytesMax) << result.name;
    }
}

TEST(Html, FillsEveryPlaceholderOnce) {
    const std::string page = html(test::sample_result());
    EXPECT_EQ(page.find("{{"), std::string::npos);
    EXPECT_EQ(count_of(page, "<title>Passed: quickstart · Twinstorm</title>"), 1U);
}

TEST(Html, TheVerdictComesFirst) {
    const std::string body = body_of(html(test::invalid_result()));
    EXPECT_LT(body.find("Invalid"), body.find("Key numbers"));
    EXPECT_LT(body.find("48 ms late"), body.find("Key numbers"));
    EXPECT_EQ(body_of(html(test::sample_result())).find("class=\"reasons\""), std::string::npos);
}

TEST(Html, HostileTextStaysText) {
    const std::string page = html(test::hostile_result());
    EXPECT_EQ(count_of(page, "<script"), 3U);
    EXPECT_EQ(count_of(page, "</script"), 3U);
    EXPECT_EQ(page.find("<img"), std::string::npos);
    EXPECT_EQ(page.find('\x01'), std::string::npos);
    EXPECT_NE(page.find("{{gates}}"), std::string::npos) << "a name is never a placeholder";
}

TEST(Html, LoadsNothing) {
    const std::string page = html(test::sample_result());
    EXPECT_EQ(page.find("src=\"http"), std::string::npos);
    EXPECT_EQ(page.find("@import"), std::string::npos);
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(Html, TheLedgerShowsWhetherTheSumsMeet) {
    EXPECT_EQ(count_of(html(test::sample_result()), "the sums meet"), 3U);
    const std::string broken = html(test::failed_result());
    EXPECT_EQ(count_of(broken, "the sums meet"), 3U);
    EXPECT_NE(broken.find("5 missing"), std::string::npos);
}

TEST(Html, TellsPersonasStatesAndEncodings) {
    const std::string plain = html(test::sample_result());
    EXPECT_EQ(count_of(plain, "<caption>Telemetry, as the"), 0U) << "no tables of zeros";
    EXPECT_EQ(count_of(plain, "json-1.0: 70,500 messages, 70.8 MiB"), 1U);
    const std::string mixed = html(test::failed_result());
    EXPECT_EQ(count_of(mixed, "<caption>Telemetry, as the"), 2U);
    EXPECT_EQ(count_of(mixed, "template: 1,200 messages"), 1U);
    EXPECT_EQ(count_of(mixed, "in gateways"), 2U) << "one row for each of its personas";
    EXPECT_EQ(count_of(mixed, "10 absent, 12 never connected, 8 rejected"), 2U);
    EXPECT_EQ(count_of(mixed, "on 1,010 devices"), 1U);
}

TEST(Html, WhatOnlyAMockHubKnowsIsUnknownOnARealOne) {
    EXPECT_EQ(count_of(html(test::interrupted_result()), "unknown on a real hub"), 5U);
}

TEST(Html, IsAPureFunction) {
    EXPECT_EQ(html(test::sample_result()), html(test::sample_result()));
}

}  // namespace
}  // namespace twinstorm::report

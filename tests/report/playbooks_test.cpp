#include <gtest/gtest.h>

#include "report/playbook_text.h"
#include "report/sections.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

stats::PlaybookResult outbreak() {
    stats::PlaybookResult row;
    row.playbook = "reverse-shell";
    row.alert_type = "IoT_ReverseShell";
    row.phase = "outbreak";
    row.group = "gateways";
    row.persona = "micro-linux";
    row.devices = 1'050;
    row.played = 2'100;
    row.devices_silent = 1;
    row.messages = 2'098;
    row.acked = 2'097;
    row.arrived = 2'096;
    row.accepted = 2'093;
    row.ignored = {{"wrong-type", 2}, {"unknown-event", 1}};
    row.devices_confirmed = 1'046;
    return row;
}

stats::RunResult played(std::vector<stats::PlaybookResult> rows) {
    stats::RunResult result = test::sample_result();
    result.playbooks = std::move(rows);
    return result;
}

TEST(Playbooks, AreTold) {
    stats::PlaybookResult real = outbreak();
    real.alert_type.clear();
    real.arrived.reset();
    real.accepted.reset();
    real.ignored.clear();
    real.devices_confirmed.reset();
    real.devices_silent = 0;
    const stats::RunResult result = played({outbreak(), real});
    const std::string section = playbooks_section(result);
    for (const char* part :
         {"reverse-shell<small>IoT_ReverseShell</small>", ">outbreak · gateways · micro-linux<",
          ">2,100 on 1,050 devices<", ">2,098<", ">2,097<", ">2,096<", ">2,093<",
          ">1,046 of 1,050 devices; 1 device not sent yet<small>ignored: 1 unknown-event, "
          "2 wrong-type</small>",
          "<small>an alert without a type id</small>", ">–<", ">unknown<"}) {
        EXPECT_NE(section.find(part), std::string::npos) << part << "\n" << section;
    }
    EXPECT_NE(html(result).find("<h2 id=\"playbooks\">Threats played</h2>"), std::string::npos);
    const std::string text = markdown(result);
    EXPECT_NE(text.find("| `reverse-shell` | IoT\\_ReverseShell | outbreak · gateways · "
                        "micro-linux | 2,100 on 1,050 devices | 2,098 | 2,097 | 2,096 | 2,093 | "
                        "1 unknown-event, 2 wrong-type | ✕ 1,046 of 1,050 devices; 1 device not "
                        "sent yet |\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("| – | – | – | unknown |\n"), std::string::npos) << text;
}

TEST(Playbooks, TheWordSaysHowFarItCame) {
    stats::PlaybookResult row = outbreak();
    row.devices_silent = 0;
    row.devices_confirmed = 1'050;
    EXPECT_EQ(playbook_text(row).verdict, "all of 1,050 devices");
    EXPECT_TRUE(playbook_text(row).good);
    row.devices_confirmed = 0;
    EXPECT_EQ(playbook_text(row).verdict, "none of 1,050 devices");
    EXPECT_FALSE(playbook_text(row).good);
    row.messages = 0;
    EXPECT_EQ(playbook_text(row).verdict, "not sent yet");
    EXPECT_FALSE(playbook_text(row).good);
}

TEST(Playbooks, WhatWasPlayedNowhereIsSaid) {
    stats::PlaybookResult row;
    row.playbook = "usb-connection";
    row.phase = "outbreak";
    EXPECT_EQ(playbook_text(row).where, "outbreak");
    EXPECT_EQ(playbook_text(row).played, "0 on 0 devices");
    EXPECT_EQ(playbook_text(row).verdict, "played nowhere");
    EXPECT_FALSE(playbook_text(row).good);
}

TEST(Playbooks, WithoutAnyThereIsNoSection) {
    const stats::RunResult result = played({});
    EXPECT_EQ(playbooks_section(result), "");
    EXPECT_EQ(html(result).find("Threats played"), std::string::npos);
    EXPECT_EQ(markdown(result).find("Threats played"), std::string::npos);
}

TEST(Playbooks, AHundredKindsStillFitThePage) {
    constexpr std::size_t kPageBytesMax = 100'000;
    std::vector<stats::PlaybookResult> rows(100, outbreak());
    for (stats::PlaybookResult& row : rows) {
        row.devices_confirmed = row.devices;
        row.devices_silent = 0;
    }
    rows.back() = outbreak();
    rows.back().playbook = "the-one-that-failed";
    const stats::RunResult result = played(rows);
    EXPECT_NE(html(result).find("the-one-that-failed"), std::string::npos);
    EXPECT_LT(html(result).size(), kPageBytesMax);
    EXPECT_NE(html(result).find("<p>80 more rows stand in result.json.</p>"), std::string::npos);
    EXPECT_NE(markdown(result).find("\n80 more rows stand in result.json.\n"), std::string::npos);
}

TEST(Playbooks, HostileNamesStayText) {
    stats::PlaybookResult row = outbreak();
    row.playbook = "<script>`|";
    row.group = "<script>";
    row.ignored = {{"<script>|", 1}};
    EXPECT_EQ(playbooks_section(played({row})).find("<script"), std::string::npos);
    EXPECT_NE(markdown(played({row})).find("`` <script>`\\| ``"), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::report

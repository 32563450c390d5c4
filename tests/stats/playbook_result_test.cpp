#include "twinstorm/stats/playbook_result.h"

#include <gtest/gtest.h>

#include "stats/sample_result.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::stats {
namespace {

PlaybookResult row(std::uint64_t devices, std::uint64_t messages,
                   std::optional<std::uint64_t> confirmed) {
    PlaybookResult result;
    result.devices = devices;
    result.messages = messages;
    result.devices_confirmed = confirmed;
    return result;
}

TEST(PlaybookResult, SaysHowFarItIsConfirmed) {
    EXPECT_EQ(name(row(5, 7, 5).confirmed()), "all");
    EXPECT_EQ(name(row(5, 7, 4).confirmed()), "some");
    EXPECT_EQ(name(row(5, 7, 0).confirmed()), "none");
    EXPECT_EQ(name(row(5, 0, 0).confirmed()), "not sent yet");
    EXPECT_EQ(name(row(5, 0, std::nullopt).confirmed()), "not sent yet");
    EXPECT_EQ(name(row(5, 7, std::nullopt).confirmed()), "unknown");
    EXPECT_EQ(name(row(0, 0, std::nullopt).confirmed()), "played nowhere");
}

TEST(PlaybookResult, TheShareIsOverAllDevices) {
    EXPECT_EQ(confirmed_share({row(3, 1, 3), row(1, 1, 0)}), 0.75);
    EXPECT_EQ(confirmed_share({row(3, 1, 3), row(1, 1, std::nullopt)}), std::nullopt);
    EXPECT_EQ(confirmed_share({}), std::nullopt);
}

TEST(PlaybookResult, IsReadAsItWasWritten) {
    const RunResult written = sample_result();
    const auto read = read_json(write_json(written));
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(read->playbooks, written.playbooks);
}

TEST(PlaybookResult, IsWrittenWithItsWord) {
    const std::string text = write_json(sample_result());
    EXPECT_NE(text.find(R"("confirmed": "some")"), std::string::npos) << text.substr(0, 400);
    EXPECT_NE(text.find(R"("confirmed": "not sent yet")"), std::string::npos);
}

TEST(PlaybookResult, OlderResultsHaveNone) {
    RunResult result = sample_result();
    result.playbooks.clear();
    std::string text = write_json(result);
    const std::string member = "\"playbooks\":";
    ASSERT_NE(text.find(member), std::string::npos);
    text.replace(text.find(member), member.size(), "\"something\":");
    EXPECT_TRUE(read_json(text).has_value());
}

}  // namespace
}  // namespace twinstorm::stats

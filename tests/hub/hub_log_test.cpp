#include "hub/hub_log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

TEST(HubLog, ShowsSoManyLinesASecondAndCountsTheOthers) {
    std::vector<std::string> lines;
    hub::HubLog log([&](std::string_view line) { lines.emplace_back(line); });
    for (std::uint32_t i = 0; i < hub::kLogLinesPerSecond + 5; ++i) {
        log.line(kRunStart, "line {}", i);
    }
    ASSERT_EQ(lines.size(), hub::kLogLinesPerSecond);
    EXPECT_EQ(lines.back(), "line 19");
    EXPECT_EQ(log.suppressed(), 5U);

    log.line(kRunStart + 1s, "later");
    ASSERT_EQ(lines.size(), hub::kLogLinesPerSecond + 2);
    EXPECT_EQ(lines[hub::kLogLinesPerSecond], "5 lines left out (more than 20 in a second)");
    EXPECT_EQ(lines.back(), "later");
    log.line(kRunStart + 1s, "again");
    EXPECT_EQ(lines.back(), "again");
    EXPECT_EQ(log.suppressed(), 5U);
}

TEST(HubLog, WorksWithoutASink) {
    hub::HubLog log({});
    log.line(kRunStart, "nobody hears {}", 1);
    EXPECT_EQ(log.suppressed(), 0U);
}

TEST(HubLog, MakesAPeersTextHarmless) {
    EXPECT_EQ(hub::printable("gw-1/a b"), "gw-1/a b");
    EXPECT_EQ(hub::printable("a\nb\x1b[31m\x80"), "a?b?[31m?");
    const std::string cut = hub::printable(std::string(5000, 'x'));
    EXPECT_EQ(cut.size(), hub::kLogTextBytesMax + 3);
    EXPECT_TRUE(cut.ends_with("..."));
}

TEST(HubLog, NeverShowsAKeyOrAToken) {
    HubFixture fixture;
    fixture.create_gateway();
    ConnectOptions options = fixture.connect_options(kGateway);
    char& first = options.password[options.password.find("&sig=") + 5];
    first = first == 'A' ? 'B' : 'A';
    EXPECT_EQ(fixture.client().send(HubFixture::connect(options)).answers(), "CONNACK 5");
    EXPECT_EQ(fixture.rest("GET", "/devices", {}, {.authorization = options.password}).status,
              401U);
    ASSERT_EQ(fixture.lines.size(), 2U);
    EXPECT_EQ(fixture.lines[0], "mqtt: refused gw: token-signature");
    for (const std::string& line : fixture.lines) {
        EXPECT_EQ(line.find("sig="), std::string::npos) << line;
    }
}

}  // namespace
}  // namespace twinstorm::testing

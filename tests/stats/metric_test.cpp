#include "twinstorm/stats/metric.h"

#include <set>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::stats {
namespace {

using testing::ElementsAre;

template <class Name, std::size_t kCount>
std::vector<std::string_view> names() {
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i < kCount; ++i) {
        found.push_back(name(static_cast<Name>(i)));
    }
    return found;
}

TEST(Metric, IsPublishedUnderItsNameForever) {
    EXPECT_THAT(
        (names<Metric, kMetricCount>()),
        ElementsAre("connect", "reconnect", "twin_get", "twin_update.accept",
                    "twin_update.delivery", "twin_update.round_trip", "twin_report",
                    "security_message.ack", "security_message.service", "security_message.lateness",
                    "convergence", "loop_lag", "telemetry.ack", "receive_lag"));
}

TEST(Counter, IsPublishedUnderItsNameForever) {
    EXPECT_THAT(
        (names<Counter, kCounterCount>()),
        ElementsAre(
            "security_message.offered", "security_message.sent", "security_message.acked",
            "security_message.failed", "security_message.lost", "security_message.duplicated",
            "security_message.bytes", "security_message.billed", "telemetry.offered",
            "telemetry.sent", "telemetry.acked", "telemetry.failed", "telemetry.lost",
            "telemetry.duplicated", "telemetry.bytes", "telemetry.billed", "twin_update.offered",
            "twin_update.accepted", "twin_update.delivered", "twin_update.confirmed",
            "twin_update.throttled", "twin_update.failed", "connection.opened",
            "connection.refused", "connection.dropped", "connection.reconnected", "agent.restarted",
            "throttle.delayed", "throttle.refused", "receive_buffer.full"));
}

TEST(Metric, IsFoundByItsNameAlone) {
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        const auto metric = static_cast<Metric>(i);
        EXPECT_EQ(find_metric(name(metric)), metric);
        EXPECT_EQ(find_counter(name(metric)), std::nullopt);
    }
    for (const std::string_view wrong : {"", "Connect", "twin_update", "connect.p99", "connect "}) {
        EXPECT_EQ(find_metric(wrong), std::nullopt) << wrong;
    }
}

TEST(Counter, IsFoundByItsNameAlone) {
    for (std::size_t i = 0; i < kCounterCount; ++i) {
        const auto counter = static_cast<Counter>(i);
        EXPECT_EQ(find_counter(name(counter)), counter);
        EXPECT_EQ(find_metric(name(counter)), std::nullopt);
    }
    EXPECT_EQ(find_counter("connection"), std::nullopt);
}

TEST(Metric, EachHasASentenceOfItsOwn) {
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        const std::string_view sentence = describe(static_cast<Metric>(i));
        EXPECT_TRUE(sentence.ends_with('.')) << sentence;
        sentences.insert(sentence);
    }
    EXPECT_EQ(sentences.size(), kMetricCount);
}

}  // namespace
}  // namespace twinstorm::stats

#include "twinstorm/agent/micro_agent.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/allocations.h"
#include "twinstorm/defender/security_message.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr WallAnchor kAnchor{kVirtualEpoch};

MicroAgent started(std::uint64_t seed, std::string_view device_id = "gw-00001") {
    MicroAgent agent(device_id, seed, kAnchor);
    agent.start(kRunStart);
    return agent;
}

boost::json::array events_of(const std::string& body) {
    return boost::json::parse(body).at("Events").as_array();
}

// How many events of each name; the empty SystemInformation is a heartbeat.
std::map<std::string, int> names_of(const std::string& body) {
    std::map<std::string, int> names;
    for (const boost::json::value& event : events_of(body)) {
        ++names[event.at("IsEmpty").as_bool() ? "Heartbeat"
                                              : std::string(event.at("Name").as_string())];
    }
    return names;
}

void expect_valid(const std::string& body) {
    const auto verdict = defender::judge(body, "", defender::Mode::kStrict);
    EXPECT_TRUE(verdict.accepted()) << defender::name(verdict.reason) << " " << verdict.where;
    EXPECT_LE(body.size(), kMessageBytesMax);
}

boost::json::object only(std::initializer_list<const char*> enabled) {
    boost::json::object desired;
    for (const char* name :
         {"SystemInformation", "Heartbeat", "Login", "NetworkActivity", "Process"}) {
        desired[std::string(name) + "_Disabled"] = true;
    }
    for (const char* name : enabled) {
        desired[std::string(name) + "_Disabled"] = false;
    }
    return desired;
}

TEST(MicroAgent, SaysNothingBeforeItsStart) {
    MicroAgent agent("gw-00001", 1, kAnchor);
    std::string body;
    EXPECT_EQ(agent.next_send(), std::nullopt);
    EXPECT_FALSE(agent.send_due(kRunStart + 24h, body));
    EXPECT_FALSE(agent.flush(kRunStart + 24h, body));
    EXPECT_EQ(body, "");
}

TEST(MicroAgent, FirstCollectionsSpreadOverAMinute) {
    std::set<TimePoint> firsts;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        const auto first = started(seed).next_send();
        ASSERT_TRUE(first);
        EXPECT_GE(*first, kRunStart + 30s);
        EXPECT_LE(*first, kRunStart + 89s);
        firsts.insert(*first);
    }
    EXPECT_EQ(firsts.size(), 60u);
}

TEST(MicroAgent, TheFirstMessageCarriesTheSnapshotsAndLaterOnesTheEvents) {
    MicroAgent agent = started(1);
    const TimePoint first = *agent.next_send();
    std::string body;
    EXPECT_FALSE(agent.send_due(first - 1ns, body));
    ASSERT_TRUE(agent.send_due(first, body));
    expect_valid(body);
    EXPECT_EQ(names_of(body).at("SystemInformation"), 1);
    EXPECT_EQ(names_of(body).at("Heartbeat"), 1);
    EXPECT_FALSE(agent.send_due(first, body));
    EXPECT_EQ(agent.next_send(), first + 2h);
    body.clear();
    ASSERT_TRUE(agent.send_due(first + 2h, body));
    expect_valid(body);
    EXPECT_FALSE(names_of(body).contains("SystemInformation"));
    EXPECT_GT(names_of(body).at("ProcessCreate"), 3);
    EXPECT_GT(names_of(body).at("ConnectionCreate"), 3);
}

TEST(MicroAgent, AnIntervalWithoutEventsSendsNothing) {
    MicroAgent agent = started(1);
    static_cast<void>(agent.apply(only({"Login"}), kRunStart));
    const TimePoint first = *agent.next_send();
    std::string body;
    EXPECT_FALSE(agent.send_due(first, body));
    EXPECT_EQ(body, "");
    EXPECT_EQ(agent.next_send(), first + 2h);
}

TEST(MicroAgent, EveryMessageIsStrictlyValid) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        MicroAgent agent = started(seed, "gw-" + std::to_string(seed));
        std::string body;
        TimePoint now = kRunStart;
        for (int i = 0; i < 12; ++i) {
            now += i % 4 == 0 ? 3h : Duration(700ms);
            body.clear();
            agent.emit(now, body);
            expect_valid(body);
        }
        for (int i = 0; i < 14; ++i) {
            body.clear();
            if (agent.send_due(*agent.next_send(), body)) {
                expect_valid(body);
            }
        }
    }
}

TEST(MicroAgent, AgentIdStaysAndEventIdsNeverRepeat) {
    MicroAgent agent = started(1);
    std::set<std::string> agent_ids;
    std::set<std::string> event_ids;
    std::size_t events = 0;
    for (int i = 0; i < 200; ++i) {
        std::string body;
        agent.emit(kRunStart + i * 10min, body);
        agent_ids.emplace(boost::json::parse(body).at("AgentId").as_string());
        for (const boost::json::value& event : events_of(body)) {
            event_ids.emplace(event.at("Id").as_string());
            ++events;
        }
    }
    EXPECT_EQ(agent_ids.size(), 1u);
    EXPECT_EQ(event_ids.size(), events);
    std::string other;
    started(1, "gw-00002").emit(kRunStart, other);
    EXPECT_FALSE(
        agent_ids.contains(std::string(boost::json::parse(other).at("AgentId").as_string())));
}

TEST(MicroAgent, EventsLieBetweenTheMessages) {
    MicroAgent agent = started(2);
    std::string body;
    agent.emit(kRunStart + 1h, body);
    body.clear();
    agent.emit(kRunStart + 3h, body);
    for (const boost::json::value& event : events_of(body)) {
        const auto at = event.at("TimestampUTC").as_string();
        EXPECT_GE(at, "2026-01-01T01:00:00Z");
        EXPECT_LE(at, "2026-01-01T03:00:00Z");
    }
}

TEST(MicroAgent, FlushSendsWhatIsUnsentOnce) {
    MicroAgent agent = started(1);
    std::string body;
    ASSERT_TRUE(agent.flush(kRunStart + 1h, body));
    expect_valid(body);
    EXPECT_FALSE(names_of(body).contains("SystemInformation"));
    EXPECT_FALSE(names_of(body).contains("Heartbeat"));
    body.clear();
    EXPECT_FALSE(agent.flush(kRunStart + 1h, body));
    EXPECT_EQ(body, "");
}

TEST(MicroAgent, FlushKeepsTheSchedule) {
    MicroAgent agent = started(1);
    const auto next = agent.next_send();
    std::string body;
    static_cast<void>(agent.flush(kRunStart + 20s, body));
    EXPECT_EQ(agent.next_send(), next);
}

TEST(MicroAgent, DisabledCollectorsStaySilent) {
    MicroAgent agent = started(1);
    static_cast<void>(agent.apply(only({"NetworkActivity"}), kRunStart));
    std::string body;
    ASSERT_TRUE(agent.flush(kRunStart + 24h, body));
    EXPECT_EQ(names_of(body).size(), 1u);
    EXPECT_GT(names_of(body).at("ConnectionCreate"), 100);
    body.clear();
    agent.emit(kRunStart + 24h, body);
    EXPECT_EQ(names_of(body), (std::map<std::string, int>{{"ConnectionCreate", 1}}));
}

TEST(MicroAgent, AnOpenLoadPrefersAnEnabledCollector) {
    MicroAgent agent = started(1);
    static_cast<void>(agent.apply(only({"Login"}), kRunStart));
    std::string body;
    agent.emit(kRunStart, body);
    EXPECT_EQ(names_of(body), (std::map<std::string, int>{{"Login", 1}}));
}

TEST(MicroAgent, AnOpenLoadAlwaysGetsAMessage) {
    MicroAgent agent("gw-00001", 1, kAnchor);  // Not even started.
    std::string body;
    agent.emit(kRunStart, body);
    EXPECT_EQ(names_of(body), (std::map<std::string, int>{{"ProcessCreate", 1}}));
    agent.start(kRunStart);
    static_cast<void>(agent.apply(only({}), kRunStart));
    EXPECT_EQ(agent.next_send(), std::nullopt);
    for (int i = 0; i < 20; ++i) {
        body.clear();
        agent.emit(kRunStart + i * 1h, body);
        expect_valid(body);
        EXPECT_EQ(names_of(body), (std::map<std::string, int>{{"ProcessCreate", 1}}));
    }
}

TEST(MicroAgent, ATypicalMessageIsAboutAKilobyte) {
    MicroAgent agent = started(1);
    std::size_t bytes = 0;
    for (int i = 0; i < 1'000; ++i) {
        std::string body;
        agent.emit(kRunStart + i * 500ms, body);
        EXPECT_GE(body.size(), 500u);
        bytes += body.size();
    }
    EXPECT_GE(bytes / 1'000, 600u);
    EXPECT_LE(bytes / 1'000, 1'500u);
}

TEST(MicroAgent, ALongSilenceGivesOneBoundedMessageThatCountsWhatItDropped) {
    MicroAgent agent = started(1);
    std::string body;
    ASSERT_TRUE(agent.flush(kRunStart + 24h * 365, body));
    expect_valid(body);
    EXPECT_GT(body.size(), kMessageBytesMax / 2);
    EXPECT_GT(agent.events_dropped(), 100'000u);
    for (const boost::json::value& event : events_of(body)) {
        EXPECT_TRUE(event.at("Payload").at(0).as_object().contains("Executable"));
    }
}

TEST(MicroAgent, ADayAggregatesWithoutLosingProcesses) {
    MicroAgent agent = started(1);
    static_cast<void>(agent.apply(only({"Process"}), kRunStart));
    std::string body;
    ASSERT_TRUE(agent.flush(kRunStart + 24h, body));
    int hits = 0;
    for (const boost::json::value& event : events_of(body)) {
        const auto& details = event.at("Payload").at(0).at("ExtraDetails");
        hits += std::stoi(std::string(details.at("HitCount").as_string()));
    }
    EXPECT_GT(hits, 200);
    EXPECT_LT(events_of(body).size(), 50u);
    EXPECT_EQ(agent.events_dropped(), 0u);
}

TEST(MicroAgent, CacheSizesOfTheTwinHold) {
    MicroAgent agent = started(1);
    static_cast<void>(
        agent.apply({{"Process_CacheSize", 5}, {"NetworkActivity_CacheSize", 7}}, kRunStart));
    std::string body;
    ASSERT_TRUE(agent.flush(kRunStart + 24h, body));
    EXPECT_EQ(names_of(body).at("ProcessCreate"), 5);
    EXPECT_EQ(names_of(body).at("ConnectionCreate"), 7);
    EXPECT_GT(agent.events_dropped(), 0u);
}

TEST(MicroAgent, ApplySaysWhatWasWrongAndRestartsOnlyWhatChanged) {
    MicroAgent agent = started(1);
    const TimePoint first = *agent.next_send();
    std::string body;
    ASSERT_TRUE(agent.send_due(first, body));
    const boost::json::object desired{{"Process_MessageFrequency", "High"}, {"Process_Mode", 9}};
    EXPECT_THAT(agent.apply(desired, first + 1h).invalid_fields, ElementsAre("Process_Mode"));
    EXPECT_EQ(agent.configuration()[Collector::kProcess].frequency, Priority::kHigh);
    EXPECT_EQ(agent.next_send(), first + 90min);
    static_cast<void>(agent.apply(desired, first + 80min));  // The same again changes nothing.
    EXPECT_EQ(agent.next_send(), first + 90min);
}

TEST(MicroAgent, AConfigurationMayComeBeforeTheStart) {
    MicroAgent agent("gw-00001", 1, kAnchor);
    static_cast<void>(agent.apply(only({"Heartbeat"}), kRunStart));
    EXPECT_EQ(agent.next_send(), std::nullopt);
    agent.start(kRunStart);
    std::string body;
    ASSERT_TRUE(agent.send_due(*agent.next_send(), body));
    EXPECT_EQ(names_of(body), (std::map<std::string, int>{{"Heartbeat", 1}}));
}

std::string history(std::uint64_t seed) {
    MicroAgent agent = started(seed);
    std::string body;
    for (int i = 0; i < 50; ++i) {
        agent.emit(kRunStart + i * 90s, body);
    }
    static_cast<void>(agent.send_due(kRunStart + 2h, body));
    static_cast<void>(agent.flush(kRunStart + 3h, body));
    return body;
}

TEST(MicroAgent, SameSeedAndInstantsGiveTheSameBytes) {
    EXPECT_EQ(history(1), history(1));
    EXPECT_NE(history(1), history(2));
}

TEST(MicroAgent, GoldenMessage) {
    std::string body;
    started(1).emit(kRunStart + 1500ms, body);
    EXPECT_EQ(
        body,
        R"({"AgentVersion":"4.6.2","AgentId":"39a10433-2d30-4104-8312-a666ab80a2b2",)"
        R"("MessageSchemaVersion":"1.0","Events":[{"Id":"9ad8bb42-081a-4b2c-8ba2-f4afc8829a80",)"
        R"("TimestampLocal":"2026-01-01T08:00:01+08:00","TimestampUTC":"2026-01-01T00:00:01Z",)"
        R"("Category":"Triggered","Name":"ProcessCreate","EventType":"Security","IsEmpty":false,)"
        R"("PayloadSchemaVersion":"1.0","Payload":[{"Executable":"/usr/bin/sleep",)"
        R"("CommandLine":"sleep 30","UserId":"0","UserName":"root","ProcessId":21685,)"
        R"("ParentProcessId":520,"ExtraDetails":{"EventType":"EXEC","HitCount":"1",)"
        R"("StartTimeLocal":"2026-01-01T08:00:01+08:00","StartTimeUtc":"2026-01-01T00:00:01Z",)"
        R"("EndTimeLocal":"2026-01-01T08:00:01+08:00","EndTimeUtc":"2026-01-01T00:00:01Z"}}]}]})");
}

// A copy takes from the heap exactly what an agent owns.
TEST(MicroAgent, OwnsNothingBesideItsHostName) {
    const MicroAgent agent = started(1, std::string(128, 'x'));
    const std::uint64_t before = support::allocations();
    const MicroAgent copy = agent;
    const std::uint64_t owned = support::allocations() - before;
    EXPECT_EQ(owned, 1u);
    EXPECT_EQ(copy.next_send(), agent.next_send());
    EXPECT_LT(sizeof(MicroAgent) + kHostNameBytesMax + 1, 2'048u);
}

TEST(MicroAgent, EmitAllocatesNothingOnceTheBodyIsWarm) {
    MicroAgent agent = started(1);
    std::string body;
    body.reserve(kMessageBytesMax);
    const std::uint64_t before = support::allocations();
    for (int i = 0; i < 1'000; ++i) {
        body.clear();
        agent.emit(kRunStart + i * 30s, body);
    }
    const std::uint64_t made = support::allocations() - before;
    EXPECT_EQ(made, 0u);
}

}  // namespace
}  // namespace twinstorm::agent

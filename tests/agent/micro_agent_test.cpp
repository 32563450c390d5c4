#include "twinstorm/agent/micro_agent.h"

#include <chrono>
#include <numeric>
#include <set>

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "agent/agent_support.h"
#include "support/allocations.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

Persona persona(Encoding encoding = Encoding::kJson) {
    Persona persona = make_persona(Family::kMicroLinux);
    persona.options.encoding = encoding;
    return persona;
}

// All collectors off but these.
std::string only(std::initializer_list<Collector> enabled) {
    boost::json::object desired;
    for (const Collector collector : kAllCollectors) {
        desired[std::string(name(collector)) + "_Disabled"] = true;
    }
    for (const Collector collector : enabled) {
        desired[std::string(name(collector)) + "_Disabled"] = false;
    }
    return boost::json::serialize(desired);
}

TEST(MicroAgent, SaysNothingBeforeItsStart) {
    AgentRun run(persona());
    EXPECT_EQ(run.agent.next_send(), std::nullopt);
    EXPECT_TRUE(run.flush(kRunStart + 24h).empty());
    run.agent.send_due(kRunStart + 24h, run.bench);
    EXPECT_TRUE(run.bench.batch.parts.empty());
}

TEST(MicroAgent, FirstCollectionsSpreadOverAMinuteFromTheIntendedStart) {
    std::set<TimePoint> firsts;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        AgentRun run(persona(), seed);
        run.start(kRunStart + 7s);
        ASSERT_TRUE(run.agent.next_send());
        EXPECT_GE(*run.agent.next_send(), kRunStart + 37s);
        EXPECT_LE(*run.agent.next_send(), kRunStart + 96s);
        firsts.insert(*run.agent.next_send());
    }
    EXPECT_EQ(firsts.size(), 60u);
}

TEST(MicroAgent, TheFirstCollectionIsAnOption) {
    Persona early = persona();
    early.options.first_collection_min = 5s;
    early.options.first_collection_max = 5s;
    AgentRun run(early);
    run.start();
    EXPECT_EQ(run.agent.next_send(), kRunStart + 5s);
}

TEST(MicroAgent, TwelveMessagesADayInOneForEachTick) {
    AgentRun run(persona());
    run.start();
    const auto messages = run.until(kRunStart + 24h);
    ASSERT_EQ(messages.size(), 12u);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ(messages[i].at, messages[0].at + i * 2h);
        expect_accepted(run.persona(), messages[i]);
    }
    // Trigger collectors fire soon after the start, and then once a day.
    const auto first = names_of(messages[0]);
    EXPECT_EQ(first.at("SystemInformation"), 1);
    EXPECT_EQ(first.at("Heartbeat"), 1);
    EXPECT_EQ(first.at("OSBaseline"), 1);
    for (std::size_t i = 1; i < messages.size(); ++i) {
        const auto names = names_of(messages[i]);
        EXPECT_FALSE(names.contains("SystemInformation"));
        EXPECT_GT(names.at("ProcessCreate") + names.at("ConnectionCreate"), 2);
    }
}

TEST(MicroAgent, OrOneForEachCollector) {
    Persona each = persona(Encoding::kJsonExtended);
    each.options.bundling = Bundling::kPerCollector;
    AgentRun run(each);
    run.start();
    const auto messages = run.until(kRunStart + 24h);
    EXPECT_GT(messages.size(), 24u);
    EXPECT_LE(messages.size(), 44u + 4u);  // A large one may take two.
    std::set<std::string> kinds;
    for (const SentMessage& message : messages) {
        for (const auto& [name, count] : names_of(message)) {
            kinds.insert(name);
        }
    }
    EXPECT_GE(kinds.size(), 6u);
}

TEST(MicroAgent, EveryCollectorSpeaksInTheExtendedForm) {
    AgentRun run(persona(Encoding::kJsonExtended));
    run.start(kRunStart, R"({"FileSystem_Paths":"/","CollectorsCore_PriorityIntervals":"1,2,3"})");
    run.agent.play(*host::find_playbook("usb-connection"), kRunStart + 1h);
    std::set<std::string> kinds;
    for (const SentMessage& message : run.until(kRunStart + 72h)) {
        for (const auto& [name, count] : names_of(message)) {
            kinds.insert(name);
        }
    }
    EXPECT_THAT(kinds, testing::IsSupersetOf({"SystemInformation", "OSBaseline", "SBoM", "Login",
                                              "ConnectionCreate", "ProcessCreate", "FileSystem",
                                              "Peripheral", "Statistics", "Heartbeat"}));
    EXPECT_THAT(kinds, testing::Contains("Diagnostic"));
}

TEST(MicroAgent, NothingIsWatchedWithoutFolders) {
    const std::string files = only({Collector::kFileSystem});
    AgentRun run(persona(Encoding::kJsonExtended));
    run.start(kRunStart, files.c_str());
    EXPECT_TRUE(run.until(kRunStart + 72h).empty());
    EXPECT_EQ(run.agent.events_dropped(), 0u);
}

TEST(MicroAgent, DisabledCollectorsStaySilentAndOthersCapturesTooWithoutADevice) {
    const std::string flows = only({Collector::kNetworkActivity});
    AgentRun run(persona());
    run.start(kRunStart, flows.c_str());
    for (const SentMessage& message : run.until(kRunStart + 24h)) {
        EXPECT_EQ(names_of(message).size(), 1u);
        EXPECT_TRUE(names_of(message).contains("ConnectionCreate"));
    }
    boost::json::object elsewhere = boost::json::parse(flows).as_object();
    elsewhere["NetworkActivity_Devices"] = "eth7";
    AgentRun other(persona());
    other.start(kRunStart, boost::json::serialize(elsewhere).c_str());
    EXPECT_TRUE(other.until(kRunStart + 24h).empty());
}

TEST(MicroAgent, BaselineLeavesOutWhatTheTwinDisables) {
    const auto checks_of = [](const std::string& desired) {
        AgentRun run(persona());
        run.start(kRunStart, desired.c_str());
        const auto messages = run.until(kRunStart + 2min);
        return messages.empty() ? 0u : events_of(messages[0])[0].at("Payload").as_array().size();
    };
    boost::json::object desired = boost::json::parse(only({Collector::kBaseline})).as_object();
    const std::size_t all = checks_of(boost::json::serialize(desired));
    EXPECT_GT(all, 5u);
    desired["Baseline_GroupsDisabled"] = host::catalogue().checks[0].group;
    const std::size_t fewer = checks_of(boost::json::serialize(desired));
    EXPECT_LT(fewer, all);
    std::string groups;
    for (const auto& check : host::catalogue().checks) {
        groups += check.group + ",";
    }
    desired["Baseline_GroupsDisabled"] = groups;
    EXPECT_EQ(checks_of(boost::json::serialize(desired)), 0u);
}

TEST(MicroAgent, TheTwinsHardwareOverridesTheMachines) {
    AgentRun run(persona(Encoding::kJsonExtended));
    run.start(kRunStart, R"({"SystemInformation_HardwareVendor":"Contoso \"42\""})");
    std::string all;
    for (const SentMessage& message : run.until(kRunStart + 2min)) {
        all += message.body;
    }
    EXPECT_NE(all.find(R"(Contoso \"42\")"), std::string::npos);
}

TEST(MicroAgent, FlushSendsAllUnsentEventDataOnce) {
    AgentRun run(persona());
    run.start();
    static_cast<void>(run.until(kRunStart + 100s));
    const auto next = run.agent.next_send();
    const auto burst = run.flush(kRunStart + 1h);
    ASSERT_EQ(burst.size(), 1u);
    expect_accepted(run.persona(), burst[0]);
    EXPECT_FALSE(names_of(burst[0]).contains("SystemInformation"));
    EXPECT_FALSE(names_of(burst[0]).contains("Heartbeat"));
    EXPECT_TRUE(run.flush(kRunStart + 1h).empty());
    EXPECT_EQ(run.agent.next_send(), next);
    // The tick after it begins where the flush ended.
    const auto after = run.until(kRunStart + 3h);
    ASSERT_FALSE(after.empty());
    for (const boost::json::value& event : events_of(after[0])) {
        EXPECT_GE(event.at("TimestampUTC").as_string(), "2026-01-01T01:00:00Z");
    }
}

// A busy worker flushes before it looks at what was due: nothing is sent twice.
TEST(MicroAgent, AFlushBeforeAnOverdueTickLeavesItNothing) {
    AgentRun run(persona());
    run.start();
    static_cast<void>(run.until(kRunStart + 100s));
    const TimePoint due = *run.agent.next_send();
    ASSERT_EQ(run.flush(due + 5min).size(), 1u);
    EXPECT_TRUE(run.until(due + 1ns).empty());
    for (const SentMessage& message : run.until(due + 3h)) {
        for (const boost::json::value& event : events_of(message)) {
            EXPECT_GE(event.at("TimestampUTC").as_string(), "2026-01-01T02:05:00Z");
        }
    }
}

TEST(MicroAgent, FlushThenApplyThenReport) {
    AgentRun run(persona());
    run.start();
    static_cast<void>(run.until(kRunStart + 100s));
    EXPECT_EQ(run.flush(kRunStart + 1h).size(), 1u);
    const auto reported =
        run.apply(R"({"Process_MessageFrequency":"High","Process_Mode":9})", kRunStart + 1h);
    ASSERT_TRUE(reported);
    EXPECT_EQ(boost::json::serialize(*reported),
              R"({"latest_state":"failed","latest_invalid_fields":["Process_Mode"]})");
    EXPECT_EQ(run.agent.next_send(), kRunStart + 90min);  // The restarted collector.
    EXPECT_TRUE(run.apply(R"({"Process_MessageFrequency":"High"})", kRunStart + 80min));
    EXPECT_EQ(run.agent.next_send(), kRunStart + 90min);  // The same again restarts nothing.
}

TEST(MicroAgent, ValidKeysBesideAnInvalidOneCanBeRejected) {
    Persona strict = persona();
    strict.options.beside_invalid = BesideInvalid::kRejected;
    AgentRun run(strict);
    run.start();
    static_cast<void>(run.until(kRunStart + 100s));
    const auto next = run.agent.next_send();
    const auto reported =
        run.apply(R"({"Process_MessageFrequency":"High","Process_Mode":9})", kRunStart + 1h);
    EXPECT_EQ(reported->at("latest_state"), "failed");
    EXPECT_EQ(run.agent.next_send(), next);
}

TEST(MicroAgent, PatienceIsTheTwinsMessageTimeout) {
    AgentRun run(persona());
    EXPECT_EQ(run.agent.patience().at_most, Duration(48h));
    static_cast<void>(run.apply(R"({"IothubModule_MessageTimeout":7})", kRunStart));
    EXPECT_EQ(run.agent.patience().at_most, Duration(7min));
    EXPECT_TRUE(run.agent.patience().build_offline);
}

// What schema 1.0 says of a day's events: sums over both queues.
struct Sums {
    std::uint64_t collected = 0;
    std::uint64_t dropped = 0;
    std::uint64_t messages = 0;
};

Sums statistics_of(const std::vector<SentMessage>& messages) {
    Sums sums;
    for (const SentMessage& message : messages) {
        for (const boost::json::value& event : events_of(message)) {
            for (const boost::json::value& item : event.at("Payload").as_array()) {
                if (event.at("Name").as_string() == "DroppedEventsStatistics") {
                    sums.collected += item.at("CollectedEvents").to_number<std::uint64_t>();
                    sums.dropped += item.at("DroppedEvents").to_number<std::uint64_t>();
                } else if (event.at("Name").as_string() == "MessageStatistics") {
                    sums.messages += item.at("MessagesSent").to_number<std::uint64_t>();
                }
            }
        }
    }
    return sums;
}

// Everything that happened to its collectors is told as sent or dropped, and no event twice.
TEST(MicroAgent, StatisticsTellTheTruth) {
    const Persona one = persona();
    MicroAgent agent(one, "gw-00001", 1, WallAnchor{kVirtualEpoch});
    Workbench bench;
    std::vector<SentMessage> messages;
    static_cast<void>(agent.apply(
        boost::json::parse(R"({"Process_CacheSize":3,"NetworkActivity_CacheSize":4})").as_object(),
        nullptr, kRunStart));
    agent.start(kRunStart);
    const TimePoint end = kRunStart + 24h + 10min;  // After the second low tick.
    TimePoint last;
    while (*agent.next_send() < end) {
        last = *agent.next_send();
        agent.send_due(last, bench);
        for (const Part& part : bench.batch.parts) {
            messages.push_back({last, std::string(bench.batch.body(part)), part});
            agent.message_sent(part.end - part.begin);
        }
        bench.batch.clear();
    }
    host::Happenings seen;
    agent.host().look({host::Stream::kProcesses, host::Stream::kFlows, host::Stream::kLogins,
                       host::Stream::kPeripherals, host::Stream::kLogs},
                      kRunStart, last, seen);
    const CollectorCounts& now = agent.counts();
    std::uint64_t uncounted = 0;  // Of the cycle under way.
    for (const Collector collector : kEventCollectors) {
        uncounted += now[collector].sent + now[collector].dropped();
    }
    const Sums told = statistics_of(messages);
    // Four snapshots at the first tick were counted as well.
    EXPECT_EQ(told.collected - 4 + uncounted, seen.processes.size() + seen.flows.size() +
                                                  seen.logins.size() + seen.peripherals.size() +
                                                  seen.logs.size());
    EXPECT_GT(told.dropped, 50u);
    EXPECT_EQ(told.messages, messages.size() - 1);
    EXPECT_GE(agent.events_dropped(), told.dropped);
}

TEST(MicroAgent, StatisticsNameCollectorsAndReasonsInTheExtendedForm) {
    AgentRun run(persona(Encoding::kJsonExtended));
    run.start(kRunStart, R"({"Process_CacheSize":2})");
    run.agent.message_failed();
    std::string all;
    for (const SentMessage& message : run.until(kRunStart + 25h)) {
        all += message.body;
    }
    for (const char* text :
         {"Process", "sent", "dropped: cache full", "dropped: message timeout"}) {
        EXPECT_NE(all.find(text), std::string::npos) << text;
    }
}

TEST(MicroAgent, CacheSizesOfTheTwinHold) {
    AgentRun run(persona());
    run.start(kRunStart, R"({"Process_CacheSize":5,"NetworkActivity_CacheSize":7})");
    static_cast<void>(run.until(kRunStart + 100s));
    const auto burst = run.flush(kRunStart + 24h);
    std::map<std::string, int> names;
    for (const SentMessage& message : burst) {
        for (const auto& [name, count] : names_of(message)) {
            names[name] += count;
        }
    }
    EXPECT_EQ(names.at("ProcessCreate") + names["ProcessTerminate"], 5);
    EXPECT_EQ(names.at("ConnectionCreate"), 7);
    EXPECT_GT(run.agent.events_dropped(), 0u);
}

TEST(MicroAgent, ALongSilenceIsSplitAndCountsWhatItDropped) {
    AgentRun run(persona());
    run.start();
    const auto burst = run.flush(kRunStart + 24h * 365);
    ASSERT_FALSE(burst.empty());
    for (const SentMessage& message : burst) {
        expect_accepted(run.persona(), message);
    }
    EXPECT_GT(run.agent.events_dropped(), 10'000u);
}

TEST(MicroAgent, FlatBuffersHasAFormForMostAndCountsTheRest) {
    AgentRun run(persona(Encoding::kFlatBuffers));
    run.start();
    const auto messages = run.until(kRunStart + 48h);
    EXPECT_EQ(messages.size(), 24u);
    for (const SentMessage& message : messages) {
        EXPECT_EQ(message.part.encoding, Encoding::kFlatBuffers);
        expect_accepted(run.persona(), message);
    }
    EXPECT_GT(run.agent.events_dropped(), 0u);  // Packages and logins, for two.
}

TEST(MicroAgent, AnOpenLoadGetsExactlyOneMessageEachTime) {
    for (const Encoding encoding : {Encoding::kJson, Encoding::kJsonAsShipped,
                                    Encoding::kJsonExtended, Encoding::kFlatBuffers}) {
        AgentRun run(persona(encoding));
        ASSERT_EQ(run.emit(kRunStart).size(), 1u);  // Not even started.
        const std::string off = only({});
        run.start(kRunStart, off.c_str());
        ASSERT_EQ(run.emit(kRunStart).size(), 1u);
        static_cast<void>(run.apply("{}", kRunStart));
        TimePoint now = kRunStart;
        for (int i = 0; i < 40; ++i) {
            now += i % 8 == 0 ? Duration(30h) : Duration(700ms);
            const auto messages = run.emit(now);
            ASSERT_EQ(messages.size(), 1u);
            EXPECT_GE(messages[0].part.events, 1u);
            expect_accepted(run.persona(), messages[0], defender::Mode::kAsShipped);
        }
    }
}

TEST(MicroAgent, EventIdsNeverRepeat) {
    AgentRun run(persona());
    run.start();
    std::set<std::string> ids;
    std::size_t events = 0;
    std::vector<SentMessage> messages = run.until(kRunStart + 30h);
    for (int i = 0; i < 100; ++i) {
        run.agent.emit(kRunStart + 30h + i / 2 * 1s, run.bench);  // Two at the same instant.
        run.take(kRunStart, messages);
    }
    for (const SentMessage& message : messages) {
        for (const boost::json::value& event : events_of(message)) {
            ids.emplace(event.at("Id").as_string());
            ++events;
        }
    }
    EXPECT_EQ(ids.size(), events);
}

TEST(MicroAgent, PlaybooksReachTheMessagesAndAreCounted) {
    const auto playbook = host::find_playbook("reverse-shell");
    ASSERT_TRUE(playbook);
    AgentRun run(persona());
    run.start();
    run.agent.play(*playbook, kRunStart + 30min);
    std::uint32_t played = 0;
    for (const SentMessage& message : run.until(kRunStart + 4h)) {
        expect_accepted(run.persona(), message);
        played += message.part.events_played;
    }
    EXPECT_GT(played, 0u);
}

TEST(MicroAgent, ADayAllocatesNothingOnceItsBenchIsWarm) {
    const Persona one = persona();
    Workbench bench;
    const auto day = [&](Agent& agent) {
        std::size_t bytes = 0;
        while (*agent.next_send() < kRunStart + 48h) {
            agent.send_due(*agent.next_send(), bench);
            bytes += bench.batch.bytes.size();
            bench.batch.clear();
        }
        return bytes;
    };
    Agent warm(one, "gw-00001", 1, WallAnchor{kVirtualEpoch});
    warm.start(kRunStart);
    const std::size_t bytes = day(warm);
    Agent agent(one, "gw-00001", 1, WallAnchor{kVirtualEpoch});
    agent.start(kRunStart);
    const std::uint64_t before = support::allocations();
    EXPECT_EQ(day(agent), bytes);
    EXPECT_EQ(support::allocations(), before);
}

}  // namespace
}  // namespace twinstorm::agent

#include "twinstorm/agent/legacy_agent.h"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "agent/agent_support.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

std::string object(const std::string& inside) {
    return "{\"" + std::string(kLegacyObjectName) + "\":" + inside + "}";
}

Persona persona(Family family, host::Kind kind = host::Kind::kGateway) {
    Persona persona = make_persona(family);
    persona.options.mixed_kinds = false;
    persona.options.kind = kind;
    return persona;
}

std::map<std::string, int> names_of(const std::vector<SentMessage>& messages) {
    std::map<std::string, int> names;
    for (const SentMessage& message : messages) {
        for (const auto& [name, count] : agent::names_of(message)) {
            names[name] += count;
        }
    }
    return names;
}

// Nearly five firings of the low timer, and the high timer for two rounds of snapshots and for
// logins.
TEST(LegacyAgent, AQuietDayTakesSixToTenMessages) {
    std::size_t messages = 0;
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        for (int device = 0; device < 10; ++device) {
            AgentRun run(persona(family, host::Kind::kSensor), 1, "gw-" + std::to_string(device));
            run.start();
            const auto day = run.until(kRunStart + 24h);
            EXPECT_GE(day.size(), 5u);
            EXPECT_LE(day.size(), 12u);
            for (const SentMessage& message : day) {
                expect_accepted(run.persona(), message);
            }
            messages += day.size();
            EXPECT_EQ(run.agent.events_dropped(), 0u);
        }
    }
    EXPECT_GE(messages, 20u * 6);
    EXPECT_LE(messages, 20u * 10);
}

TEST(LegacyAgent, ADayWithoutLoginsTakesExactlyWhatTheTimersSay) {
    AgentRun run(persona(Family::kLegacyC));
    run.start(kRunStart, object(R"({"eventPriorityLogin":{"value":"Off"}})").c_str());
    std::vector<Duration> instants;
    for (const SentMessage& message : run.until(kRunStart + 24h)) {
        instants.push_back(message.at - kRunStart);
    }
    const Duration second_round = 112 * 7min;  // The first firing after 13 hours.
    EXPECT_EQ(instants, (std::vector<Duration>{7min, 5h, 10h, second_round, 15h, 20h}));
}

TEST(LegacyAgent, InCTheFirstMessageComesAfterSevenMinutes) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    const auto messages = run.until(kRunStart + 24h);
    ASSERT_GE(messages.size(), 2u);
    EXPECT_EQ(messages[0].at, kRunStart + 7min);
    EXPECT_EQ(messages[0].part.priority, SendPriority::kHigh);
    // The snapshots taken at the start, those of the low queue as padding, and its own statistics.
    const auto first = agent::names_of(messages[0]);
    for (const char* name :
         {"ListeningPorts", "LocalUsers", "SystemInformation", "OSBaseline",
          "FirewallConfiguration", "DroppedEventsStatistics", "MessageStatistics"}) {
        EXPECT_EQ(first.at(name), 1) << name;
    }
    const auto low = std::ranges::find_if(messages, [](const SentMessage& message) {
        return message.part.priority == SendPriority::kLow;
    });
    ASSERT_NE(low, messages.end());
    EXPECT_EQ(low->at, kRunStart + 5h);
}

TEST(LegacyAgent, InCsTheFirstMessageLeavesInTheFirstTurn) {
    AgentRun run(persona(Family::kLegacyCs));
    run.start();
    const auto messages = run.until(kRunStart + 24h);
    ASSERT_FALSE(messages.empty());
    EXPECT_EQ(messages[0].at, kRunStart);
    EXPECT_TRUE(agent::names_of(messages[0]).contains("ConnectedHardware"));
    for (const SentMessage& message : messages) {  // Its sender looks every two minutes.
        EXPECT_EQ((message.at - kRunStart) % 2min, Duration{});
    }
    EXPECT_TRUE(names_of(messages).contains("ProcessTerminate"));
}

TEST(LegacyAgent, SnapshotsComeAtTheStartAndAfterEachPeriod) {
    AgentRun run(persona(Family::kLegacyC));
    run.start(kRunStart, object(R"({"snapshotFrequency":{"value":"PT2H"}})").c_str());
    const auto names = names_of(run.until(kRunStart + 10h));
    EXPECT_EQ(names.at("LocalUsers"), 5);  // At 0, 2, 4, 6 and 8 hours.
    EXPECT_FALSE(names.contains("ConnectedHardware"));
    EXPECT_FALSE(names.contains("ProcessTerminate"));
}

TEST(LegacyAgent, EventsAreAggregatedUnlessTheTwinSaysOtherwise) {
    const auto processes = [](const std::string& inside) {
        AgentRun run(persona(Family::kLegacyC));
        run.start(kRunStart, object(inside).c_str());
        return names_of(run.until(kRunStart + 24h)).at("ProcessCreate");
    };
    const int hourly = processes("{}");
    EXPECT_GT(processes(R"({"aggregationEnabledProcessCreate":{"value":false}})"), hourly);
    EXPECT_LT(processes(R"({"aggregationIntervalProcessCreate":{"value":"PT5H"}})"), hourly);
}

TEST(LegacyAgent, WhatIsOffIsNotSent) {
    AgentRun run(persona(Family::kLegacyC));
    run.start(kRunStart, object(R"({"eventPriorityProcessCreate":{"value":"Off"},
        "eventPriorityOperational":{"value":"Off"},"eventPriorityOSBaseline":{"value":"off"}})")
                             .c_str());
    const auto names = names_of(run.until(kRunStart + 24h));
    EXPECT_FALSE(names.contains("ProcessCreate"));
    EXPECT_FALSE(names.contains("OSBaseline"));
    EXPECT_FALSE(names.contains("MessageStatistics"));
    EXPECT_TRUE(names.contains("ConnectionCreate"));
}

TEST(LegacyAgent, PrioritiesChooseTheQueue) {
    AgentRun run(persona(Family::kLegacyC));
    run.start(kRunStart, object(R"({"eventPriorityProcessCreate":{"value":"High"}})").c_str());
    const auto messages = run.until(kRunStart + 3h);
    // Aggregated each hour, and sent when the seven minutes after it are over.
    ASSERT_GE(messages.size(), 3u);
    EXPECT_EQ(messages[1].at, kRunStart + 63min);
    EXPECT_TRUE(agent::names_of(messages[1]).contains("ProcessCreate"));
}

TEST(LegacyAgent, MoreThanAMessageHoldsIsSentAtOnceAndInTurn) {
    AgentRun run(persona(Family::kLegacyC));
    run.start(kRunStart, object(R"({"maxMessageSizeInBytes":{"value":8192},
        "aggregationEnabledProcessCreate":{"value":false}})")
                             .c_str());
    const auto messages = run.until(kRunStart + 24h);
    EXPECT_GT(messages.size(), 12u);
    for (const SentMessage& message : messages) {
        expect_accepted(run.persona(), message);
        const auto events = agent::events_of(message);
        EXPECT_TRUE(message.body.size() <= 8'192 || events.size() == 1) << message.body.size();
    }
    EXPECT_EQ(messages[0].at, kRunStart + 1s);  // The snapshots alone are more.
    run.agent.link_lost(kRunStart + 24h);
    run.agent.link_ready(kRunStart + 40h + 500ms);
    const auto rest = run.until(kRunStart + 40h + 10s);
    ASSERT_GT(rest.size(), 3u);
    EXPECT_EQ(rest[0].at, kRunStart + 40h + 1s);
    for (std::size_t i = 1; i < 3; ++i) {  // And one of the low timer, which ran out meanwhile.
        EXPECT_EQ(rest[i + 1].at, rest[0].at + i * 1s);
    }
    EXPECT_EQ(run.agent.events_dropped(), 0u);
}

// The statistics that were told, and what the agent counted.
struct Told {
    std::uint64_t collected = 0;
    std::uint64_t dropped = 0;
    std::uint64_t sent = 0;
};

Told told_by(const std::vector<SentMessage>& messages) {
    Told told;
    for (const SentMessage& message : messages) {
        for (const boost::json::value& event : agent::events_of(message)) {
            for (const boost::json::value& item : event.at("Payload").as_array()) {
                if (event.at("Name").as_string() == "DroppedEventsStatistics") {
                    told.collected += item.at("CollectedEvents").to_number<std::uint64_t>();
                    told.dropped += item.at("DroppedEvents").to_number<std::uint64_t>();
                } else if (event.at("Name").as_string() == "MessageStatistics") {
                    told.sent += item.at("MessagesSent").to_number<std::uint64_t>();
                }
            }
        }
    }
    return told;
}

TEST(LegacyAgent, AFullCacheDropsAndCountsIt) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        AgentRun run(persona(family));
        run.start(kRunStart, object(R"({"maxLocalCacheSizeInBytes":{"value":40000},
            "maxMessageSizeInBytes":{"value":32768}})")
                                 .c_str());
        auto messages = run.until(kRunStart + 2h);
        run.agent.link_lost(kRunStart + 2h);
        EXPECT_EQ(run.agent.next_send(), std::nullopt);
        run.agent.link_ready(kRunStart + 50h);
        ASSERT_TRUE(run.agent.next_send());
        const auto rest = run.until(kRunStart + 52h);
        ASSERT_FALSE(rest.empty());
        for (const SentMessage& message : rest) {
            expect_accepted(run.persona(), message);
        }
        EXPECT_GT(run.agent.events_dropped(), 50u);
        // Newest first to go in C, oldest in C#.
        std::string oldest = "3000";
        for (const boost::json::value& event : agent::events_of(rest[0])) {
            if (event.at("Name").as_string() == "ProcessCreate") {
                oldest = std::min(oldest, std::string(event.at("TimestampUTC").as_string()));
            }
        }
        if (family == Family::kLegacyC) {
            EXPECT_LT(oldest, "2026-01-01T06");
        } else {
            EXPECT_GT(oldest, "2026-01-02T06");
        }
        const auto later = run.until(kRunStart + 80h);
        messages.insert(messages.end(), rest.begin(), rest.end());
        messages.insert(messages.end(), later.begin(), later.end());
        const Told told = told_by(messages);
        EXPECT_EQ(told.dropped, run.agent.events_dropped());
        // All that was collected was dropped or sent, but for what was collected since.
        std::uint64_t sent = 0;
        for (const SentMessage& message : messages) {
            for (const auto& [name, count] : agent::names_of(message)) {
                sent += name.ends_with("Statistics") ? 0u : static_cast<std::uint64_t>(count);
            }
        }
        EXPECT_GE(sent + told.dropped, told.collected);
        EXPECT_LT(sent + told.dropped, told.collected + 120);
    }
}

TEST(LegacyAgent, WaitsForALinkWithoutBuildingMessages) {
    AgentRun run(persona(Family::kLegacyC));
    static_cast<void>(run.apply("{}", kRunStart));
    run.agent.start(kRunStart);
    EXPECT_EQ(run.agent.next_send(), std::nullopt);
    EXPECT_FALSE(run.agent.patience().build_offline);
    run.agent.link_ready(kRunStart + 30min);
    const auto messages = run.until(kRunStart + 31min);
    ASSERT_EQ(messages.size(), 1u);  // The timer ran out long ago: at the next tick.
    EXPECT_EQ(messages[0].at, kRunStart + 30min + 1s);
}

// Waking it more often, for whatever reason, changes no message.
TEST(LegacyAgent, MessagesDoNotDependOnHowOftenItIsWoken) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        AgentRun seldom(persona(family));
        AgentRun often(persona(family));
        seldom.start();
        often.start();
        const auto playbook = host::find_playbook("reverse-shell");
        ASSERT_TRUE(playbook);
        std::vector<SentMessage> woken;
        for (int i = 1; i < 24 * 12; ++i) {
            const TimePoint at = kRunStart + i * 5min + 7s;
            const auto more = often.until(at);
            woken.insert(woken.end(), more.begin(), more.end());
            often.agent.play(*playbook, at + 24h * 30);  // Far ahead; but it must plan anew.
        }
        const auto plain = seldom.until(kRunStart + 24 * 12 * 5min - 5min + 7s);
        ASSERT_EQ(plain.size(), woken.size());
        for (std::size_t i = 0; i < plain.size(); ++i) {
            EXPECT_EQ(plain[i].at, woken[i].at);
            EXPECT_EQ(plain[i].body, woken[i].body);
        }
    }
}

TEST(LegacyAgent, ALoginIsSentWhenTheHighTimerFires) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    for (const SentMessage& message : run.until(kRunStart + 72h)) {
        for (const boost::json::value& event : agent::events_of(message)) {
            if (event.at("Name").as_string() != "Login") {
                continue;
            }
            EXPECT_EQ((message.at - kRunStart) % 7min == Duration{} ||
                          (message.at - kRunStart) % 5h == Duration{},
                      true);
        }
    }
}

// A busy worker hears of a configuration before it looks at its timers.
TEST(LegacyAgent, AChangeDoesNotSwallowAFiringThatIsOverdue) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    static_cast<void>(run.until(kRunStart + 7min));
    ASSERT_EQ(run.agent.next_send(), kRunStart + 7min);
    static_cast<void>(run.apply("{}", kRunStart + 7min + 300ms));
    const auto messages = run.until(kRunStart + 8min);
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].at, kRunStart + 7min + 1s);
}

TEST(LegacyAgent, APlaybookOfThePastWakesItNoEarlierThanNext) {
    AgentRun run(persona(Family::kLegacyCs));
    run.start();
    static_cast<void>(run.until(kRunStart + 5h));
    run.agent.play(0, kRunStart);
    EXPECT_GT(*run.agent.next_send(), kRunStart + 4h);
}

TEST(LegacyAgent, AWrongObjectIsIgnoredAndRaisesAnError) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    static_cast<void>(run.until(kRunStart + 1h));
    EXPECT_EQ(run.apply(object(R"({"snapshotFrequency":{"value":7}})").c_str(), kRunStart + 1h),
              std::nullopt);
    EXPECT_FALSE(run.agent.exits());
    bool raised = false;
    for (const SentMessage& message : run.until(kRunStart + 24h)) {
        expect_accepted(run.persona(), message);
        raised = raised || message.body.find("TypeMismatch") != std::string::npos;
    }
    EXPECT_TRUE(raised);
}

TEST(LegacyAgent, AWrongObjectAtTheStartEndsTheProcess) {
    AgentRun run(persona(Family::kLegacyCs));
    run.start(kRunStart, object("[]").c_str());
    EXPECT_TRUE(run.agent.exits());
    EXPECT_EQ(run.agent.next_send(), std::nullopt);
    EXPECT_TRUE(run.apply("{}", kRunStart + 1h));
    EXPECT_FALSE(run.agent.exits());
    EXPECT_TRUE(run.agent.next_send());
}

TEST(LegacyAgent, PoorChoicesRaiseErrorsAndAreReportedAsTheyAre) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    const auto reported = run.apply(object(R"({"maxMessageSizeInBytes":{"value":10001},
        "maxLocalCacheSizeInBytes":{"value":9000},
        "highPriorityMessageFrequency":{"value":"PT6H"}})")
                                        .c_str(),
                                    kRunStart + 1h);
    ASSERT_TRUE(reported);
    EXPECT_EQ(reported->at(kLegacyObjectName).at("maxMessageSizeInBytes").at("value"), 10'001);
    std::string all;
    for (const SentMessage& message : run.until(kRunStart + 24h)) {
        expect_accepted(run.persona(), message);
        all += message.body;
    }
    EXPECT_NE(all.find("NotOptimal"), std::string::npos);
    EXPECT_NE(all.find("Conflict"), std::string::npos);
    EXPECT_NE(all.find("10001"), std::string::npos);
}

TEST(LegacyAgent, APatchCanCountAsTheWholeObject) {
    const auto mirrored = [](bool quirk) {
        Persona persona = make_persona(Family::kLegacyC);
        persona.options.patch_is_whole = quirk;
        Agent agent(persona, "gw-1", 1, WallAnchor{kVirtualEpoch});
        const auto whole = boost::json::parse(object(R"({"snapshotFrequency":{"value":"PT2H"},
            "lowPriorityMessageFrequency":{"value":"PT3H"}})"))
                               .as_object();
        const auto patch =
            boost::json::parse(object(R"({"lowPriorityMessageFrequency":{"value":"PT3H"}})"))
                .as_object();
        const auto reported = agent.apply(whole, &patch, kRunStart);
        return reported->at(kLegacyObjectName).at("snapshotFrequency").at("value").as_string();
    };
    EXPECT_EQ(mirrored(false), "PT2H");
    EXPECT_EQ(mirrored(true), "PT13H");
}

TEST(LegacyAgent, HostileIntervalsNeverStopIt) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        AgentRun run(persona(family));
        run.start(kRunStart, object(R"({"snapshotFrequency":{"value":"PT0S"},
            "highPriorityMessageFrequency":{"value":"PT0.001S"},
            "aggregationIntervalProcessCreate":{"value":"PT0S"},
            "lowPriorityMessageFrequency":{"value":"P99Y"}})")
                                 .c_str());
        TimePoint before = kRunStart - 1s;
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(run.agent.next_send());
            ASSERT_GT(*run.agent.next_send(), before);
            before = *run.agent.next_send();
            run.agent.send_due(before, run.bench);
            run.bench.batch.clear();
        }
        run.agent.link_lost(before);
        run.agent.link_ready(before + 24h * 400);
        run.agent.send_due(*run.agent.next_send(), run.bench);
        EXPECT_GT(run.agent.events_dropped(), 0u);
    }
}

TEST(LegacyAgent, SpeaksAsShippedAndFlatBuffersToo) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        for (const Encoding encoding : {Encoding::kJsonAsShipped, Encoding::kFlatBuffers}) {
            Persona persona = make_persona(family);
            persona.options.encoding = encoding;
            AgentRun run(persona);
            run.start();
            const auto messages = run.until(kRunStart + 24h);
            EXPECT_GE(messages.size(), 4u);
            for (const SentMessage& message : messages) {
                expect_accepted(run.persona(), message, defender::Mode::kAsShipped);
            }
        }
    }
}

TEST(LegacyAgent, ALoadGetsExactlyOneMessageEachTime) {
    AgentRun run(persona(Family::kLegacyC));
    run.start();
    for (int i = 0; i < 50; ++i) {
        const auto messages = run.emit(kRunStart + i * 20min);
        ASSERT_EQ(messages.size(), 1u);
        expect_accepted(run.persona(), messages[0]);
    }
}

}  // namespace
}  // namespace twinstorm::agent

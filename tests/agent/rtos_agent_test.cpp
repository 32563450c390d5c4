#include "twinstorm/agent/rtos_agent.h"

#include <chrono>

#include <gtest/gtest.h>

#include "agent/agent_support.h"
#include "agent/flat_reader.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

Persona persona() {
    return make_persona(Family::kMicroRtos);
}

TEST(RtosAgent, OneMessageForEachCycleAllDay) {
    AgentRun run(persona());
    run.start();
    const TimePoint first = *run.agent.next_send();
    EXPECT_GE(first, kRunStart + 30s);
    EXPECT_LE(first, kRunStart + 89s);
    const auto messages = run.until(first + 24h);
    ASSERT_EQ(messages.size(), 8'640u);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        ASSERT_EQ(messages[i].at, first + i * 10s);
        if (i % 97 == 0) {
            expect_accepted(run.persona(), messages[i]);
        }
    }
}

using AzureIoTSecurity::Payload;

std::vector<std::pair<Payload, std::uint32_t>> payloads_of(const SentMessage& message) {
    std::vector<std::pair<Payload, std::uint32_t>> all;
    const auto read = read_flat(message.body);
    for (const auto& event : read->events) {
        all.emplace_back(event->payload.type, event->collection_interval);
    }
    return all;
}

// Its own traffic is a flow in each, and each kind of event says its interval.
TEST(RtosAgent, SystemInformationAndHeartbeatRideAlongEveryMinute) {
    AgentRun run(persona());
    run.start();
    const std::vector<std::pair<Payload, std::uint32_t>> low{{Payload::SystemInformation, 60u},
                                                             {Payload::Heartbeat, 60u},
                                                             {Payload::NetworkActivity, 10u}};
    const std::vector<std::pair<Payload, std::uint32_t>> high{{Payload::NetworkActivity, 10u}};
    const auto messages = run.until(kRunStart + 1h);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ(payloads_of(messages[i]), i % 6 == 0 ? low : high) << i;
    }
}

TEST(RtosAgent, HasNoTwinAndNothingToFlush) {
    AgentRun run(persona());
    run.agent.link_ready(kRunStart);
    run.agent.start(kRunStart);
    EXPECT_EQ(run.apply(R"({"Process_Mode":9})", kRunStart), std::nullopt);
    EXPECT_TRUE(run.flush(kRunStart + 1h).empty());
}

TEST(RtosAgent, ThePendingMessageGivesWayToTheNext) {
    AgentRun run(persona());
    EXPECT_TRUE(run.agent.patience().only_newest);
}

TEST(RtosAgent, CollectsForFiveMinutesWithoutAConnectionThenNothing) {
    AgentRun run(persona());
    run.start();
    const TimePoint lost = *run.agent.next_send() + 1h;
    static_cast<void>(run.until(lost));
    run.agent.link_lost(lost);
    const auto pending = run.until(lost + 24h);
    EXPECT_GE(pending.size(), 30u);
    EXPECT_LE(pending.size(), 31u);
    EXPECT_EQ(run.agent.next_send(), std::nullopt);
    const TimePoint back = lost + 24h + 3s;
    run.agent.link_ready(back);
    ASSERT_TRUE(run.agent.next_send());
    EXPECT_GT(*run.agent.next_send(), back);
    EXPECT_LE(*run.agent.next_send(), back + 10s);
    // What happened meanwhile was never seen.
    EXPECT_LT(run.until(back + 11s).front().body.size(), 2'000u);
}

TEST(RtosAgent, ShortBreaksCostNothing) {
    AgentRun run(persona());
    run.start();
    const TimePoint lost = *run.agent.next_send() + 1h;
    static_cast<void>(run.until(lost));
    const auto next = run.agent.next_send();
    run.agent.link_lost(lost);
    run.agent.link_ready(lost + 5s);
    EXPECT_EQ(run.agent.next_send(), next);
}

TEST(RtosAgent, NeverConnectedItStopsAfterFiveMinutes) {
    AgentRun run(persona());
    run.agent.start(kRunStart);
    const auto messages = run.until(kRunStart + 24h);
    ASSERT_FALSE(messages.empty());
    EXPECT_LE(messages.back().at, kRunStart + 300s);
    EXPECT_EQ(run.agent.next_send(), std::nullopt);
}

TEST(RtosAgent, StatesAreTheDocumentedOnes) {
    const Persona rtos = persona();
    RtosAgent agent(rtos, "rt-1", 1, WallAnchor{kVirtualEpoch});
    EXPECT_EQ(agent.state(kRunStart), RtosAgent::State::kNotInitialized);
    agent.start(kRunStart);
    EXPECT_EQ(agent.state(kRunStart + 299s), RtosAgent::State::kPending);
    EXPECT_EQ(agent.state(kRunStart + 301s), RtosAgent::State::kSuspended);
    agent.link_ready(kRunStart + 400s);
    EXPECT_EQ(agent.state(kRunStart + 401s), RtosAgent::State::kActive);
    agent.link_lost(kRunStart + 500s);
    EXPECT_EQ(agent.state(kRunStart + 501s), RtosAgent::State::kPending);
}

TEST(RtosAgent, ALoadGetsExactlyOneMessageEachTime) {
    AgentRun run(persona());
    run.start();
    for (int i = 0; i < 50; ++i) {
        const auto messages = run.emit(kRunStart + i * 1s);
        ASSERT_EQ(messages.size(), 1u);
        expect_accepted(run.persona(), messages[0]);
    }
}

TEST(RtosAgent, SpeaksJsonToo) {
    Persona json = persona();
    json.options.encoding = Encoding::kJson;
    AgentRun run(json);
    run.start();
    for (const SentMessage& message : run.until(kRunStart + 10min)) {
        expect_accepted(run.persona(), message);
        EXPECT_GE(names_of(message).at("ConnectionCreate"), 1);
    }
}

}  // namespace
}  // namespace twinstorm::agent

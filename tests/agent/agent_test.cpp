#include "twinstorm/agent/agent.h"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "agent/agent_support.h"
#include "support/allocations.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr Family kFamilies[] = {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs,
                                Family::kMicroRtos};

std::string history(Family family, std::uint64_t seed) {
    AgentRun run(make_persona(family), seed);
    run.start(kRunStart + 3s);
    std::string all;
    const auto add = [&all](const std::vector<SentMessage>& messages) {
        for (const SentMessage& message : messages) {
            all += message.body;
        }
    };
    add(run.until(kRunStart + 3h));
    add(run.flush(kRunStart + 3h));
    static_cast<void>(run.apply(R"({"Process_MessageFrequency":"High"})", kRunStart + 3h));
    run.agent.link_lost(kRunStart + 4h);
    add(run.until(kRunStart + 6h));
    run.agent.link_ready(kRunStart + 6h + 250ms);
    add(run.until(kRunStart + 9h));
    for (int i = 0; i < 10; ++i) {
        add(run.emit(kRunStart + 9h + i * 90s));
    }
    return all;
}

TEST(Agent, SameSeedAndInstantsGiveTheSameBytes) {
    for (const Family family : kFamilies) {
        EXPECT_EQ(history(family, 1), history(family, 1)) << name(family);
        EXPECT_NE(history(family, 1), history(family, 2)) << name(family);
    }
}

TEST(Agent, DevicesOfOneSeedDiffer) {
    const auto day = [](std::string_view device_id) {
        AgentRun run(make_persona(Family::kMicroLinux), 1, device_id);
        run.start();
        std::string all;
        for (const SentMessage& message : run.until(kRunStart + 24h)) {
            all += message.body.substr(300);  // Past the envelope's own id.
        }
        return all;
    };
    EXPECT_NE(day("gw-1"), day("gw-2"));
}

// A late worker asks late, and gets what was due, one instant at a time.
TEST(Agent, LatenessChangesNothing) {
    for (const Family family : kFamilies) {
        AgentRun prompt(make_persona(family));
        AgentRun late(make_persona(family));
        prompt.start();
        late.start();
        const auto expected = prompt.until(kRunStart + 10min);
        std::vector<SentMessage> got;
        while (late.agent.next_send() && *late.agent.next_send() < kRunStart + 10min) {
            late.agent.send_due(kRunStart + 24h, late.bench);
            late.take(kRunStart, got);
        }
        ASSERT_EQ(got.size(), expected.size()) << name(family);
        for (std::size_t i = 0; i < got.size(); ++i) {
            EXPECT_EQ(got[i].body, expected[i].body);
        }
    }
}

// Both modules on one device are one computer's.
TEST(Agent, TwoAgentsOnADeviceTellOneStory) {
    const auto processes = [](Family family) {
        AgentRun run(make_persona(family));
        run.start();
        std::set<std::string> lines;
        for (const SentMessage& message : run.until(kRunStart + 24h)) {
            for (const boost::json::value& event : events_of(message)) {
                if (event.at("Name").as_string() == "ProcessCreate") {
                    lines.emplace(event.at("Payload").at(0).at("CommandLine").as_string());
                }
            }
        }
        return lines;
    };
    const auto micro = processes(Family::kMicroLinux);
    const auto legacy = processes(Family::kLegacyC);
    std::size_t shared = 0;
    for (const std::string& line : legacy) {
        shared += micro.count(line);
    }
    EXPECT_GT(shared, legacy.size() * 3 / 4);
}

TEST(Agent, AnIdleOneTakesLessThanTwoKilobytes) {
    constexpr std::size_t kAgents = 100'000;
    for (const Family family : kFamilies) {
        const Persona persona = make_persona(family);
        std::vector<Agent> agents;
        agents.reserve(kAgents);
        const std::int64_t before = support::allocated_bytes();
        for (std::size_t i = 0; i < kAgents; ++i) {
            agents.emplace_back(persona, "industrial-gateway-" + std::to_string(i), 1,
                                WallAnchor{kVirtualEpoch});
            agents.back().start(kRunStart);
        }
        const auto owned = static_cast<double>(support::allocated_bytes() - before);
        const double each = sizeof(Agent) + owned / kAgents;
        RecordProperty(std::string(name(family)) + "_bytes", std::to_string(each));
        EXPECT_LT(each, 2'048) << name(family);
        EXPECT_GT(each, 256) << name(family);  // Or nothing was measured.
    }
}

TEST(Agent, AHostileTwinKeepsItSmall) {
    boost::json::object desired;
    for (const char* key : {"HardwareVendor", "HardwareModel", "HardwareSerialNumber",
                            "FirmwareVendor", "FirmwareVersion"}) {
        desired["SystemInformation_" + std::string(key)] = std::string(kOverrideBytesMax, '"');
    }
    desired["FileSystem_Paths"] = std::string(4'000, '/');
    boost::json::object legacy;
    legacy["hubResourceId"] = {{"value", std::string(kLegacyTextBytesMax, '"')}};
    desired[kLegacyObjectName] = std::move(legacy);
    for (const Family family :
         kFamilies) {  // What all agents share is made at the first one's birth.
        const Persona persona = make_persona(family);
        Agent first(persona, "first", 1, WallAnchor{kVirtualEpoch});
        first.start(kRunStart);
        static_cast<void>(first.apply(desired, nullptr, kRunStart + 1s));
    }
    for (const Family family : kFamilies) {
        const Persona persona = make_persona(family);
        const std::int64_t before = support::allocated_bytes();
        auto agent =
            std::make_unique<Agent>(persona, std::string(128, 'x'), 1, WallAnchor{kVirtualEpoch});
        agent->start(kRunStart);
        static_cast<void>(agent->apply(desired, nullptr, kRunStart + 1s));
        EXPECT_LT(support::allocated_bytes() - before, 2'048) << name(family);
    }
}

}  // namespace
}  // namespace twinstorm::agent

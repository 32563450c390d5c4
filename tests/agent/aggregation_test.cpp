#include "agent/aggregation.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using host::FlowEvent;
using host::ProcessEvent;

std::uint16_t connection(host::Direction direction, host::Protocol protocol) {
    const auto& all = host::catalogue().connections;
    const auto found = std::ranges::find_if(all, [&](const host::Connection& one) {
        return one.direction == direction && one.protocol == protocol;
    });
    EXPECT_NE(found, all.end());
    return static_cast<std::uint16_t>(found - all.begin());
}

std::size_t entries(Family family, std::vector<ProcessEvent> events) {
    EventCache<ProcessEvent> cache;
    aggregate(family, {}, events, cache);
    return cache.size();
}

std::size_t entries(Family family, std::vector<FlowEvent> events) {
    EventCache<FlowEvent> cache;
    aggregate(family, {}, events, cache);
    return cache.size();
}

ProcessEvent process(std::uint16_t program, std::uint16_t user) {
    ProcessEvent event;
    event.program = program;
    event.user = user;
    return event;
}

FlowEvent flow(host::Direction direction) {
    FlowEvent event;
    event.connection = connection(direction, host::Protocol::kTcp);
    event.local_address = 0x0a000005;
    event.remote_address = 0xc0000201;
    event.local_port = 40'000;
    event.remote_port = 443;
    event.process_id = 12;
    return event;
}

TEST(Aggregation, ProcessesCountByCommandLineAndUser) {
    ProcessEvent other_id = process(3, 1);
    other_id.process_id = 99;
    other_id.parent_process_id = 98;
    EXPECT_EQ(entries(Family::kMicroLinux, {process(3, 1), other_id}), 1u);
    EXPECT_EQ(entries(Family::kMicroLinux, {process(3, 1), process(3, 2)}), 2u);
    EXPECT_EQ(entries(Family::kMicroLinux, {process(3, 1), process(4, 1)}), 2u);
}

TEST(Aggregation, AStartAndAnEndAreNeverEqual) {
    ProcessEvent end = process(3, 1);
    end.change = host::ProcessChange::kExit;
    ProcessEvent failure = end;
    failure.exit_status = 1;
    EXPECT_EQ(entries(Family::kMicroLinux, {process(3, 1), end, end}), 2u);
    EXPECT_EQ(entries(Family::kLegacyCs, {end, failure}), 2u);
}

TEST(Aggregation, FlowsOfTheMicroAgentCountByAddressesPortsAndProtocol) {
    const FlowEvent first = flow(host::Direction::kOut);
    FlowEvent other_process = first;
    other_process.process_id = 13;
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other_process}), 1u);
    FlowEvent other = first;
    other.local_port = 40'001;
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other}), 2u);
    other = first;
    other.remote_port = 80;
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other}), 2u);
    other = first;
    other.remote_address += 1;
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other}), 2u);
    other = first;
    other.local_address += 1;
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other}), 2u);
    other = first;
    other.connection = connection(host::Direction::kOut, host::Protocol::kUdp);
    EXPECT_EQ(entries(Family::kMicroLinux, {first, other}), 2u);
}

TEST(Aggregation, LegacyFlowsForgetThePortOfTheSideThatDoesNotListen) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        FlowEvent out = flow(host::Direction::kOut);
        FlowEvent other = out;
        other.local_port = 50'000;
        EXPECT_EQ(entries(family, {out, other}), 1u);
        other.remote_port = 80;
        EXPECT_EQ(entries(family, {out, other}), 2u);
        FlowEvent in = flow(host::Direction::kIn);
        other = in;
        other.remote_port = 50'000;
        EXPECT_EQ(entries(family, {in, other}), 1u);
        other.local_port = 80;
        EXPECT_EQ(entries(family, {in, other}), 2u);
    }
}

TEST(Aggregation, OnlyTheAgentInCSendsTheZeros) {
    EventCache<FlowEvent> flows;
    const std::vector<FlowEvent> in{flow(host::Direction::kIn)};
    aggregate(Family::kLegacyC, {}, in, flows);
    EXPECT_EQ(flows[0].event.remote_port, 0);
    EXPECT_EQ(flows[0].event.process_id, 0u);
    aggregate(Family::kLegacyCs, {}, in, flows);
    EXPECT_EQ(flows[0].event.remote_port, 443);
    EXPECT_EQ(flows[0].event.process_id, 12u);
    EventCache<ProcessEvent> processes;
    ProcessEvent event = process(1, 1);
    event.process_id = 5;
    event.parent_process_id = 4;
    aggregate(Family::kLegacyC, {}, std::vector{event}, processes);
    EXPECT_EQ(processes[0].event.process_id, 0u);
    EXPECT_EQ(processes[0].event.parent_process_id, 0u);
}

TEST(Aggregation, FilesCountByPathAndChange) {
    host::FileEvent file;
    file.path = 3;
    host::FileEvent deleted = file;
    deleted.change = host::FileChange::kDeleted;
    EventCache<host::FileEvent> cache;
    aggregate({}, std::vector{file, deleted, file}, cache);
    ASSERT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache[0].hit_count, 2u);
}

}  // namespace
}  // namespace twinstorm::agent

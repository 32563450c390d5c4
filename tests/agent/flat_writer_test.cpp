#include "agent/flat_writer.h"

#include <algorithm>
#include <set>

#include "agent/flat_reader.h"
#include "agent/writer_fixture.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;
namespace schema = AzureIoTSecurity;

constexpr WallAnchor kGoldenAnchor{WallTime{std::chrono::seconds{1'700'000'000}}};

class FlatWriterTest : public WriterFixture {
protected:
    template <class Write>
    void write_flat(Write write_all, Family family = Family::kMicroLinux) {
        write(Encoding::kFlatBuffers, family, write_all);
        EXPECT_EQ(complaint(), "");
    }
    [[nodiscard]] std::unique_ptr<schema::MessageT> message(std::size_t part = 0) const {
        return read_flat(batch.body(batch.parts.at(part)));
    }
    [[nodiscard]] static std::uint16_t tcp_connection() {
        const auto& all = host::catalogue().connections;
        const auto found =
            std::ranges::find(all, host::Protocol::kTcp, &host::Connection::protocol);
        return static_cast<std::uint16_t>(found - all.begin());
    }
};

TEST_F(FlatWriterTest, AnRtosFlowIsTheGoldenOneButForItsId) {
    Sender rtos = sender(Encoding::kFlatBuffers, Family::kMicroRtos);
    rtos.anchor = kGoldenAnchor;
    rtos.collection_interval_s = 10;
    Kept<host::FlowEvent> entry = flow(tcp_connection());
    entry.event.local_address = 0x0a000005;
    entry.event.remote_address = 0x08080808;
    entry.event.remote_port = 443;
    entry.event.bytes_in = 1000;
    entry.event.bytes_out = 500;
    write(rtos, [&](MessageWriter& writer) {
        writer.begin_flows(kRunStart);
        EXPECT_TRUE(writer.add(entry));
        writer.end_flows();
    });
    const std::string golden = from_hex(kGoldenFlow);
    EXPECT_NE(batch.bytes, golden);
    EXPECT_EQ(with_golden_id(batch.bytes), golden);
    EXPECT_EQ(flat_text(with_golden_id(batch.bytes)), flat_text(golden));
}

TEST_F(FlatWriterTest, AnRtosHeartbeatIsTheGoldenOneButForItsId) {
    Sender rtos = sender(Encoding::kFlatBuffers, Family::kMicroRtos);
    rtos.anchor = kGoldenAnchor;
    write(rtos, [](MessageWriter& writer) { EXPECT_TRUE(writer.add_heartbeat(kRunStart)); });
    EXPECT_EQ(with_golden_id(batch.bytes), from_hex(kGoldenHeartbeat));
}

// 220 bytes with a heartbeat beside it, as measured with the original's builder.
TEST_F(FlatWriterTest, RtosSystemInformationIsItsNameOnly) {
    write_flat(
        [](MessageWriter& writer) {
            EXPECT_TRUE(writer.add_system_information(kRunStart, {}));
            EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        },
        Family::kMicroRtos);
    const auto read = message();
    ASSERT_EQ(read->events.size(), 2U);
    const auto* const system = read->events[0]->payload.AsSystemInformation();
    ASSERT_NE(system, nullptr);
    EXPECT_EQ(system->os_info, "Azure RTOS 6.2");
    EXPECT_EQ(system->kernel_info, "");
    EXPECT_EQ(system->hw_info, "");
    EXPECT_NEAR(static_cast<double>(batch.bytes.size()), 220, 8);
}

TEST_F(FlatWriterTest, IdsOfSnapshotsCountBothWordsUp) {
    write_flat([](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
    });
    const auto read = message();
    const auto word = [&](std::size_t event, std::uint16_t half) {
        std::uint64_t value = 0;
        for (std::uint16_t i = 0; i < 8; ++i) {
            const std::uint64_t byte =
                read->events[event]->id->value()->Get(static_cast<std::uint16_t>(8 * half + i));
            value |= byte << 8 * i;
        }
        return value;
    };
    EXPECT_EQ(word(1, 0), word(0, 0) + 1);
    EXPECT_EQ(word(1, 1), word(0, 1) + 1);
}

TEST_F(FlatWriterTest, EveryProcessReadsBack) {
    write_flat([&](MessageWriter& writer) {
        for (const std::uint16_t program : all(catalogue.programs)) {
            const auto user = static_cast<std::uint16_t>(program % catalogue.users.size());
            Kept<host::ProcessEvent> entry = process(program, user);
            entry.event.change = static_cast<host::ProcessChange>(program % 3);
            EXPECT_TRUE(writer.add(entry));
        }
    });
    const auto read = message();
    EXPECT_EQ(read->security_module_id, "defender-iot-micro-agent");
    EXPECT_EQ(read->security_module_version, 0x04060002U);
    ASSERT_EQ(read->events.size(), catalogue.programs.size());
    EXPECT_EQ(batch.parts[0].events, catalogue.programs.size());
    for (std::size_t i = 0; i < read->events.size(); ++i) {
        const auto* const told = read->events[i]->payload.AsProcess();
        ASSERT_NE(told, nullptr);
        const host::User& user = catalogue.users[i % catalogue.users.size()];
        EXPECT_EQ(told->executable, catalogue.programs[i].executable);
        EXPECT_EQ(told->commandline, catalogue.programs[i].command_line);
        EXPECT_EQ(told->user_name, user.name);
        EXPECT_EQ(std::to_string(told->user_id), user.id.empty() ? "0" : user.id);
        EXPECT_EQ(told->process_id, kWord);
        EXPECT_EQ(told->parent_process_id, kWord - 1);
        EXPECT_EQ(told->hit_count, 3U);
        EXPECT_EQ(static_cast<std::size_t>(told->event_type), i % 3);
        EXPECT_EQ(read->events[i]->time, 1'767'225'605U);
        EXPECT_EQ(read->events[i]->collection_interval, 60U);
    }
}

TEST_F(FlatWriterTest, FlowsOfOneCollectionAreOneEventAndSaturate) {
    write_flat([&](MessageWriter& writer) {
        writer.begin_flows(kRunStart + 9s);
        for (const std::uint16_t connection : all(catalogue.connections)) {
            EXPECT_TRUE(writer.add(flow(connection)));
            EXPECT_TRUE(writer.add(process()));  // Between them: an event of its own.
        }
        writer.end_flows();
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
    });
    const auto read = message();
    ASSERT_EQ(read->events.size(), catalogue.connections.size() + 2);
    EXPECT_EQ(batch.parts[0].events, 2 * catalogue.connections.size() + 1);
    const auto& event = *read->events[catalogue.connections.size()];
    const auto* const flows = event.payload.AsNetworkActivity();
    ASSERT_NE(flows, nullptr);
    EXPECT_EQ(event.time, 1'767'225'609U);
    ASSERT_EQ(flows->ipv4_activity.size(), catalogue.connections.size());
    for (std::size_t i = 0; i < flows->ipv4_activity.size(); ++i) {
        const host::Connection& connection = catalogue.connections[i];
        const auto& common = *flows->ipv4_activity[i]->common;
        EXPECT_EQ(common.bytes_in, kWord);
        EXPECT_EQ(common.process_id, kPort);
        EXPECT_EQ(common.remote_port, kPort);
        EXPECT_EQ(common.local_port, 40'000);
        EXPECT_EQ(common.executable, catalogue.programs[connection.program].executable);
        EXPECT_EQ(common.commandline, catalogue.programs[connection.program].command_line);
        EXPECT_EQ(std::to_string(common.user_id), catalogue.users[connection.user].id);
        EXPECT_EQ(static_cast<int>(common.protocol), static_cast<int>(connection.protocol));
        EXPECT_EQ(flows->ipv4_activity[i]->addresses->remote_address(), 0xfe7100cbU);
    }
}

TEST_F(FlatWriterTest, NoFlowsNoEvent) {
    batch.clear();
    MessageWriter writer(batch, sender(Encoding::kFlatBuffers), SendPriority::kLow);
    writer.begin_flows(kRunStart);
    writer.end_flows();
    EXPECT_EQ(writer.bytes(), 0U);
    writer.finish();
    EXPECT_TRUE(batch.parts.empty());
}

TEST_F(FlatWriterTest, LinesOfTheLogAreOneEvent) {
    write_flat([&](MessageWriter& writer) {
        for (const std::uint16_t text : all(catalogue.log_lines)) {
            EXPECT_TRUE(writer.add(host::LogEvent{.at = kRunStart + 1s * text,
                                                  .id = text,
                                                  .text = text,
                                                  .level = host::LogLevel::kDebug}));
        }
    });
    const auto read = message();
    ASSERT_EQ(read->events.size(), 1U);
    const auto* const log = read->events[0]->payload.AsLog();
    ASSERT_NE(log, nullptr);
    ASSERT_EQ(log->logs.size(), catalogue.log_lines.size());
    for (std::size_t i = 0; i < log->logs.size(); ++i) {
        EXPECT_EQ(log->logs[i]->message, catalogue.log_lines[i].message);
        EXPECT_EQ(log->logs[i]->filename, catalogue.log_lines[i].file);
        EXPECT_EQ(log->logs[i]->line, catalogue.log_lines[i].line);
        EXPECT_EQ(log->logs[i]->level, schema::Level::DEBUG);
        EXPECT_EQ(log->logs[i]->timestamp, 1'767'225'600U + i);
    }
    EXPECT_EQ(read->events[0]->time, log->logs.back()->timestamp);
}

TEST_F(FlatWriterTest, SnapshotsReadBack) {
    write_flat([&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_system_information(
            kRunStart, {.hardware_vendor = "Contoso", .hardware_model = std::string_view("EV-1")}));
        EXPECT_TRUE(writer.add_baseline(kRunStart, findings()));
        EXPECT_TRUE(writer.add_listening_ports(kRunStart, all(catalogue.listening_ports)));
    });
    const auto read = message();
    ASSERT_EQ(read->events.size(), 3U);
    const host::OperatingSystem& system =
        catalogue.operating_systems[host.profile().operating_system];
    const auto* const told = read->events[0]->payload.AsSystemInformation();
    EXPECT_EQ(told->os_info, system.name + " " + system.version);
    EXPECT_EQ(told->kernel_info, system.kernel);
    EXPECT_EQ(told->hw_info, "Contoso EV-1");

    const auto& checks = read->events[1]->payload.AsBaseline()->baseline_checks;
    ASSERT_EQ(checks.size(), catalogue.checks.size());
    EXPECT_EQ(checks[1]->result, schema::Result::FAIL);
    EXPECT_EQ(checks[2]->result, schema::Result::ERROR);
    EXPECT_EQ(checks[2]->error, "skipped");
    EXPECT_EQ(checks[1]->description, catalogue.checks[1].description);
    EXPECT_EQ(checks[1]->remediation, catalogue.checks[1].remediation);
    EXPECT_TRUE(checks[1]->id.starts_with(system.cis_prefix)) << checks[1]->id;

    const auto& ports = read->events[2]->payload.AsListeningPorts()->ipv4_ports;
    ASSERT_EQ(ports.size(), catalogue.listening_ports.size());
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const host::ListeningPort& port = catalogue.listening_ports[i];
        EXPECT_EQ(ports[i].common().local_port(), port.port);
        EXPECT_EQ(ports[i].local_address(), port.loopback_only ? 0x0100007fU : 0U);
    }
}

TEST_F(FlatWriterTest, WhatNoPublicTableHoldsIsRefused) {
    batch.clear();
    MessageWriter writer(batch, sender(Encoding::kFlatBuffers), SendPriority::kLow);
    const QueueStatistics queues[] = {{}};
    const CollectorStatistics rows[] = {{}};
    EXPECT_FALSE(writer.add(login(host::LoginOperation::kLogin)));
    EXPECT_FALSE(writer.add(Kept<host::FileEvent>{}));
    EXPECT_FALSE(writer.add(Kept<host::PeripheralEvent>{}));
    EXPECT_FALSE(writer.add_packages(kRunStart, all(catalogue.packages)));
    EXPECT_FALSE(writer.add_users(kRunStart, all(catalogue.users)));
    EXPECT_FALSE(writer.add_firewall(kRunStart, all(catalogue.firewall_rules)));
    EXPECT_FALSE(writer.add_hardware(kRunStart, all(catalogue.hardware)));
    EXPECT_FALSE(writer.add(kRunStart, queues));
    EXPECT_FALSE(writer.add(kRunStart, rows));
    EXPECT_FALSE(writer.add(kRunStart, MessageStatistics{}));
    EXPECT_FALSE(writer.add(kRunStart, ConfigurationMistake{}));
    writer.finish();
    EXPECT_TRUE(batch.parts.empty());
}

TEST_F(FlatWriterTest, FullMessagesAreEndedAndNothingIsLost) {
    Sender small = sender(Encoding::kFlatBuffers);
    small.bytes_max = 2000;
    write(small, [&](MessageWriter& writer) {
        writer.begin_flows(kRunStart);
        for (const std::uint16_t connection : all(catalogue.connections)) {
            EXPECT_TRUE(writer.add(flow(connection)));
            EXPECT_TRUE(writer.add(process()));
        }
        writer.end_flows();
        EXPECT_TRUE(writer.add_baseline(kRunStart, findings()));
    });
    EXPECT_EQ(complaint(), "");
    ASSERT_GT(batch.parts.size(), 5U);
    std::size_t flows = 0;
    std::size_t processes = 0;
    std::size_t checks = 0;
    std::size_t entries = 0;
    for (std::size_t part = 0; part < batch.parts.size(); ++part) {
        EXPECT_LE(batch.body(batch.parts[part]).size(), small.bytes_max);
        entries += batch.parts[part].events;
        const auto read = message(part);
        for (const auto& event : read->events) {
            if (const auto* const all_flows = event->payload.AsNetworkActivity()) {
                flows += all_flows->ipv4_activity.size();
            } else if (const auto* const baseline = event->payload.AsBaseline()) {
                checks += baseline->baseline_checks.size();
            } else {
                ++processes;
            }
        }
    }
    EXPECT_EQ(flows, catalogue.connections.size());
    EXPECT_EQ(processes, catalogue.connections.size());
    EXPECT_EQ(checks, catalogue.checks.size());
    EXPECT_GT(entries, flows + processes);
}

}  // namespace
}  // namespace twinstorm::agent

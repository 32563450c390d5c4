// What JsonWriter says of a device's state: sim/agent/json_snapshots.cpp.

#include "agent/writer_fixture.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

class JsonSnapshotsTest : public WriterFixture {
protected:
    template <class Write>
    void write_strict(Write write_all, Family family = Family::kMicroLinux) {
        write(Encoding::kJson, family, write_all);
        EXPECT_EQ(complaint(), "");
    }
    void write_everything(MessageWriter& writer) const {
        const QueueStatistics queues[] = {{true, kBig / 2, 0}, {false, 7, 3}};
        EXPECT_TRUE(writer.add_system_information(kRunStart, {}));
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        EXPECT_TRUE(writer.add_baseline(kRunStart, findings()));
        EXPECT_TRUE(writer.add_listening_ports(kRunStart, all(catalogue.listening_ports)));
        EXPECT_TRUE(writer.add_users(kRunStart, all(catalogue.users)));
        EXPECT_TRUE(writer.add_firewall(kRunStart, all(catalogue.firewall_rules)));
        EXPECT_TRUE(writer.add_hardware(kRunStart, all(catalogue.hardware)));
        EXPECT_TRUE(writer.add(kRunStart, queues));
        EXPECT_TRUE(writer.add(kRunStart, MessageStatistics{9, 4, 1}));
        EXPECT_TRUE(writer.add(kRunStart, ConfigurationMistake{"TwinConfiguration", "TypeMismatch",
                                                               "{\"a\":1}", "no\tduration"}));
    }
};

TEST_F(JsonSnapshotsTest, AHeartbeatIsAnEmptySystemInformation) {
    write_strict([](MessageWriter& writer) { EXPECT_TRUE(writer.add_heartbeat(kRunStart + 5s)); });
    EXPECT_EQ(event().at("Name"), "SystemInformation");
    EXPECT_EQ(event().at("Category"), "Periodic");
    EXPECT_EQ(event().at("IsEmpty"), true);
    EXPECT_TRUE(event().at("Payload").as_array().empty());
    EXPECT_EQ(event().at("TimestampUTC"), "2026-01-01T00:00:05Z");
}

TEST_F(JsonSnapshotsTest, EverySnapshotIsValidForEveryFamily) {
    for (const Family family :
         {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs, Family::kMicroRtos}) {
        write_strict([&](MessageWriter& writer) { write_everything(writer); }, family);
        ASSERT_EQ(batch.parts.size(), 1U);
        EXPECT_EQ(batch.parts[0].events, 10U);
    }
}

TEST_F(JsonSnapshotsTest, SystemInformationIsThisMachines) {
    write_strict(
        [](MessageWriter& writer) { EXPECT_TRUE(writer.add_system_information(kRunStart, {})); });
    const host::Profile& profile = host.profile();
    const host::Machine& machine = catalogue.machines[profile.machine];
    EXPECT_EQ(text(item().at("OSName")),
              catalogue.operating_systems[profile.operating_system].name);
    EXPECT_EQ(text(item().at("HostName")), profile.host_name);
    EXPECT_EQ(text(item().at("BIOSVersion")), machine.firmware_version);
    EXPECT_EQ(item().at("TotalPhysicalMemoryInKB"), machine.memory_kb);
    EXPECT_LE(item().at("FreePhysicalMemoryInKB").as_int64(),
              item().at("TotalPhysicalMemoryInKB").as_int64());
    const boost::json::value details = item().at("ExtraDetails");
    EXPECT_EQ(details.at("AgentVersion"), "4.6.2");
    EXPECT_EQ(text(details.at("HardwareModel")), machine.hardware_model);
    EXPECT_EQ(text(details.at("HardwareSerialNumber")), std::to_string(profile.serial_number));
    EXPECT_EQ(details.at("NicMac").as_string().size(), 17U);
}

TEST_F(JsonSnapshotsTest, TheTwinOverridesTheMachine) {
    const SystemInformationFacts facts{.hardware_vendor = "Con\"toso\n\\",
                                       .hardware_model = "EV-1",
                                       .hardware_serial_number = "000017",
                                       .firmware_vendor = "Contoso",
                                       .firmware_version = "1.4.2"};
    write_strict([&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_system_information(kRunStart, facts));
    });
    const boost::json::value details = item().at("ExtraDetails");
    EXPECT_EQ(details.at("HardwareVendor"), "Con\"toso\n\\");
    EXPECT_EQ(details.at("HardwareModel"), "EV-1");
    EXPECT_EQ(details.at("HardwareSerialNumber"), "000017");
    EXPECT_EQ(details.at("FirmwareVendor"), "Contoso");
    EXPECT_EQ(details.at("FirmwareVersion"), "1.4.2");
    EXPECT_EQ(item().at("BIOSVersion"), "1.4.2");
}

TEST_F(JsonSnapshotsTest, HugeTextsOfATwinAreCutBetweenCharacters) {
    std::string huge = "x";
    while (huge.size() < 100'000) {
        huge += "é";
    }
    const SystemInformationFacts facts{.hardware_vendor = huge};
    write_strict([&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_system_information(kRunStart, facts));
    });
    EXPECT_EQ(item().at("ExtraDetails").at("HardwareVendor").as_string().size(), 4095U);
}

TEST_F(JsonSnapshotsTest, ABaselineTellsEveryCheck) {
    const auto checks = findings();
    write_strict(
        [&](MessageWriter& writer) { EXPECT_TRUE(writer.add_baseline(kRunStart, checks)); });
    const boost::json::value whole = event();
    const boost::json::array& payload = whole.at("Payload").as_array();
    ASSERT_EQ(payload.size(), checks.size());
    EXPECT_EQ(payload[0].at("Result"), "Pass");
    EXPECT_EQ(payload[1].at("Result"), "Fail");
    EXPECT_EQ(payload[2].at("Result"), "Err");
    EXPECT_EQ(payload[2].at("Error"), "skipped");
    EXPECT_EQ(payload[3].at("Result"), "Err");
    EXPECT_EQ(text(payload[0].at("ExtraDetails").at("Remediation")),
              catalogue.checks[0].remediation);
}

TEST_F(JsonSnapshotsTest, TheLegacyCAgentLeavesPassedChecksOut) {
    const host::CheckFinding checks[] = {{0, host::CheckResult::kPass},
                                         {1, host::CheckResult::kFail},
                                         {2, host::CheckResult::kPass}};
    write_strict(
        [&](MessageWriter& writer) { EXPECT_TRUE(writer.add_baseline(kRunStart, checks)); },
        Family::kLegacyC);
    ASSERT_EQ(event().at("Payload").as_array().size(), 1U);
    EXPECT_EQ(text(item().at("Description")), catalogue.checks[1].description);
    EXPECT_FALSE(item().as_object().contains("ExtraDetails"));
}

TEST_F(JsonSnapshotsTest, ASnapshotOfNothingSaysSo) {
    const host::CheckFinding passed[] = {{0, host::CheckResult::kPass}};
    write_strict(
        [&](MessageWriter& writer) {
            EXPECT_TRUE(writer.add_firewall(kRunStart, {}));
            EXPECT_TRUE(writer.add_baseline(kRunStart, passed));
        },
        Family::kLegacyC);
    EXPECT_EQ(event(0).at("IsEmpty"), true);
    EXPECT_EQ(event(1).at("IsEmpty"), true);
    EXPECT_EQ(batch.parts.at(0).events, 2U);
}

TEST_F(JsonSnapshotsTest, PortsUsersRulesAndHardwareAreTheCatalogues) {
    write_strict([&](MessageWriter& writer) { write_everything(writer); });
    EXPECT_EQ(text(item(3).at("LocalPort")), std::to_string(catalogue.listening_ports[0].port));
    EXPECT_EQ(text(item(3).at("ExtraDetails").at("Pid")),
              std::to_string(host.process_id_of(catalogue.listening_ports[0].program)));
    EXPECT_EQ(text(item(4).at("UserName")), catalogue.users[0].name);
    EXPECT_EQ(text(item(4).at("GroupNames")), catalogue.users[0].group_names);
    EXPECT_EQ(text(item(5).at("ChainName")), catalogue.firewall_rules[0].chain);
    EXPECT_EQ(text(item(6).at("HardwareName")), catalogue.hardware[0].name);
    EXPECT_EQ(event(7).at("EventType"), "Operational");
    EXPECT_EQ(item(7).at("Queue"), "High");
    EXPECT_EQ(event(7).at("Payload").at(1).at("DroppedEvents"), 3);
    EXPECT_EQ(item(8).at("MessagesUnder4KB"), 4);
    EXPECT_EQ(event(9).at("Category"), "Triggered");
    EXPECT_EQ(item(9).at("UsedConfiguration"), "{\"a\":1}");
    EXPECT_EQ(item(9).at("Message"), "no\tduration");
}

TEST_F(JsonSnapshotsTest, TheSchemaHasNoPlaceForPackagesAndCollectors) {
    const CollectorStatistics rows[] = {{"Process", "sent", 9}};
    for (const Encoding encoding : {Encoding::kJson, Encoding::kJsonAsShipped}) {
        write(encoding, Family::kMicroLinux, [&](MessageWriter& writer) {
            EXPECT_FALSE(writer.add_packages(kRunStart, all(catalogue.packages)));
            EXPECT_FALSE(writer.add(kRunStart, rows));
        });
        EXPECT_TRUE(batch.parts.empty());
    }
}

}  // namespace
}  // namespace twinstorm::agent

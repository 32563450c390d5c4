#include "agent/json_writer.h"

#include <algorithm>
#include <set>

#include "agent/writer_fixture.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

class JsonWriterTest : public WriterFixture {
protected:
    template <class Write>
    void write_strict(Write write_all) {
        write(Encoding::kJson, Family::kMicroLinux, write_all);
    }
};

TEST_F(JsonWriterTest, EveryProcessOfEveryUserIsValid) {
    for (const Family family : {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs,
                                Family::kMicroRtos, Family::kTemplate}) {
        write(Encoding::kJson, family, [&](MessageWriter& writer) {
            for (std::uint16_t program = 0; program < catalogue.programs.size(); ++program) {
                const auto user = static_cast<std::uint16_t>(program % catalogue.users.size());
                Kept<host::ProcessEvent> entry = process(program, user);
                for (const auto change : {host::ProcessChange::kFork, host::ProcessChange::kExec,
                                          host::ProcessChange::kExit}) {
                    entry.event.change = change;
                    entry.aggregated = !entry.aggregated;
                    EXPECT_TRUE(writer.add(entry));
                }
            }
        });
        EXPECT_EQ(complaint(), "") << static_cast<int>(family);
    }
}

TEST_F(JsonWriterTest, AProcessTellsWhatTheMicroAgentSaw) {
    write_strict([](MessageWriter& writer) { EXPECT_TRUE(writer.add(process(3, 1))); });
    EXPECT_EQ(event().at("Name"), "ProcessCreate");
    EXPECT_EQ(event().at("Category"), "Triggered");
    EXPECT_EQ(event().at("TimestampUTC"), "2026-01-01T00:00:05Z");
    EXPECT_EQ(event().at("TimestampLocal"), "2025-12-31T16:00:05-08:00");
    EXPECT_EQ(text(item().at("Executable")), catalogue.programs[3].executable);
    EXPECT_EQ(text(item().at("CommandLine")), catalogue.programs[3].command_line);
    EXPECT_EQ(text(item().at("UserId")), catalogue.users[1].id);
    EXPECT_EQ(text(item().at("UserName")), catalogue.users[1].name);
    EXPECT_EQ(item().at("ProcessId"), kWord);
    EXPECT_EQ(item().at("ParentProcessId"), kWord - 1);
    const boost::json::value details = item().at("ExtraDetails");
    EXPECT_EQ(details.at("EventType"), "EXEC");
    EXPECT_EQ(details.at("HitCount"), "3");
    EXPECT_EQ(details.at("StartTimeUtc"), "2026-01-01T00:00:05Z");
    EXPECT_EQ(details.at("StartTimeLocal"), "2025-12-31T16:00:05-08:00");
    EXPECT_EQ(details.at("EndTimeUtc"), "2026-01-01T01:00:00Z");
    EXPECT_EQ(details.at("EndTimeLocal"), "2025-12-31T17:00:00-08:00");
}

TEST_F(JsonWriterTest, AnEndedProcessTellsItsStatus) {
    Kept<host::ProcessEvent> entry = process(2, 1);
    entry.event.change = host::ProcessChange::kExit;
    entry.event.exit_status = 137;
    entry.aggregated = false;
    write_strict([&](MessageWriter& writer) { EXPECT_TRUE(writer.add(entry)); });
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(event().at("Name"), "ProcessTerminate");
    EXPECT_EQ(item().at("ExitStatus"), 137);
    EXPECT_EQ(text(item().at("ExtraDetails").at("CommandLine")),
              catalogue.programs[2].command_line);
    EXPECT_FALSE(item().at("ExtraDetails").as_object().contains("HitCount"));
}

TEST_F(JsonWriterTest, EveryConnectionIsValid) {
    for (const Family family :
         {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs, Family::kMicroRtos}) {
        write(Encoding::kJson, family, [&](MessageWriter& writer) {
            for (std::uint16_t i = 0; i < catalogue.connections.size(); ++i) {
                Kept<host::FlowEvent> entry = flow(i);
                entry.event.domain = static_cast<std::uint16_t>(i % catalogue.domains.size());
                entry.aggregated = i % 3 != 0;
                EXPECT_TRUE(writer.add(entry));
            }
        });
        EXPECT_EQ(complaint(), "") << static_cast<int>(family);
    }
}

TEST_F(JsonWriterTest, AFlowTellsBothEndsAndItsBytes) {
    Kept<host::FlowEvent> entry = flow(1);
    entry.event.domain = 1;
    write_strict([&](MessageWriter& writer) { EXPECT_TRUE(writer.add(entry)); });
    const host::Connection& connection = catalogue.connections[1];
    EXPECT_EQ(event().at("Name"), "ConnectionCreate");
    EXPECT_EQ(item().at("RemoteAddress"), "203.0.113.254");
    EXPECT_EQ(item().at("RemotePort"), "65535");
    EXPECT_EQ(item().at("LocalAddress"), "192.168.200.239");
    EXPECT_EQ(item().at("LocalPort"), "40000");
    EXPECT_EQ(item().at("Direction"), connection.direction == host::Direction::kIn ? "In" : "Out");
    EXPECT_EQ(text(item().at("Executable")), catalogue.programs[connection.program].executable);
    EXPECT_EQ(item().at("ProcessId"), kWord);
    EXPECT_EQ(item().at("ExtraDetails").at("BytesIn"), "18446744073709551615");
    EXPECT_EQ(item().at("ExtraDetails").at("HitCount"), "17");
    EXPECT_EQ(text(item().at("ExtraDetails").at("HostName")), catalogue.domains[1]);
    EXPECT_EQ(text(item().at("ExtraDetails").at("ApplicationProtocol")),
              connection.application_protocol);
}

TEST_F(JsonWriterTest, AnRtosFlowHasNoProgram) {
    write(Encoding::kJson, Family::kMicroRtos,
          [](MessageWriter& writer) { EXPECT_TRUE(writer.add(flow(1))); });
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item().at("Executable"), "");
    EXPECT_EQ(item().at("ProcessId"), 0);
    EXPECT_FALSE(item().as_object().contains("CommandLine"));
    EXPECT_FALSE(item().as_object().contains("UserId"));
}

TEST_F(JsonWriterTest, LoginsSayWhoWhatAndWhence) {
    write_strict([](MessageWriter& writer) {
        for (const auto operation : {host::LoginOperation::kLogin, host::LoginOperation::kLogout,
                                     host::LoginOperation::kLoginFailed}) {
            EXPECT_TRUE(writer.add(login(operation)));
        }
        EXPECT_TRUE(writer.add(login(host::LoginOperation::kLogin, 0)));
    });
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item(0).at("Operation"), "Login");
    EXPECT_EQ(item(0).at("Result"), "Success");
    EXPECT_EQ(text(item(0).at("Executable")), catalogue.terminals[0]);
    EXPECT_EQ(text(item(0).at("UserName")), catalogue.users[0].name);
    EXPECT_EQ(item(0).at("RemoteAddress"), "203.0.113.254");
    EXPECT_EQ(item(0).at("RemotePort"), "51514");
    EXPECT_EQ(item(0).at("LocalPort"), "22");
    EXPECT_EQ(item(1).at("Operation"), "Logout");
    EXPECT_EQ(item(2).at("Operation"), "LoginFailed");
    EXPECT_EQ(item(2).at("Result"), "Fail");
    EXPECT_EQ(item(3).at("RemoteAddress"), "127.0.0.1");
    EXPECT_FALSE(item(3).as_object().contains("RemotePort"));
}

TEST_F(JsonWriterTest, EveryUserAndTerminalMakesAValidLogin) {
    for (const Family family : {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs}) {
        write(Encoding::kJson, family, [&](MessageWriter& writer) {
            for (std::uint16_t user = 0; user < catalogue.users.size(); ++user) {
                Kept<host::LoginEvent> entry = login(host::LoginOperation::kLoginFailed, user % 2);
                entry.event.user = user;
                entry.event.terminal =
                    static_cast<std::uint16_t>(user % catalogue.terminals.size());
                EXPECT_TRUE(writer.add(entry));
            }
        });
        EXPECT_EQ(complaint(), "") << static_cast<int>(family);
    }
}

TEST_F(JsonWriterTest, EveryLineOfTheLogIsADiagnostic) {
    write_strict([&](MessageWriter& writer) {
        for (std::uint16_t i = 0; i < catalogue.log_lines.size(); ++i) {
            const auto level = static_cast<host::LogLevel>(i % 5);
            EXPECT_TRUE(writer.add(host::LogEvent{
                .at = kRunStart, .id = i, .process_id = 9, .text = i, .level = level}));
        }
    });
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(event().at("EventType"), "Diagnostic");
    EXPECT_EQ(item().at("Severity"), "Fatal");
    EXPECT_EQ(text(item().at("Message")), catalogue.log_lines[0].message);
    EXPECT_EQ(text(item().at("ExtraDetails").at("FileName")), catalogue.log_lines[0].file);
}

TEST_F(JsonWriterTest, TheSchemaHasNoPlaceForFilesAndPeripherals) {
    for (const Encoding encoding : {Encoding::kJson, Encoding::kJsonAsShipped}) {
        write(encoding, Family::kMicroLinux, [](MessageWriter& writer) {
            EXPECT_FALSE(writer.add(Kept<host::FileEvent>{}));
            EXPECT_FALSE(writer.add(Kept<host::PeripheralEvent>{}));
        });
        EXPECT_TRUE(batch.parts.empty());
        EXPECT_TRUE(batch.bytes.empty());
    }
}

TEST_F(JsonWriterTest, AnEventsIdIsItsOwnWhoeverWritesIt) {
    std::set<std::string> ids;
    for (int i = 0; i < 2; ++i) {
        write_strict([](MessageWriter& writer) {
            EXPECT_TRUE(writer.add(process()));
            EXPECT_TRUE(writer.add(flow()));
        });
        ids.emplace(event(0).at("Id").as_string());
        ids.emplace(event(1).at("Id").as_string());
    }
    EXPECT_EQ(ids.size(), 2U);
    Sender other = sender(Encoding::kJson);
    other.id_seed = 8;
    write(other, [](MessageWriter& writer) { EXPECT_TRUE(writer.add(process())); });
    EXPECT_FALSE(ids.contains(std::string(event(0).at("Id").as_string())));
}

// --- json-1.0-ext ---------------------------------------------------------------------------

class JsonExtensionTest : public WriterFixture {
protected:
    const std::vector<std::uint16_t> packages{3, 1, 4, 1, 5};

    // Everything an agent can say, schema and other mixed.
    void write_all() {
        write(Encoding::kJsonExtended, Family::kMicroLinux, [&](MessageWriter& writer) {
            EXPECT_TRUE(writer.add_heartbeat(kRunStart));
            EXPECT_TRUE(writer.add(process()));
            EXPECT_TRUE(writer.add_packages(kRunStart, packages));
            EXPECT_TRUE(writer.add(flow()));
            EXPECT_TRUE(writer.add(
                Kept<host::FileEvent>{.event = {.at = kRunStart, .path = 1}, .hit_count = 4}));
            EXPECT_TRUE(writer.add_system_information(kRunStart, {}));
            EXPECT_TRUE(writer.add(Kept<host::PeripheralEvent>{.event = {.at = kRunStart}}));
            const CollectorStatistics rows[] = {{"Process", "sent", 9},
                                                {"Process", "dropped: cache full", 2},
                                                {"Login", "sent", 1}};
            EXPECT_TRUE(writer.add(kRunStart, rows));
        });
    }
    [[nodiscard]] static std::vector<std::string> names(std::string_view body) {
        std::vector<std::string> found;
        const boost::json::value whole = boost::json::parse(body);
        for (const auto& one : whole.at("Events").as_array()) {
            found.emplace_back(one.at("Name").as_string());
        }
        return found;
    }
};

TEST_F(JsonExtensionTest, EventsBeyondTheSchemaTravelApart) {
    write_all();
    ASSERT_EQ(batch.parts.size(), 2U);
    EXPECT_EQ(names(batch.body(batch.parts[0])),
              (std::vector<std::string>{"ProcessCreate", "ConnectionCreate", "SystemInformation"}));
    EXPECT_EQ(
        names(batch.body(batch.parts[1])),
        (std::vector<std::string>{"Heartbeat", "SBoM", "FileSystem", "Peripheral", "Statistics"}));
    EXPECT_EQ(batch.parts[0].events, 3U);
    EXPECT_EQ(batch.parts[1].events, 5U);
    EXPECT_EQ(batch.parts[0].end, batch.parts[1].begin);
    EXPECT_EQ(batch.parts[1].end, batch.bytes.size());
}

TEST_F(JsonExtensionTest, TheServiceTakesTheOnesAndIgnoresTheOthers) {
    write_all();
    const auto judge = [&](std::size_t part) {
        return defender::judge(batch.body(batch.parts[part]), "", defender::Mode::kStrict).reason;
    };
    EXPECT_EQ(judge(0), defender::Reason::kAccepted);
    EXPECT_EQ(judge(1), defender::Reason::kUnknownEvent);
}

TEST_F(JsonExtensionTest, TheyHaveTheMicroAgentsFields) {
    write_all();
    EXPECT_TRUE(event(0, 1).at("IsEmpty").as_bool());
    EXPECT_EQ(event(1, 1).at("Payload").as_array().size(), packages.size());
    EXPECT_EQ(text(item(1, 1).at("Name")), catalogue.packages[3].name);
    EXPECT_EQ(text(item(1, 1).at("Vendor")), catalogue.packages[3].vendor);
    EXPECT_EQ(item(2, 1).at("Mask"), "Modified");
    EXPECT_EQ(text(item(2, 1).at("Path")), catalogue.paths[1]);
    EXPECT_EQ(item(2, 1).at("HitCount"), 4);
    EXPECT_EQ(item(3, 1).at("ActionType"), "connect");
    EXPECT_EQ(item(3, 1).at("BusNumber"), 0);
    const boost::json::value statistics = event(4, 1).at("Payload");
    ASSERT_EQ(statistics.as_array().size(), 2U);
    EXPECT_EQ(statistics.at(0).at("Name"), "Process");
    EXPECT_EQ(statistics.at(0).at("Events").at(1).at("Description"), "dropped: cache full");
    EXPECT_EQ(statistics.at(0).at("Events").at(1).at("HitCount"), 2);
    EXPECT_EQ(statistics.at(1).at("Name"), "Login");
}

TEST_F(JsonExtensionTest, AllPackagesOfAMachineTakeSeveralMessages) {
    write(Encoding::kJsonExtended, Family::kMicroLinux, [&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        EXPECT_TRUE(writer.add_packages(kRunStart, all(catalogue.packages)));
        EXPECT_TRUE(writer.add(process()));
    });
    std::size_t told = 0;
    ASSERT_GT(batch.parts.size(), 2U);
    EXPECT_EQ(names(batch.body(batch.parts[0])), std::vector<std::string>{"ProcessCreate"});
    for (std::size_t part = 1; part < batch.parts.size(); ++part) {
        EXPECT_LE(batch.body(batch.parts[part]).size(), sender(Encoding::kJson).bytes_max);
        for (std::size_t i = 0; i < batch.parts[part].events; ++i) {
            told += event(i, part).at("Payload").as_array().size();
        }
    }
    EXPECT_EQ(told, catalogue.packages.size());
}

TEST_F(JsonExtensionTest, EveryPeripheralIsValidJson) {
    write(Encoding::kJsonExtended, Family::kMicroLinux, [&](MessageWriter& writer) {
        for (std::uint16_t i = 0; i < catalogue.peripherals.size(); ++i) {
            EXPECT_TRUE(writer.add(Kept<host::PeripheralEvent>{
                .event = {.at = kRunStart, .peripheral = i, .kernel_device_number = 7}}));
        }
    });
    for (std::size_t i = 0; i < catalogue.peripherals.size(); ++i) {
        const bool usb = catalogue.peripherals[i].usb;
        EXPECT_EQ(item(i).as_object().contains("DeviceClass"), usb);
        EXPECT_EQ(item(i).as_object().contains("InterfaceName"), !usb);
    }
}

}  // namespace
}  // namespace twinstorm::agent

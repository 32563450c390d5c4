#include "twinstorm/host/playbook.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/devices.h"
#include "host/entries.h"
#include "host/playbook_rows.h"
#include "host/stage.h"

namespace twinstorm::host {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr TimePoint kAt = kRunStart + 5h + 3min;

// What one playbook makes happen, without everyday life.
Happenings play(std::string_view name, Kind kind = Kind::kGateway) {
    Host host = device(kind);
    const auto playbook = find_playbook(name);
    EXPECT_TRUE(playbook) << name;
    host.play(playbook.value_or(PlaybookId{0}), kAt);
    Happenings seen = look(host, kAllStreams, kAt - 1h, kAt + 2h);
    const auto is_everyday = [](const auto& event) { return !Host::is_played(event.id); };
    std::erase_if(seen.processes, is_everyday);
    std::erase_if(seen.flows, is_everyday);
    std::erase_if(seen.logins, is_everyday);
    std::erase_if(seen.files, is_everyday);
    std::erase_if(seen.peripherals, is_everyday);
    std::erase_if(seen.logs, is_everyday);
    return seen;
}

std::string lines(const Happenings& seen) {
    std::string all;
    for (const ProcessEvent& process : seen.processes) {
        all += catalogue().programs[process.program].command_line + "\n";
    }
    return all;
}

std::string dotted(std::uint32_t address) {
    return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
           std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

// `IoT_ReverseShell` is `reverse-shell`: what both names have in common.
std::string squeezed(std::string_view text) {
    std::string letters;
    for (const char c : text) {
        if (c != '-' && c != '_') {
            letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return letters;
}

TEST(Playbooks, AreNamedAfterTheirAlerts) {
    std::set<std::string_view> names;
    for (const PlaybookFacts& facts : playbooks()) {
        EXPECT_TRUE(names.insert(facts.name).second) << facts.name;
        EXPECT_FALSE(facts.title.empty());
        EXPECT_THAT(std::string(facts.severity), testing::AnyOf("High", "Medium", "Low"));
        if (!facts.alert_type.empty()) {
            EXPECT_EQ("iot" + squeezed(facts.name), squeezed(facts.alert_type));
        }
        EXPECT_TRUE(facts.snapshot || !facts.streams.empty()) << facts.name;
    }
    EXPECT_EQ(find_playbook("removal-of-system-logs"), find_playbook("removel-of-system-logs"));
    EXPECT_EQ(find_playbook("successful-local-login"), find_playbook("sucessful-local-login"));
    EXPECT_FALSE(find_playbook("port-scan"));
    EXPECT_FALSE(find_playbook(""));
}

// The whole list of 01/2023: 39 alerts of events, with the service's own spelling.
TEST(Playbooks, CoverTheListOfAlerts) {
    std::set<std::string_view> types;
    for (const PlaybookFacts& facts : playbooks()) {
        types.insert(facts.alert_type);
    }
    for (const char* type : {"IoT_BinaryCommandLine",
                             "IoT_DisableFirewall",
                             "IoT_PortForwarding",
                             "IoT_DisableAuditdLogging",
                             "IoT_ReverseShell",
                             "IoT_SucessfulLocalLogin",
                             "IoT_WebShell",
                             "IoT_Ransomware",
                             "IoT_CryptoMiner",
                             "IoT_USBConnection",
                             "IoT_UsbDisconnection",
                             "IoT_EthernetConnection",
                             "IoT_EthernetDisconnection",
                             "IoT_FileCreated",
                             "IoT_FileModified",
                             "IoT_FileDeleted",
                             "IoT_CommonBots",
                             "IoT_FairwareMalware",
                             "IoT_CryptoMinerContainer",
                             "IoT_SuspiciousNohup",
                             "IoT_SuspiciousUseradd",
                             "IoT_ExposedDocker",
                             "IoT_FailedLocalLogin",
                             "IoT_PossibleMalware",
                             "IoT_AccessingHtaccessFile",
                             "IoT_KnownAttackTools",
                             "IoT_LinuxReconnaissance",
                             "IoT_ScriptInterpreterMismatch",
                             "IoT_LinuxBackdoor",
                             "IoT_EgressData",
                             "IoT_PrivilegedContainer",
                             "IoT_RemovelOfSystemLogs",
                             "IoT_ExecuteFileWithTrailingSpace",
                             "IoT_CredentialAccessTools",
                             "IoT_SuspiciousCompilation",
                             "IoT_DownloadFileThenRun",
                             "IoT_TiConnection",
                             "IoT_MaliciousNameQueriesDetection",
                             "IoT_ClearHistoryFile",
                             "IoT_CISBenchmarks_DIoTTest"}) {
        EXPECT_TRUE(types.contains(type)) << type;
    }
}

TEST(Playbooks, EachMakesTheEventsItPromises) {
    for (const PlaybookFacts& facts : playbooks()) {
        const Happenings seen = play(facts.name);
        StreamSet streams;
        std::size_t stream = 0;
        TimePoint first = TimePoint::max();
        TimePoint last = TimePoint::min();
        std::set<std::uint64_t> ids;
        for_each_stream(seen, [&](const auto& events) {
            if (!events.empty()) {
                streams.add(static_cast<Stream>(stream));
            }
            ++stream;
            for (const auto& event : events) {
                first = std::min(first, event.at);
                last = std::max(last, event.at);
                EXPECT_TRUE(ids.insert(event.id).second);
            }
        });
        EXPECT_EQ(streams, facts.streams) << facts.name;
        const PlaybookRow& row = playbook_row(*find_playbook(facts.name));
        EXPECT_EQ(ids.size(), row.script.size()) << facts.name;
        EXPECT_LE(row.script.size(), std::min<std::size_t>(kStepsMax, kOwnMax)) << facts.name;
        if (!streams.empty()) {
            EXPECT_EQ(first, kAt) << facts.name;
            EXPECT_EQ(last - first, facts.length) << facts.name;
        }
    }
}

TEST(Playbooks, AreTheSameWhateverTheOrderOfPlaying) {
    Host one = device(Kind::kKiosk);
    Host other = device(Kind::kKiosk);
    one.play(*find_playbook("reverse-shell"), kAt);
    one.play(*find_playbook("crypto-miner"), kAt + 1min);
    other.play(*find_playbook("crypto-miner"), kAt + 1min);
    other.play(*find_playbook("reverse-shell"), kAt);
    EXPECT_EQ(look(one, kAllStreams, kAt - 2h, kAt + 2h).processes,
              look(other, kAllStreams, kAt - 2h, kAt + 2h).processes);
}

TEST(Playbooks, AReverseShellCallsTheHostOfItsCommandLine) {
    const Happenings seen = play("reverse-shell");
    ASSERT_EQ(seen.flows.size(), 2u);
    EXPECT_THAT(lines(seen), HasSubstr("/dev/tcp/" + dotted(seen.flows[0].remote_address) + "/" +
                                       std::to_string(seen.flows[0].remote_port)));
    EXPECT_THAT(lines(seen), HasSubstr(dotted(seen.flows[1].remote_address) + " " +
                                       std::to_string(seen.flows[1].remote_port)));
    EXPECT_EQ(seen.flows[0].process_id, seen.processes[0].process_id);
}

TEST(Playbooks, PortForwardingAndUploadsCallTheirHosts) {
    const Happenings forwarding = play("port-forwarding");
    ASSERT_EQ(forwarding.flows.size(), 1u);
    EXPECT_THAT(lines(forwarding), HasSubstr("@" + dotted(forwarding.flows[0].remote_address)));
    EXPECT_EQ(forwarding.flows[0].remote_port, 22);
    const Happenings egress = play("egress-data");
    EXPECT_TRUE(std::ranges::any_of(egress.flows, [](const FlowEvent& flow) {
        return flow.bytes_out > 10'000'000 && flow.bytes_out > 20 * flow.bytes_in;
    }));
    const Happenings backdoor = play("linux-backdoor");
    ASSERT_EQ(backdoor.flows.size(), 1u);
    EXPECT_THAT(lines(backdoor), HasSubstr("http://" + dotted(backdoor.flows[0].remote_address)));
}

TEST(Playbooks, ShownTriggersAreExactlyAsShown) {
    EXPECT_THAT(lines(play("crypto-miner")), HasSubstr("sh -c \"echo cpuminer-multi\"\n"));
    const Happenings local = play("sucessful-local-login");
    ASSERT_EQ(local.logins.size(), 1u);
    EXPECT_EQ(local.logins[0].operation, LoginOperation::kLogin);
    EXPECT_EQ(local.logins[0].remote_address, 0u);
    EXPECT_EQ(catalogue().terminals[local.logins[0].terminal], "tty1");
    const Happenings failed = play("failed-local-login");
    ASSERT_EQ(failed.logins.size(), 1u);
    EXPECT_EQ(failed.logins[0].operation, LoginOperation::kLoginFailed);
    EXPECT_EQ(failed.logins[0].remote_address, 0u);
}

TEST(Playbooks, BruteForceFailsOftenFromOneSourceAndThenSucceeds) {
    const Happenings seen = play("successful-brute-force");
    ASSERT_GT(seen.logins.size(), 10u);
    for (std::size_t i = 0; i < seen.logins.size(); ++i) {
        const bool last = i + 1 == seen.logins.size();
        EXPECT_EQ(seen.logins[i].operation,
                  last ? LoginOperation::kLogin : LoginOperation::kLoginFailed);
        EXPECT_EQ(seen.logins[i].remote_address, seen.logins[0].remote_address);
    }
    ASSERT_EQ(seen.flows.size(), 1u);
    EXPECT_EQ(seen.flows[0].remote_address, seen.logins[0].remote_address);
    ASSERT_EQ(seen.processes.size(), 1u);
    EXPECT_EQ(seen.processes[0].parent_process_id, seen.logins.back().process_id);
    const Happenings failed = play("failed-brute-force");
    EXPECT_GT(failed.logins.size(), 15u);
    EXPECT_TRUE(std::ranges::all_of(failed.logins, [](const LoginEvent& login) {
        return login.operation == LoginOperation::kLoginFailed;
    }));
}

TEST(Playbooks, NamesAreAskedForByDns) {
    const Happenings seen = play("malicious-name-queries-detection");
    ASSERT_EQ(seen.flows.size(), 1u);
    const FlowEvent& flow = seen.flows[0];
    EXPECT_GE(flow.domain, domain::kMaliciousFirst);
    EXPECT_EQ(flow.remote_port, 53);
    EXPECT_EQ(catalogue().connections[flow.connection].protocol, Protocol::kUdp);
    EXPECT_EQ(catalogue().connections[flow.connection].application_protocol, "DNS");
}

TEST(Playbooks, FilesAndThingsChangeAsTheirAlertsSay) {
    const auto changes = [](const char* name, FileChange change) {
        const Happenings seen = play(name);
        EXPECT_FALSE(seen.files.empty());
        for (const FileEvent& file : seen.files) {
            EXPECT_EQ(file.change, change);
            // Below the paths of the documented example.
            const std::string& path = catalogue().paths[file.path];
            EXPECT_TRUE(path.starts_with("/etc/") || path.starts_with("/usr/local/bin/")) << path;
        }
    };
    changes("file-created", FileChange::kCreated);
    changes("file-modified", FileChange::kModified);
    changes("file-deleted", FileChange::kDeleted);
    const auto plugged = [](const char* name, bool usb, PeripheralChange change) {
        const Happenings seen = play(name);
        ASSERT_EQ(seen.peripherals.size(), 1u);
        EXPECT_EQ(catalogue().peripherals[seen.peripherals[0].peripheral].usb, usb);
        EXPECT_EQ(seen.peripherals[0].change, change);
    };
    plugged("usb-connection", true, PeripheralChange::kConnect);
    plugged("usb-disconnection", true, PeripheralChange::kDisconnect);
    plugged("ethernet-connection", false, PeripheralChange::kConnect);
    plugged("ethernet-disconnection", false, PeripheralChange::kDisconnect);
}

TEST(Playbooks, CommandLinesAreTheDescribedOnes) {
    EXPECT_THAT(lines(play("disable-firewall")), HasSubstr("iptables -F\n"));
    EXPECT_THAT(lines(play("disable-auditd-logging")), HasSubstr("auditctl -e 0\n"));
    EXPECT_THAT(lines(play("fairware-malware")), HasSubstr("rm -rf /var/www\n"));
    EXPECT_THAT(lines(play("exposed-docker")), HasSubstr("dockerd -H tcp://0.0.0.0:2375\n"));
    EXPECT_THAT(lines(play("script-interpreter-mismatch")), HasSubstr("python x.sh\n"));
    EXPECT_THAT(lines(play("removel-of-system-logs")), HasSubstr("rm -f /var/log/auth.log\n"));
    EXPECT_THAT(lines(play("clear-history-file")), HasSubstr("rm ~/.bash_history\n"));
    EXPECT_THAT(lines(play("download-file-then-run")), HasSubstr("| sh"));
    const Happenings space = play("execute-file-with-trailing-space");
    EXPECT_TRUE(catalogue().programs[space.processes.at(0).program].executable.ends_with(' '));
    const Happenings web = play("web-shell");
    EXPECT_EQ(catalogue().users[web.processes.at(0).user].name, "www-data");
}

// Everyday life never speaks to the addresses of playbooks.
TEST(Playbooks, TheirAddressesAreTheirsAlone) {
    std::set<std::uint32_t> hostile;
    for (const auto rows : {micro_playbooks(), legacy_playbooks()}) {
        for (const PlaybookRow& row : rows) {
            for (const Step& step : row.script) {
                if (step.peer == Peer::kAddress) {
                    hostile.insert(step.address);
                }
            }
        }
    }
    EXPECT_GE(hostile.size(), 5u);
    for (std::uint64_t number = 0; number < 25; ++number) {
        const Host host = device(static_cast<Kind>(number % kKindCount), number);
        const Happenings month = look(host, kAllStreams, kRunStart, kRunStart + 20 * 24h);
        for (const FlowEvent& flow : month.flows) {
            EXPECT_FALSE(hostile.contains(flow.remote_address));
        }
        for (const LoginEvent& login : month.logins) {
            EXPECT_FALSE(hostile.contains(login.remote_address));
        }
    }
}

// Whose events these are, even where two are played at a time.
TEST(Playbooks, EachPlayHasANumber) {
    Host host = device(Kind::kGateway);
    host.play(find_playbook("web-shell").value(), kAt, 5);
    host.play(find_playbook("web-shell").value(), kAt + 1s, 63);
    host.play(find_playbook("open-ports").value(), kAt + 2s, 0);
    const Happenings seen = look(host, {Stream::kProcesses}, kAt - 1h, kAt + 1h);
    std::set<std::uint64_t> ids;
    std::multiset<PlaySet> plays;
    for (const ProcessEvent& process : seen.processes) {
        EXPECT_TRUE(ids.insert(process.id).second);
        plays.insert(Host::plays_of(process.id));
    }
    EXPECT_EQ(plays.count(PlaySet{1} << 5), 2U);
    EXPECT_EQ(plays.count(PlaySet{1} << 63), 2U);
    EXPECT_EQ(plays.count(PlaySet{1}), 1U);
    EXPECT_EQ(plays.count(0) + 5, seen.processes.size());
    EXPECT_EQ(host.plays_shown(Snapshot::kListeningPorts, kAt + 1s), 0U);
    EXPECT_EQ(host.plays_shown(Snapshot::kListeningPorts, kAt + 2s), PlaySet{1});
    EXPECT_EQ(host.plays_shown(Snapshot::kUsers, kAt + 1h), 0U);
}

// A number changes an id, and nothing else of an event.
TEST(Playbooks, TheNumberChangesNothingThatHappens) {
    const auto events = [](PlayNumber number) {
        Host host = device(Kind::kGateway);
        host.play(find_playbook("reverse-shell").value(), kAt, number);
        Happenings seen = look(host, {Stream::kFlows}, kAt, kAt + 1min);
        for (FlowEvent& flow : seen.flows) {
            flow.id = 0;
        }
        return seen.flows;
    };
    const auto same = [](const FlowEvent& a, const FlowEvent& b) {
        return a.at == b.at && a.local_port == b.local_port && a.bytes_out == b.bytes_out &&
               a.process_id == b.process_id && a.remote_address == b.remote_address;
    };
    EXPECT_TRUE(std::ranges::equal(events(0), events(40), same));
    EXPECT_FALSE(events(0).empty());
}

}  // namespace
}  // namespace twinstorm::host

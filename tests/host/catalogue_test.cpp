#include "twinstorm/host/catalogue.h"

#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

// Aggregation compares entries: the same command line must not be two of them.
TEST(Catalogue, ProgramsAreDistinct) {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < program::kPlayedFirst; ++i) {
        const Program& program = catalogue().programs[i];
        EXPECT_TRUE(seen.emplace(program.executable, program.command_line).second)
            << program.command_line;
    }
    EXPECT_EQ(catalogue().programs.size(), program::kEnd);
}

TEST(Catalogue, EverythingThatIsReferredToExists) {
    const Catalogue& all = catalogue();
    for (const Connection& connection : all.connections) {
        ASSERT_LT(connection.program, all.programs.size());
        ASSERT_LT(connection.user, all.users.size());
        EXPECT_FALSE(all.users[connection.user].id.empty());
    }
    for (const ListeningPort& port : all.listening_ports) {
        ASSERT_LT(port.program, all.programs.size());
        EXPECT_NE(port.port, 0);
    }
    EXPECT_EQ(all.users.size(), user::kEnd);
    EXPECT_EQ(all.connections.size(), connection::kEnd);
    EXPECT_EQ(all.paths.size(), path::kEnd);
    EXPECT_EQ(all.peripherals.size(), peripheral::kEnd);
    EXPECT_EQ(all.log_lines.size(), log_line::kEnd);
    EXPECT_EQ(all.terminals.size(), terminal::kEnd);
    EXPECT_EQ(all.packages.size(), package_rows().size() * system_rows().size() * kPackageLevels);
    EXPECT_LE(all.packages.size(), 65'536u);
}

TEST(Catalogue, NamesAreNobodysAndTheFirstIsEmpty) {
    const Catalogue& all = catalogue();
    EXPECT_TRUE(all.domains.front().empty());
    for (std::size_t i = 1; i < all.domains.size(); ++i) {
        EXPECT_TRUE(all.domains[i].ends_with(".example")) << all.domains[i];
    }
    for (const Package& package : all.packages) {
        EXPECT_TRUE(package.vendor.ends_with(".example>")) << package.vendor;
        EXPECT_FALSE(package.version.empty());
    }
}

TEST(Catalogue, IsAsRichAsADeviceIs) {
    const Catalogue& all = catalogue();
    EXPECT_GE(package_rows().size(), 150u);
    EXPECT_GE(all.checks.size(), 60u);
    std::set<std::string> names;
    for (const PackageRow& row : package_rows()) {
        EXPECT_TRUE(names.emplace(row.name).second) << row.name;
    }
    std::set<std::string> ids;
    std::set<std::string> groups;
    for (const BaselineCheck& check : all.checks) {
        EXPECT_TRUE(ids.insert(check.id).second) << check.id;
        groups.insert(check.group);
    }
    EXPECT_THAT(groups, testing::IsSupersetOf({"Time Synchronization", "Network Parameters Host"}));
    EXPECT_THAT(ids, testing::IsSupersetOf({"1.1.2", "3.3.5", "2.2.1.1"}));
}

TEST(Catalogue, TheTestCheckHasTheDocumentedId) {
    EXPECT_EQ(catalogue().checks[played_check()].whole_id,
              "CIS-debian-9-DEFENDER_FOR_IOT_TEST_CHECKS-0.0");
    EXPECT_TRUE(catalogue().checks.front().whole_id.empty());
}

// Against a real hub the load must not fill the operator's list of alerts.
TEST(Catalogue, NoEverydayProgramLooksLikeAnAttack) {
    for (std::size_t i = 0; i < program::kPlayedFirst; ++i) {
        for (const char* word :
             {"rm -",   "useradd",  "nohup",    "curl", "wget",      "docker", "iptables",
              "ufw",    "/dev/tcp", "auditctl", "gcc",  "history -", "/tmp",   "nmap",
              "hydra",  "htaccess", "miner",    "nc -", "ssh -R",    "scp",    "userdel",
              "whoami", "uname",    "passwd",   "stop"}) {
            EXPECT_THAT(catalogue().programs[i].command_line,
                        testing::Not(testing::HasSubstr(word)));
        }
    }
}

// A rule that lets anything through is what the service recommends to mend.
TEST(Catalogue, EverydayFirewallRulesAreNarrow) {
    const std::size_t everyday = played_firewall_rule(PermissiveRule::kPolicy);
    for (std::size_t i = 0; i < everyday; ++i) {
        const FirewallRule& rule = catalogue().firewall_rules[i];
        if (rule.action == FirewallAction::kAllow) {
            EXPECT_FALSE(rule.destination_port.empty()) << i;
            EXPECT_FALSE(rule.source_address.empty() && rule.destination_address.empty()) << i;
        }
    }
}

}  // namespace
}  // namespace twinstorm::host

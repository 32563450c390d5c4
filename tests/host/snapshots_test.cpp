#include <algorithm>
#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/devices.h"
#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;

constexpr auto kMonth = 30 * 24h;

template <class Value>
std::vector<Value> ask(const Host& host, void (Host::*what)(TimePoint, std::vector<Value>&) const,
                       TimePoint at) {
    std::vector<Value> found;
    (host.*what)(at, found);
    return found;
}

PlaybookId playbook(std::string_view name) {
    const auto found = find_playbook(name);
    EXPECT_TRUE(found) << name;
    return found.value_or(PlaybookId{0});
}

std::vector<std::uint16_t> failed(const std::vector<CheckFinding>& findings) {
    std::vector<std::uint16_t> checks;
    for (const CheckFinding& finding : findings) {
        if (finding.result == CheckResult::kFail) {
            checks.push_back(finding.check);
        }
    }
    return checks;
}

TEST(Snapshots, AreTheSameWhoeverAsks) {
    const Host one = device(Kind::kKiosk);
    const Host other = device(Kind::kKiosk);
    const TimePoint at = kRunStart + 77h;
    EXPECT_EQ(ask(one, &Host::packages, at), ask(other, &Host::packages, at));
    EXPECT_EQ(failed(ask(one, &Host::checks, at)), failed(ask(other, &Host::checks, at)));
    EXPECT_EQ(one.memory(at).free_kb, other.memory(at).free_kb);
    EXPECT_EQ(one.process_id_of(program::kSshd), other.process_id_of(program::kSshd));
}

TEST(Snapshots, MemoryMovesSlowlyAndFits) {
    for (std::uint64_t number = 0; number < 20; ++number) {
        const Host host = device(static_cast<Kind>(number % kKindCount), number);
        const Machine& machine = catalogue().machines[host.profile().machine];
        std::set<std::uint64_t> values;
        std::uint64_t previous = host.memory(kRunStart).free_kb;
        for (int i = 1; i < 24 * 60; ++i) {
            const MemoryFacts facts = host.memory(kRunStart + i * 1min);
            EXPECT_LT(facts.free_kb, machine.memory_kb * 2 / 3);
            EXPECT_GT(facts.free_kb, machine.memory_kb / 5);
            EXPECT_LE(facts.free_swap_kb, machine.swap_kb);
            const std::uint64_t moved =
                std::max(previous, facts.free_kb) - std::min(previous, facts.free_kb);
            EXPECT_LT(moved, machine.memory_kb / 100);
            previous = facts.free_kb;
            values.insert(facts.free_kb);
        }
        EXPECT_GT(values.size(), 100u);
    }
}

TEST(Snapshots, ChecksMostlyPassAndChangeOverMonths) {
    std::size_t changed_in_a_day = 0;
    std::size_t changed_in_a_year = 0;
    std::array<std::size_t, 4> results{};
    for (std::uint64_t number = 0; number < 50; ++number) {
        const Host host = device(static_cast<Kind>(number % kKindCount), number);
        const auto now = ask(host, &Host::checks, kRunStart);
        const auto tomorrow = ask(host, &Host::checks, kRunStart + 24h);
        const auto later = ask(host, &Host::checks, kRunStart + 12 * kMonth);
        ASSERT_EQ(now.size(), check_rows().size() - 1);  // Without the test's.
        for (std::size_t i = 0; i < now.size(); ++i) {
            ++results[static_cast<std::size_t>(now[i].result)];
            changed_in_a_day += now[i].result != tomorrow[i].result ? 1 : 0;
            changed_in_a_year += now[i].result != later[i].result ? 1 : 0;
        }
    }
    EXPECT_GT(results[0], 2 * results[1]);
    EXPECT_GT(results[1], 5 * results[2]);
    EXPECT_GT(results[2], results[3]);
    EXPECT_GT(results[3], 0u);
    EXPECT_LT(changed_in_a_day * 20, changed_in_a_year);
    EXPECT_GT(changed_in_a_year, 100u);
}

TEST(Snapshots, PackagesAreOfTheSystemAndOnlyGoForward) {
    for (std::uint64_t number = 0; number < 10; ++number) {
        const Host host = device(static_cast<Kind>(number % kKindCount), number);
        const auto now = ask(host, &Host::packages, kRunStart);
        EXPECT_GE(now.size(), 150u);
        const auto later = ask(host, &Host::packages, kRunStart + 6 * kMonth);
        ASSERT_EQ(now.size(), later.size());
        const std::string_view suffix =
            system_rows()[host.profile().operating_system].package_suffix;
        std::size_t updated = 0;
        for (std::size_t i = 0; i < now.size(); ++i) {
            const Package& package = catalogue().packages[now[i]];
            EXPECT_NE(package.version.find(suffix), std::string::npos) << package.version;
            EXPECT_EQ(package.name, catalogue().packages[later[i]].name);
            EXPECT_GE(later[i], now[i]);
            updated += later[i] != now[i] ? 1 : 0;
        }
        EXPECT_GT(updated, now.size() / 2);
    }
}

TEST(Snapshots, EveryKindHasPortsRulesPeopleAndHardware) {
    for (std::size_t i = 0; i < kKindCount; ++i) {
        const Host host = device(static_cast<Kind>(i));
        const auto ports = ask(host, &Host::listening_ports, kRunStart);
        EXPECT_GE(ports.size(), 6u);
        EXPECT_TRUE(std::ranges::none_of(
            ports, [](auto port) { return catalogue().listening_ports[port].port == 8888; }));
        EXPECT_GE(ask(host, &Host::firewall_rules, kRunStart).size(), 10u);
        const auto users = ask(host, &Host::users, kRunStart);
        EXPECT_GE(users.size(), 8u);
        EXPECT_THAT(users, Contains(host.profile().person));
        for (const auto user : users) {
            EXPECT_FALSE(catalogue().users[user].id.empty());
            EXPECT_FALSE(catalogue().users[user].group_names.empty());
        }
        std::vector<std::uint16_t> hardware;
        host.hardware(hardware);
        EXPECT_GE(hardware.size(), 9u);
    }
}

TEST(Snapshots, ShowPlaybooksFromTheirInstantOn) {
    const TimePoint at = kRunStart + 5h;
    Host host = device(Kind::kGateway);
    host.play(playbook("open-ports"), at);
    host.play(playbook("permissive-input-rule"), at);
    const auto before = ask(host, &Host::listening_ports, at - 1s);
    const auto after = ask(host, &Host::listening_ports, at);
    EXPECT_EQ(after.size(), before.size() + 1);
    EXPECT_EQ(catalogue().listening_ports[after.back()].port, 8888);
    EXPECT_FALSE(host.shows_playbook(Snapshot::kListeningPorts, at - 1s));
    EXPECT_TRUE(host.shows_playbook(Snapshot::kListeningPorts, at));
    EXPECT_FALSE(host.shows_playbook(Snapshot::kUsers, at));
    const FirewallRule& rule =
        catalogue().firewall_rules[ask(host, &Host::firewall_rules, at).back()];
    EXPECT_EQ(rule.action, FirewallAction::kAllow);
    EXPECT_EQ(rule.destination_port, "1337");
    EXPECT_TRUE(rule.source_address.empty());
    EXPECT_EQ(rule.direction, Direction::kIn);
}

TEST(Snapshots, EveryPermissiveRuleIsItsOwn) {
    std::set<std::uint16_t> rules;
    for (const char* name :
         {"permissive-firewall-policy", "permissive-input-rule", "permissive-output-rule"}) {
        Host host = device(Kind::kSensor);
        const auto before = ask(host, &Host::firewall_rules, kRunStart);
        host.play(playbook(name), kRunStart);
        const auto after = ask(host, &Host::firewall_rules, kRunStart);
        ASSERT_EQ(after.size(), before.size() + 1);
        rules.insert(after.back());
        EXPECT_TRUE(host.shows_playbook(Snapshot::kFirewallRules, kRunStart));
    }
    EXPECT_EQ(rules.size(), 3u);
}

TEST(Snapshots, PeopleComeAndGoByPlaybooks) {
    const auto users_after = [](const char* name) {
        Host host = device(Kind::kCamera);
        host.play(playbook(name), kRunStart);
        EXPECT_TRUE(host.shows_playbook(Snapshot::kUsers, kRunStart));
        return ask(host, &Host::users, kRunStart);
    };
    const std::uint16_t technician = user::kTechnician;
    const std::uint16_t promoted = user::kTechnicianPromoted;
    const std::uint16_t demoted = user::kTechnicianDemoted;
    const std::uint16_t intruder = user::kIntruder;
    EXPECT_THAT(users_after("user-added-to-group"), Contains(promoted));
    EXPECT_THAT(users_after("user-added-to-group"), Not(Contains(technician)));
    EXPECT_THAT(users_after("user-deleted-from-group"), Contains(demoted));
    EXPECT_THAT(users_after("user-deleted"), Not(Contains(technician)));
    EXPECT_THAT(users_after("suspicious-useradd"), Contains(intruder));
    EXPECT_THAT(users_after("suspicious-useradd"), Contains(technician));
}

TEST(Snapshots, ChecksFailByPlaybooks) {
    Host host = device(Kind::kGateway);
    const auto before = failed(ask(host, &Host::checks, kRunStart));
    EXPECT_THAT(before, Not(Contains(played_check())));
    host.play(playbook("cis-benchmarks-diot-test"), kRunStart);
    EXPECT_THAT(failed(ask(host, &Host::checks, kRunStart)), Contains(played_check()));
    host.play(playbook("os-baseline-failed"), kRunStart);
    EXPECT_GT(failed(ask(host, &Host::checks, kRunStart)).size(), before.size() + 4);
}

}  // namespace
}  // namespace twinstorm::host

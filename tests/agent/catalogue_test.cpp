#include "agent/catalogue.h"

#include <set>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace twinstorm::agent {
namespace {

boost::json::object object(const std::string& fields) {
    return boost::json::parse("{" + fields + "}").as_object();
}

TEST(Catalogue, EveryPieceIsJson) {
    const Catalogue& all = catalogue();
    for (const ProcessKind& kind : all.processes) {
        EXPECT_EQ(object(kind.fields).size(), 2u) << kind.fields;
    }
    for (const FlowKind& kind : all.flows) {
        EXPECT_EQ(object(kind.fields).size(), 5u) << kind.fields;
        EXPECT_EQ(object(kind.details).size(), 1u) << kind.details;
    }
    for (const Machine& machine : all.machines) {
        EXPECT_EQ(object(machine.fields).size(), 2u) << machine.fields;
        EXPECT_EQ(object(machine.details).size(), 4u) << machine.details;
        EXPECT_GT(machine.memory_kb, 0u);
    }
    for (const std::string& account : all.operators) {
        EXPECT_EQ(object(account).size(), 2u) << account;
    }
}

TEST(Catalogue, EveryAccountOfAProcessIsKnown) {
    for (const ProcessKind& kind : catalogue().processes) {
        const auto index = static_cast<std::size_t>(kind.account);
        ASSERT_LT(index, catalogue().accounts.size());
        EXPECT_EQ(catalogue().accounts[index].empty(), kind.account == Account::kOperator);
    }
}

// Aggregation compares kinds: the same command line of the same user must not be two of them.
TEST(Catalogue, KindsAreDistinct) {
    std::set<std::pair<std::string, Account>> seen;
    for (const ProcessKind& kind : catalogue().processes) {
        EXPECT_TRUE(seen.emplace(kind.fields, kind.account).second) << kind.fields;
    }
}

// Against a real hub the load must not fill the operator's list of alerts.
TEST(Catalogue, NothingLooksLikeAnAttack) {
    for (const ProcessKind& kind : catalogue().processes) {
        for (const char* word :
             {"rm -",  "useradd",  "nohup",    "curl", "wget",    "docker", "iptables",
              "ufw",   "/dev/tcp", "auditctl", "gcc",  "history", "/tmp",   "nmap",
              "hydra", "htaccess", "miner",    " nc ", "ssh -R",  "scp"}) {
            EXPECT_THAT(kind.fields, testing::Not(testing::HasSubstr(word)));
        }
    }
}

TEST(Catalogue, ServicesHaveProcessIdsOfTheirOwn) {
    DeviceProfile profile;
    for (const int salt : {0, 1, 22, 23, 255}) {
        profile.pid_salt = static_cast<std::uint8_t>(salt);
        std::set<std::uint32_t> pids;
        for (int i = 0; i <= static_cast<int>(Service::kLogger); ++i) {
            pids.insert(service_pid(profile, static_cast<Service>(i)));
        }
        EXPECT_EQ(pids.size(), static_cast<std::size_t>(Service::kLogger) + 1);
        EXPECT_EQ(*pids.begin(), 1u);
        EXPECT_LT(*pids.rbegin(), 2'000u);
    }
}

}  // namespace
}  // namespace twinstorm::agent

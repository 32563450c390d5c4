#include "twinstorm/host/host.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "host/devices.h"
#include "host/entries.h"
#include "support/allocations.h"

namespace twinstorm::host {
namespace {

using namespace std::chrono_literals;

static_assert(sizeof(Host) <= 400, "a device is small: texts stand in the catalogue");

void expect_same(const Happenings& one, const Happenings& other) {
    EXPECT_EQ(one.processes, other.processes);
    EXPECT_EQ(one.flows, other.flows);
    EXPECT_EQ(one.logins, other.logins);
    EXPECT_EQ(one.files, other.files);
    EXPECT_EQ(one.peripherals, other.peripherals);
    EXPECT_EQ(one.logs, other.logs);
}

class OfEveryKind : public testing::TestWithParam<int> {
protected:
    [[nodiscard]] Kind kind() const { return static_cast<Kind>(GetParam()); }
};

TEST_P(OfEveryKind, AnyCutOfAnIntervalSeesTheSame) {
    Host host = device(kind());
    for (PlaybookId playbook = 0; playbook < playbooks().size(); ++playbook) {
        host.play(playbook, kRunStart + 11h + playbook * 7min);
    }
    const TimePoint from = kRunStart + 17min;
    const TimePoint until = kRunStart + 60h;
    const Happenings whole = look(host, kAllStreams, from, until);
    EXPECT_GT(count(whole), 900u);
    Random random(GetParam());
    for (const Duration longest : {Duration(20min), Duration(3h), Duration(40h)}) {
        Happenings pieces;
        for (TimePoint at = from; at < until;) {
            const auto step =
                Duration(1 + random.below(static_cast<std::uint64_t>(longest.count())));
            const TimePoint next = std::min(at + step, until);
            host.look(kAllStreams, at, next, pieces);
            at = next;
        }
        expect_same(pieces, whole);
    }
}

TEST_P(OfEveryKind, StreamsDoNotDependOnOneAnother) {
    const Host host = device(kind(), 2);
    const TimePoint until = kRunStart + 72h;
    const Happenings whole = look(host, kAllStreams, kRunStart, until);
    Happenings one_by_one;
    for (std::size_t i = 0; i < kStreamCount; ++i) {
        const std::size_t before = count(one_by_one);
        host.look({static_cast<Stream>(i)}, kRunStart, until, one_by_one);
        EXPECT_GE(count(one_by_one), before);
    }
    expect_same(one_by_one, whole);
}

TEST_P(OfEveryKind, EventsLieInTheirIntervalInOrderWithIdsOfTheirOwn) {
    const Host host = device(kind(), 3);
    const TimePoint from = kRunStart + 5h;
    const TimePoint until = kRunStart + 8 * 24h;
    Happenings week = look(host, kAllStreams, from, until);
    std::set<std::uint64_t> ids;
    const std::size_t everyday = count(week);
    for (std::uint64_t number = 0; number < 2'000; ++number) {
        for (std::size_t i = 0; i < kStreamCount; ++i) {
            host.add_one(static_cast<Stream>(i), number, until, week);
        }
    }
    for_each_stream(week, [&](const auto& events) {
        TimePoint previous = from;
        for (const auto& event : events) {
            EXPECT_GE(event.at, previous);
            EXPECT_LE(event.at, until);
            previous = event.at;
            EXPECT_FALSE(Host::is_played(event.id));
            ids.insert(event.id);
        }
    });
    EXPECT_EQ(ids.size(), everyday + 2'000 * kStreamCount);
}

TEST_P(OfEveryKind, EveryParentRunsAndEveryShellBelongsToALogin) {
    for (std::uint64_t number = 0; number < 8; ++number) {
        const Host host = device(kind(), number);
        const Happenings days =
            look(host, kAllStreams, hour_start(host, 3), hour_start(host, 3 + 10 * 24));
        std::set<std::uint32_t> running;
        for (std::uint16_t program = 0; program < program::kDaemonsEnd; ++program) {
            running.insert(host.process_id_of(program));
        }
        EXPECT_EQ(running.size(), program::kDaemonsEnd);
        std::map<std::uint32_t, TimePoint> came;
        for (const LoginEvent& login : days.logins) {
            if (login.operation == LoginOperation::kLogin) {
                came.emplace(login.process_id, login.at);
            }
        }
        for (const ProcessEvent& process : days.processes) {
            EXPECT_TRUE(running.contains(process.parent_process_id))
                << catalogue().programs[process.program].command_line;
            running.insert(process.process_id);
            if (process.program == program::kBash && process.change == ProcessChange::kExec) {
                const auto login = came.find(process.parent_process_id);
                ASSERT_NE(login, came.end());
                EXPECT_LT(login->second, process.at);
            }
            if (process.program >= program::kSessionFirst &&
                process.program < program::kSessionEnd) {
                EXPECT_EQ(process.user, host.profile().person);
            }
        }
    }
}

TEST_P(OfEveryKind, WhoeverLogsOutHasLoggedInFromTheSamePlace) {
    using Visit =
        std::tuple<std::uint32_t, std::uint32_t, std::uint16_t, std::uint16_t, std::uint16_t>;
    std::size_t visits = 0;
    for (std::uint64_t number = 0; number < 20; ++number) {
        const Host host = device(kind(), number);
        const Happenings days =
            look(host, kAllStreams, hour_start(host, 0), hour_start(host, 10 * 24));
        std::set<Visit> present;
        for (const LoginEvent& login : days.logins) {
            const Visit visit{login.process_id, login.remote_address, login.remote_port, login.user,
                              login.terminal};
            if (login.operation == LoginOperation::kLogout) {
                EXPECT_EQ(present.erase(visit), 1u);
                ++visits;
            } else if (login.operation == LoginOperation::kLogin) {
                EXPECT_TRUE(present.insert(visit).second);
            }
            if (login.remote_address != 0) {
                EXPECT_TRUE(std::ranges::any_of(days.flows, [&](const FlowEvent& flow) {
                    return flow.local_port == 22 && flow.remote_address == login.remote_address &&
                           flow.remote_port == login.remote_port && flow.at < login.at;
                }));
            }
        }
        EXPECT_TRUE(present.empty());
    }
    EXPECT_GT(visits, 20u);
}

bool is_documentation(std::uint32_t address) {
    const std::uint32_t net = address >> 8;
    return net == 0xc00002 || net == 0xc63364 || net == 0xcb0071;
}

TEST_P(OfEveryKind, AddressesAreTheOwnNetsOrNobodys) {
    for (std::uint64_t number = 0; number < 10; ++number) {
        Host host = device(kind(), number);
        for (PlaybookId playbook = 0; playbook < playbooks().size(); ++playbook) {
            host.play(playbook, kRunStart + 1h);
        }
        const Happenings days = look(host, kAllStreams, kRunStart, kRunStart + 4 * 24h);
        const std::uint32_t net = host.profile().address >> 8;
        for (const FlowEvent& flow : days.flows) {
            EXPECT_EQ(flow.local_address, host.profile().address);
            EXPECT_NE(flow.remote_address, host.profile().address);
            EXPECT_TRUE(flow.remote_address >> 8 == net || is_documentation(flow.remote_address))
                << flow.remote_address;
            EXPECT_LT(flow.connection, catalogue().connections.size());
            const bool in = catalogue().connections[flow.connection].direction == Direction::kIn;
            EXPECT_LT(in ? flow.local_port : flow.remote_port, 10'000);
            EXPECT_GT(flow.bytes_in + flow.bytes_out, 0u);
        }
        for (const LoginEvent& login : days.logins) {
            EXPECT_TRUE(login.remote_address == 0 || login.remote_address >> 8 == net ||
                        is_documentation(login.remote_address));
            EXPECT_LT(login.user, catalogue().users.size());
            EXPECT_LT(login.terminal, catalogue().terminals.size());
        }
    }
}

TEST_P(OfEveryKind, LooksAndLoadsAllocateNothingOnceWarm) {
    const Host host = device(kind());
    Happenings seen;
    host.look(kAllStreams, kRunStart, kRunStart + 30 * 24h, seen);
    for (std::uint64_t number = 0; number < 40'000; ++number) {
        host.add_one(static_cast<Stream>(number % kStreamCount), number, kRunStart, seen);
    }
    const std::uint64_t before = support::allocations();
    for (int day = 0; day < 30; ++day) {
        seen.clear();
        host.look(kAllStreams, kRunStart + day * 24h, kRunStart + (day + 1) * 24h, seen);
        for (std::uint64_t number = 0; number < 1'000; ++number) {
            host.add_one(static_cast<Stream>(number % kStreamCount), number, kRunStart, seen);
        }
    }
    EXPECT_EQ(support::allocations(), before);
}

INSTANTIATE_TEST_SUITE_P(Host, OfEveryKind, testing::Range(0, int{kKindCount}));

TEST(Host, SameSeedSameEventsOtherSeedOthers) {
    const Happenings one = look(device(Kind::kGateway, 4), kAllStreams, kRunStart, kRunStart + 24h);
    expect_same(one, look(device(Kind::kGateway, 4), kAllStreams, kRunStart, kRunStart + 24h));
    EXPECT_NE(one.processes,
              look(device(Kind::kGateway, 5), kAllStreams, kRunStart, kRunStart + 24h).processes);
}

TEST(Host, AnEmptyIntervalIsEmpty) {
    const Host host = device(Kind::kGateway);
    EXPECT_EQ(count(look(host, kAllStreams, kRunStart + 1h, kRunStart + 1h)), 0u);
    EXPECT_EQ(count(look(host, kAllStreams, kRunStart + 2h, kRunStart + 1h)), 0u);
    EXPECT_EQ(count(look(host, {}, kRunStart, kRunStart + 48h)), 0u);
}

// Two hours of an agent's aggregation leave a handful of distinct entries.
TEST(Host, LongConnectionsAndJobsAggregate) {
    double lines = 0;
    double flows = 0;
    int looks = 0;
    for (std::uint64_t number = 0; number < 50; ++number) {
        const Host host = device(static_cast<Kind>(number % kKindCount), number);
        for (int i = 0; i < 84; ++i) {
            const Happenings seen = look(host, {Stream::kProcesses, Stream::kFlows},
                                         kRunStart + i * 2h, kRunStart + (i + 1) * 2h);
            std::set<std::pair<int, int>> of_processes;
            for (const ProcessEvent& process : seen.processes) {
                of_processes.emplace(process.program, process.user);
            }
            std::set<std::tuple<int, int, std::uint32_t>> of_flows;
            for (const FlowEvent& flow : seen.flows) {
                of_flows.emplace(flow.local_port, flow.remote_port, flow.remote_address);
            }
            lines += static_cast<double>(of_processes.size());
            flows += static_cast<double>(of_flows.size());
            ++looks;
        }
    }
    EXPECT_GT(lines / looks, 5);
    EXPECT_LT(lines / looks, 8);
    EXPECT_GT(flows / looks, 5);
    EXPECT_LT(flows / looks, 8);
}

// At the device's own zone: people come by day.
TEST(Host, PeopleSleepAtNight) {
    std::size_t by_day = 0;
    std::size_t by_night = 0;
    std::set<int> zones;
    for (std::uint64_t number = 0; number < 200; ++number) {
        const Host host = device(Kind::kIndustrialPc, number);
        zones.insert(host.profile().zone_minutes);
        for (const LoginEvent& login :
             look(host, {Stream::kLogins}, kRunStart, kRunStart + 7 * 24h).logins) {
            const auto local =
                (login.at - kRunStart) + 48h + std::chrono::minutes(host.profile().zone_minutes);
            const auto hour = local / 1h % 24;
            const bool person = login.operation == LoginOperation::kLogin;
            by_day += person && hour >= 8 && hour < 18 ? 1 : 0;
            by_night += person && (hour >= 22 || hour < 4) ? 1 : 0;
        }
    }
    EXPECT_GT(zones.size(), 3u);
    EXPECT_GT(by_day, 20 * by_night);
}

TEST(Host, AWeekendIsQuieter) {
    std::size_t thursday = 0;
    std::size_t saturday = 0;
    for (std::uint64_t number = 0; number < 300; ++number) {
        const Host host = device(Kind::kGateway, number);
        // The epoch is a Thursday; two days on it is Saturday, at any of the zones.
        const TimePoint from = kRunStart - std::chrono::minutes(host.profile().zone_minutes);
        thursday += look(host, {Stream::kPeripherals}, from, from + 24h).peripherals.size();
        saturday += look(host, {Stream::kPeripherals}, from + 48h, from + 72h).peripherals.size();
    }
    EXPECT_GT(thursday, 2 * saturday);
}

TEST(Host, AVeryLongSilenceIsBoundedAndCounted) {
    const Host host = device(Kind::kGateway);
    const auto ten_years = 24h * 365 * 10;
    const Happenings seen = look(host, kAllStreams, kRunStart, kRunStart + ten_years);
    EXPECT_LE(seen.processes.size(), kEventsDrawnMax);
    EXPECT_LE(seen.flows.size(), kEventsDrawnMax);
    EXPECT_GT(seen.processes.size(), kEventsDrawnMax * 9 / 10);
    EXPECT_GT(seen.processes.back().at, kRunStart + ten_years - 3h);
    const Happenings year = look(host, {Stream::kPeripherals}, kRunStart, kRunStart + 24h * 365);
    EXPECT_EQ(year.skipped, (std::array<std::uint64_t, kStreamCount>{}));
    // What was skipped is about what would have been drawn.
    std::size_t processes = 0;
    for (int day = 0; day < 365; ++day) {
        processes +=
            look(host, {Stream::kProcesses}, kRunStart + day * 24h, kRunStart + (day + 1) * 24h)
                .processes.size();
    }
    const auto all = static_cast<double>(seen.skipped[0] + seen.processes.size());
    EXPECT_NEAR(all / 10, static_cast<double>(processes), 0.01 * static_cast<double>(processes));
}

TEST(Host, LoadsDependOnTheirNumberOnly) {
    const Host host = device(Kind::kCamera);
    for (std::size_t i = 0; i < kStreamCount; ++i) {
        Happenings one;
        Happenings other;
        host.add_one(static_cast<Stream>(i), 17, kRunStart + 5s, one);
        host.add_one(static_cast<Stream>(i), 3, kRunStart + 5s, other);
        other.clear();
        host.add_one(static_cast<Stream>(i), 17, kRunStart + 5s, other);
        expect_same(one, other);
        EXPECT_EQ(count(one), 1u);
        for_each_stream(one, [](const auto& events) {
            for (const auto& event : events) {
                EXPECT_EQ(event.at, kRunStart + 5s);
            }
        });
    }
}

TEST(Host, InALoadNobodyLogsOutWhoIsNotLoggedIn) {
    const Host host = device(Kind::kGateway);
    Happenings seen;
    std::set<std::uint32_t> present;
    std::size_t failed = 0;
    for (std::uint64_t number = 0; number < 1'000; ++number) {
        host.add_one(Stream::kLogins, number, kRunStart, seen);
        const LoginEvent& login = seen.logins.back();
        if (login.operation == LoginOperation::kLogin) {
            EXPECT_TRUE(present.insert(login.process_id).second);
        } else if (login.operation == LoginOperation::kLogout) {
            EXPECT_EQ(present.erase(login.process_id), 1u);
        } else {
            ++failed;
        }
    }
    EXPECT_TRUE(present.empty());
    EXPECT_EQ(failed, 200u);
}

TEST(Host, ALoadLooksLikeEverydayLife) {
    const Host host = device(Kind::kGateway);
    Happenings seen;
    std::set<std::uint16_t> programs;
    for (std::uint64_t number = 0; number < 5'000; ++number) {
        host.add_one(Stream::kProcesses, number, kRunStart, seen);
        programs.insert(seen.processes.back().program);
        ASSERT_LT(seen.processes.back().program, program::kPlayedFirst);
    }
    EXPECT_GT(programs.size(), 15u);
}

}  // namespace
}  // namespace twinstorm::host

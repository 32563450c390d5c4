#include "run/worker_plays.h"

#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include "hub/faults.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;

host::PlaybookId id_of(std::string_view name) {
    return host::find_playbook(name).value();
}

plan::Play play(std::string_view name, Duration start = 0s, Duration spread = 0s,
                std::uint32_t times = 1) {
    plan::Play result;
    result.playbook = id_of(name);
    result.start = start;
    result.spread = spread;
    result.times = times;
    return result;
}

plan::Plan plan_of(std::vector<plan::Play> first, std::vector<plan::Play> second = {}) {
    plan::Plan plan;
    plan.seed = 7;
    plan.groups.resize(1);
    plan.groups[0].name = "gateways";
    plan.groups[0].devices = 100;
    plan.groups[0].roles[0].persona = agent::make_persona(agent::Family::kMicroLinux);
    plan.phases.resize(2);
    plan.phases[0].name = "calm";
    plan.phases[0].plays = std::move(first);
    plan.phases[1].name = "outbreak";
    plan.phases[1].plays = std::move(second);
    return plan;
}

iothub::IdentityName agent_of(int device) {
    return {"gw-" + std::to_string(device), "agent"};
}

class WorkerPlaysTest : public ::testing::Test {
protected:
    struct Act {
        std::uint32_t seat;
        host::PlaybookId playbook;
        TimePoint at;
        host::PlayNumber number;
        friend bool operator==(const Act&, const Act&) = default;
    };

    void begin(plan::Plan plan) {
        plan_ = std::move(plan);
        plays_.emplace(plan_, [this](std::uint32_t seat, host::PlaybookId playbook, TimePoint at,
                                     host::PlayNumber number) {
            acts_.push_back({seat, playbook, at, number});
        });
    }
    void seat(int device) {
        plays_->seat(static_cast<std::uint32_t>(device), agent_of(device), {0, 0});
    }
    // As a loop would, deadline by deadline.
    void run_to(TimePoint end) {
        while (plays_->next_deadline() && *plays_->next_deadline() <= end) {
            plays_->advance(*plays_->next_deadline());
        }
    }
    std::vector<PlayedIdentity> report() {
        return plays_->report([](std::uint32_t, PlayedIdentity&) {});
    }

    static constexpr TimePoint kBegin = kRunStart + 60s;

    plan::Plan plan_;
    std::optional<WorkerPlays> plays_;
    std::vector<Act> acts_;
};

TEST_F(WorkerPlaysTest, TellsADeviceAheadOfTheInstant) {
    begin(plan_of({play("ransomware", 10s)}));
    seat(3);
    EXPECT_FALSE(plays_->next_deadline());
    plays_->begin_phase(0, kBegin);
    EXPECT_EQ(plays_->next_deadline(), kBegin + 10s - WorkerPlays::kPlayAhead);
    run_to(kBegin + 9s - 1ns);
    EXPECT_TRUE(acts_.empty());
    run_to(kBegin + 9s);
    EXPECT_EQ(acts_, (std::vector<Act>{{3, id_of("ransomware"), kBegin + 10s, 0}}));
    EXPECT_FALSE(plays_->next_deadline());
    ASSERT_EQ(report().size(), 1U);
    EXPECT_EQ(report()[0].name, agent_of(3));
    EXPECT_EQ(report()[0].chosen, 1U);
    EXPECT_EQ(report()[0].played, 1U);
}

TEST_F(WorkerPlaysTest, NumbersGoThroughAllPhasesAndTimes) {
    begin(
        plan_of({play("ransomware", 1s, 9s, 3), play("web-shell", 20s)}, {play("ransomware", 5s)}));
    seat(1);
    plays_->begin_phase(0, kBegin);
    run_to(kBegin + 30s);
    plays_->begin_phase(1, kBegin + 30s);
    run_to(kBegin + 60s);
    ASSERT_EQ(acts_.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(acts_, {}, &Act::at));
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(acts_[i].number, i);
    }
    EXPECT_EQ(acts_[3].playbook, id_of("web-shell"));
    EXPECT_EQ(acts_[4].at, kBegin + 35s);
    EXPECT_EQ(report()[0].played, 0b11111U);
}

TEST_F(WorkerPlaysTest, APhaseThatEndsEarlyPlaysNoMore) {
    begin(plan_of({play("ransomware", 5s), play("web-shell", 50s)}));
    seat(1);
    plays_->begin_phase(0, kBegin);
    plays_->begin_phase(1, kBegin + 20s);  // Without a turn in between: nothing is lost.
    EXPECT_EQ(acts_.size(), 1U);
    run_to(kBegin + 100s);
    EXPECT_EQ(acts_.size(), 1U);
    EXPECT_EQ(report()[0].chosen, 0b11U);
    EXPECT_EQ(report()[0].played, 0b01U);
}

TEST_F(WorkerPlaysTest, TheEndOfTheLoadEndsThePhase) {
    begin(plan_of({play("ransomware", 5s), play("web-shell", 50s)}));
    seat(1);
    plays_->begin_phase(0, kBegin);
    plays_->end(kBegin + 20s);
    EXPECT_EQ(acts_.size(), 1U);
    EXPECT_FALSE(plays_->next_deadline());
}

TEST_F(WorkerPlaysTest, OnlyAgentsThatSeeItPlayIt) {
    plan::Plan plan = plan_of({play("permissive-firewall-policy")});
    begin(plan);
    seat(1);
    EXPECT_TRUE(plays_->identities().empty());
    plan.groups[0].roles[0].persona = agent::make_persona(agent::Family::kLegacyC);
    begin(plan);
    seat(1);
    EXPECT_EQ(plays_->identities(), std::vector<iothub::IdentityName>{agent_of(1)});
    plan.phases[0].plays[0].persona = "micro-linux";
    begin(plan);
    seat(1);
    EXPECT_TRUE(plays_->identities().empty());
}

// Sixteen workers play what one does.
TEST_F(WorkerPlaysTest, WhoPlaysWhatDoesNotDependOnTheWorker) {
    plan::Play some = play("ransomware", 5s, 30s);
    some.device_share = 0.3;
    const auto acts_with = [&](int workers) {
        std::vector<std::tuple<std::uint32_t, TimePoint>> all;
        for (int worker = 0; worker < workers; ++worker) {
            acts_.clear();
            begin(plan_of({some}));
            for (int device = worker; device < 100; device += workers) {
                seat(device);
            }
            plays_->begin_phase(0, kBegin);
            run_to(kBegin + 60s);
            for (const Act& act : acts_) {
                all.emplace_back(act.seat, act.at);
            }
        }
        std::ranges::sort(all);
        return all;
    };
    const auto alone = acts_with(1);
    EXPECT_GT(alone.size(), 15U);
    EXPECT_LT(alone.size(), 50U);
    EXPECT_EQ(acts_with(16), alone);
}

// One can be laid on the other: the devices that are attacked are those that the hub cuts off.
TEST(PlayedDevices, AreThoseThatAFaultOfTheSameShareSelects) {
    constexpr std::uint64_t kSeed = 7;
    plan::Play some = play("ransomware");
    some.device_share = 0.3;
    hub::Fault fault;
    fault.effect = hub::DropAcknowledgementsFault{1};
    fault.device_share = 0.3;
    const hub::Faults faults({fault}, plan::phase_seed(kSeed, "outbreak"), kRunStart);
    const plan::PhasePlays plays(kSeed, "outbreak");
    std::size_t chosen = 0;
    for (int device = 0; device < 1'000; ++device) {
        const std::string id = "gw-" + std::to_string(device);
        const bool cut =
            faults.drops_acknowledgement(hub::fault_subject(id, "agent"), 1, kRunStart + 1s);
        EXPECT_EQ(plays.chooses(some, id), cut) << id;
        chosen += cut ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(chosen), 300, 60);
}

}  // namespace
}  // namespace twinstorm::run

// A plan to test with: the quickstart's, made by hand.
#pragma once

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

[[nodiscard]] inline Plan quickstart_plan() {
    using namespace std::chrono_literals;
    Plan plan;
    plan.name = "quickstart";
    plan.question = "How fast?";
    plan.hub = MockHub{iothub::Tier::kS3, 1};
    Group gateways;
    gateways.name = "gateways";
    gateways.devices = 1'000;
    gateways.id_pattern = "gw-{index:05}";
    gateways.security_messages = OpenLoad{2, load::ArrivalKind::kPoisson};
    Group reference;
    reference.name = "reference";
    reference.devices = 10;
    reference.id_pattern = "reference-{index:05}";
    reference.transport = Transport::kPaho;
    plan.groups = {gateways, reference};

    Phase connect;
    connect.name = "connect";
    connect.connect_rate = 200;
    Phase warm_up;
    warm_up.name = "warm-up";
    warm_up.duration = 5s;
    warm_up.measure = false;
    Phase steady;
    steady.name = "steady";
    steady.duration = 20s;
    steady.twin_updates = TwinUpdates{
        RateUpdates{100, load::ArrivalKind::kConstant},
        {{{"Process_MessageFrequency", "High"}}, {{"Process_MessageFrequency", "Low"}}}};
    Phase rollout;
    rollout.name = "rollout";
    rollout.converged_share = 1;
    rollout.at_most = 60s;
    rollout.twin_updates = TwinUpdates{EveryDevice{}, {{{"Heartbeat_MessageFrequency", "High"}}}};
    plan.phases = {connect, warm_up, steady, rollout};
    plan.gates = {parse_gate("twin_update.round_trip.p99 < 500ms").value()};
    plan.plan_hash = "0123456789abcdef";
    return plan;
}

}  // namespace twinstorm::plan

// A small whole world out of one number: a plan, the faults of its network and of its hub, and what
// became of them. The same number makes the same world.
//
// Use:    SeededWorld(seed).run(); then hold the laws in seeded_laws.h against what it returns.
// Rule:   every fault ends before the last phase begins, which gives all time to settle.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/run.h"

namespace twinstorm::run {

enum class NetworkFaultKind : std::uint8_t { kCutAll, kStall };

struct NetworkFault {
    TimePoint at;
    NetworkFaultKind kind = NetworkFaultKind::kCutAll;
    Duration length{};  // Of a stall. A short one is a spike of latency.
};

// The twin of one agent, as the hub has it in the end.
struct HubTwin {
    std::int64_t desired_version = 0;
    std::string latest_state;  // What the agent reported.
    std::string heartbeat;     // What the roll-out asked for.
};

struct WorldEnd {
    Outcome outcome;
    std::vector<std::string> breaches;           // Of links: what a device was told out of order.
    std::vector<std::int64_t> versions;          // The newest that each device was told.
    std::map<std::uint32_t, HubTwin> hub_twins;  // By the number of the device.
    std::int64_t hub_connections = -1;           // Still there when all have left.
    std::vector<std::string> hub_complaints;     // Rules by which it closed or refused connections.
};

class SeededWorld {
public:
    explicit SeededWorld(std::uint64_t seed);

    [[nodiscard]] WorldEnd run() const;

    [[nodiscard]] const plan::Plan& plan() const { return plan_; }
    [[nodiscard]] const std::vector<NetworkFault>& network() const { return network_; }
    template <class Effect>
    [[nodiscard]] bool has_hub_fault() const {
        for (const plan::Phase& phase : plan_.phases) {
            for (const plan::Fault& fault : phase.faults) {
                if (std::holds_alternative<Effect>(fault.effect)) {
                    return true;
                }
            }
        }
        return false;
    }
    [[nodiscard]] bool has_hub_faults() const;
    [[nodiscard]] std::string describe() const;

private:
    plan::Plan plan_;
    std::vector<NetworkFault> network_;
};

}  // namespace twinstorm::run

#include "run/seeded_faults.h"

#include <algorithm>

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;

constexpr std::size_t kNetworkFaultsMax = 4;
constexpr std::size_t kHubFaultsMax = 3;

Duration between(Random& random, Duration least, Duration most) {
    return least + Duration(static_cast<std::int64_t>(
                       random.below(static_cast<std::uint64_t>((most - least).count()) + 1)));
}

double share(Random& random, double most) {
    return std::max(0.01, most * random.unit());
}

decltype(plan::LatencyFault::form) latency_form(Random& random) {
    switch (random.below(5)) {
        case 0:
            return plan::ConstantLatency{between(random, 1ms, 300ms)};
        case 1:
            return plan::ExponentialLatency{between(random, 1ms, 200ms)};
        case 2:
            return plan::UniformLatency{1ms, between(random, 2ms, 500ms)};
        case 3:
            return plan::LognormalLatency{between(random, 1ms, 50ms), between(random, 60ms, 900ms)};
        default:
            return plan::BimodalLatency{1ms, between(random, 100ms, 1s), share(random, 0.3)};
    }
}

// What an operation may be refused with; a device and the operator try again, or say that it
// failed.
plan::ErrorFault error_fault(Random& random) {
    using enum iothub::ServiceErrorCode;
    constexpr iothub::ServiceErrorCode kCodes[] = {kThrottlingException, kServerError,
                                                   kGenericBadGateway};
    return {{OperationClass::kTwinReads, OperationClass::kTwinUpdates},
            kCodes[random.below(std::size(kCodes))],
            share(random, 0.4)};
}

plan::DisconnectFault disconnect_fault(Random& random) {
    const bool at_once = random.below(2) == 0;
    return at_once ? plan::DisconnectFault{share(random, 1), 0}
                   : plan::DisconnectFault{0, share(random, 0.5)};
}

plan::Fault hub_fault(Random& random, Duration span) {
    plan::Fault fault;
    fault.start = between(random, 0ns, span / 2);
    fault.duration = between(random, span / 8, span / 3);
    if (random.below(3) == 0) {
        fault.device_share = share(random, 1);
    }
    switch (random.below(9)) {
        case 0:
            fault.effect = plan::LatencyFault{{}, latency_form(random)};
            break;
        case 1:
            fault.effect = error_fault(random);
            break;
        case 2:
            fault.effect = plan::RefuseConnectsFault{
                share(random, 0.9),
                random.below(2) == 0 ? std::optional<std::uint8_t>(3) : std::nullopt};
            break;
        case 3:
            fault.effect = plan::DropAcknowledgementsFault{share(random, 0.3)};
            break;
        case 4:
            fault.effect = plan::DuplicateFault{plan::Duplicated::kTelemetry, share(random, 0.5)};
            break;
        case 5:
            fault.effect = disconnect_fault(random);
            if (std::get<plan::DisconnectFault>(fault.effect).share > 0) {
                fault.duration.reset();  // It happens at one instant.
            }
            break;
        case 6:
            fault.effect = plan::SlowReadsFault{200 + random.below(20'000)};
            break;
        case 7:
            fault.effect = plan::StallFault{};
            fault.device_share = 1;  // Of the whole hub.
            break;
        default:
            fault.effect = plan::RestartFault{true, between(random, 0ns, span / 3)};
            fault.device_share = 1;
            fault.duration.reset();
            break;
    }
    return fault;
}

}  // namespace

std::vector<NetworkFault> seeded_network_faults(Random& random, TimePoint begin, Duration span) {
    std::vector<NetworkFault> faults;
    const TimePoint end = begin + span;
    TimePoint free_from = begin;
    for (std::uint64_t left = random.below(kNetworkFaultsMax + 1); left > 0; --left) {
        NetworkFault fault;
        fault.at = free_from + between(random, 0ns, span / kNetworkFaultsMax);
        if (fault.at >= end) {
            break;
        }
        if (random.below(2) == 0) {
            fault.kind = NetworkFaultKind::kStall;
            // Half of them are spikes, half long enough for keep-alives to run out.
            fault.length =
                random.below(2) == 0 ? between(random, 5ms, 200ms) : between(random, 200ms, 3s);
        }
        free_from = fault.at + fault.length;
        faults.push_back(fault);
    }
    return faults;
}

std::vector<plan::Fault> seeded_hub_faults(Random& random, Duration span) {
    std::vector<plan::Fault> faults;
    for (std::uint64_t left = random.below(kHubFaultsMax + 1); left > 0; --left) {
        faults.push_back(hub_fault(random, span));
    }
    return faults;
}

}  // namespace twinstorm::run

// A scenario, read and checked: everything a run needs, typed, with units converted.
//
// Use:    `scenario` makes one from YAML; `run` carries it out. Immutable once made.
// Units:  rates per second, durations in run time, shares 0..1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/agent/persona.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/load/arrival.h"
#include "twinstorm/plan/fault.h"
#include "twinstorm/plan/gate.h"
#include "twinstorm/plan/play.h"

namespace twinstorm::plan {

inline constexpr std::uint32_t kDevicesMax = 1'000'000;

// How the mock hub judges security messages: by the published schema alone, or as agents are known
// to deviate from it.
enum class Verdicts : std::uint8_t { kStrict, kAsShipped };
[[nodiscard]] std::string_view name(Verdicts verdicts);  // `as-shipped`

inline constexpr std::uint32_t kPartitionsMin = 2;
inline constexpr std::uint32_t kPartitionsMax = 32;
inline constexpr std::uint32_t kHubWorkersMax = 64;

struct MockHub {
    iothub::Tier tier = iothub::Tier::kS1;
    int units = 1;
    bool throttle = true;          // Enforces the tier's throttles and its daily quota.
    std::uint32_t partitions = 4;  // Of the built-in endpoint.
    std::uint32_t workers = 1;     // Threads of the hub; the virtual world has one.
    Verdicts verdicts = Verdicts::kStrict;
};

// What a run against a paid service may use up, at most.
struct Budget {
    std::uint64_t messages = 0;
    std::uint32_t devices = 0;
    Duration duration{};
};

struct RealHub {
    Secret connection_string;      // One of the two.
    std::string ready_file;        // Path as written, relative to the working directory.
    std::optional<Budget> budget;  // Required with a connection string.
};

using Hub = std::variant<MockHub, RealHub>;

enum class Transport : std::uint8_t { kAsio, kPaho };
[[nodiscard]] std::string_view name(Transport transport);

struct PersonaSchedule {};
struct OpenLoad {
    double rate = 0;  // Messages per second and device.
    load::ArrivalKind arrivals = load::ArrivalKind::kPoisson;
};
struct ClosedLoad {
    std::uint32_t in_flight = 1;
};
using SecurityLoad = std::variant<PersonaSchedule, OpenLoad, ClosedLoad>;

// A persona that every device of a group has, with an identity and a connection of its own.
struct Role {
    agent::Persona persona = agent::make_persona(agent::Family::kMicroLinux);
    std::optional<SecurityLoad> security_messages;  // None: its group's.
    bool starts_later = false;                      // A phase starts it, not the connect phase.
};

// Shares of a group's devices; the rest is as it should be.
struct IdentityShares {
    double absent = 0;           // Not in the registry; the agent tries all the same.
    double never_connected = 0;  // In the registry, without a client.
    double rejected = 0;         // In the registry with another key.

    [[nodiscard]] bool any() const { return absent + never_connected + rejected > 0; }
};

inline constexpr std::size_t kRolesMax = 8;

struct Group {
    std::string name;
    std::uint32_t devices = 0;
    std::string id_pattern;  // `gw-{index:05}`
    Transport transport = Transport::kAsio;
    SecurityLoad security_messages;  // Of each identity, unless its role says otherwise.
    std::vector<Role> roles = std::vector<Role>(1);
    IdentityShares identities;

    [[nodiscard]] std::string device_id(std::uint32_t index) const;  // index from 0.
    [[nodiscard]] const SecurityLoad& load_of(const Role& role) const {
        return role.security_messages ? *role.security_messages : security_messages;
    }
};

struct RateUpdates {
    double rate = 0;  // Patches per second over the whole fleet.
    load::ArrivalKind arrivals = load::ArrivalKind::kConstant;
};
struct EveryDevice {
    std::optional<double> rate;  // None: as fast as the tier allows.
};
struct TwinUpdates {
    std::variant<RateUpdates, EveryDevice> target;
    // Each patch takes the next value of every list: `{Process_MessageFrequency: [High, Medium]}`.
    std::vector<boost::json::object> patches;
    // Whose twins: names of personas. Empty: the first of each group that has a twin.
    std::vector<std::string> personas{};
};

// The agents of one persona are started or stopped, device after device.
struct LifeCycleStep {
    std::string persona;
    std::string group;  // Empty: in every group.
    double rate = 0;    // Per second.
};

struct Phase {
    std::string name;
    bool measure = true;
    std::optional<double> connect_rate;     // A connect phase: devices per second.
    std::optional<Duration> duration;       // A phase of fixed length.
    std::optional<double> converged_share;  // Ends when this share has confirmed ...
    std::optional<Duration> at_most;        // ... or after this long.
    bool security_messages = true;          // False: no open or closed load in this phase.
    std::optional<TwinUpdates> twin_updates;
    std::optional<LifeCycleStep> start;
    std::optional<LifeCycleStep> stop;
    std::vector<Fault> faults;  // At the mock hub, from this phase's begin to its end.
    std::vector<Play> plays;    // Threats, at the devices.
};

struct Plan {
    std::string name;
    std::string question;
    std::uint64_t seed = 1;
    // The devices' own, when the first phase begins; none: the world's. The virtual world begins at
    // it, or at kVirtualEpoch.
    std::optional<WallTime> clock;
    std::optional<Duration>
        tick;  // On which the live fleet sends and reads; none: at each instant.
    Hub hub;
    std::vector<Group> groups;
    std::vector<Phase> phases;
    std::vector<Gate> gates;
    std::string source;  // The YAML with --set applied, secrets unresolved: as shown in results.
    std::string
        plan_hash;  // 16 hexadecimal digits over the canonical source; the same on any shard.

    [[nodiscard]] std::uint32_t device_count() const;
    [[nodiscard]] std::uint32_t identity_count() const;  // Each persona of each device.
};

}  // namespace twinstorm::plan

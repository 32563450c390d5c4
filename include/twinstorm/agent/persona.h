// What kind of agent speaks: its identity, its twin's dialect, its schedule, its encoder, and how
// its SDK keeps a connection. Each of them can be chosen by itself.
//
// Owner:  the plan; agents and devices borrow. Immutable once read.
// Source: the fact sheet of the agents, sections 1 to 3 and 7; what no document says is an option
//         here, with the sheet's default.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/agent/encoding.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

enum class Family : std::uint8_t {
    kMicroLinux,
    kLegacyC,
    kLegacyCs,
    kMicroRtos,
    kTemplate,  // Written in YAML; `none`, the plain device, is one.
};

inline constexpr std::string_view kMicroModuleId = "DefenderIotMicroAgent";
inline constexpr std::string_view kLegacyModuleId = "azureiotsecurity";

// Collectors that are due together: one message for all, or one each. Not documented.
enum class Bundling : std::uint8_t { kPerTick, kPerCollector };
// Desired keys that no document names. Not documented.
enum class UnknownKeys : std::uint8_t { kIgnored, kInvalid };
// Valid keys beside an invalid one. Not documented.
enum class BesideInvalid : std::uint8_t { kApplied, kRejected };

struct AgentOptions {
    Encoding encoding = Encoding::kJson;
    host::Kind kind = host::Kind::kGateway;
    bool mixed_kinds = true;  // `kind` is drawn for each device.
    Bundling bundling = Bundling::kPerTick;
    UnknownKeys unknown_keys = UnknownKeys::kIgnored;
    BesideInvalid beside_invalid = BesideInvalid::kApplied;
    bool invalid_fields_as_text = false;  // `latest_invalid_fields` as one comma-separated string.
    bool patch_is_whole = false;  // Legacy quirk: keys absent from a patch fall to their defaults.
    Duration first_collection_min = std::chrono::seconds(30);
    Duration first_collection_max = std::chrono::seconds(89);
};

// How the SDK below the agent connects and comes back.
struct ConnectionHabits {
    Duration sas_lifetime = std::chrono::hours(1);
    double renew_at_share = 0.8;  // Of the token's life: then it disconnects and comes back.
    std::chrono::seconds keep_alive{240};
    Duration resend_after = std::chrono::seconds(60);  // Without PUBACK; given up after twice that.
    Duration retry_first = std::chrono::seconds(1);
    Duration retry_max = std::chrono::seconds(30);
    double retry_jitter = 0.05;
    // Legacy: no twin within 30 s, or credentials refused, and the process ends; systemd starts it
    // again, for ever.
    bool restarts = false;
    Duration twin_wait = std::chrono::seconds(30);
    Duration restart_after = std::chrono::seconds(10);
    Duration twin_tick{};  // The C agent takes one queued desired update each 10 s; 0: at once.
};

struct PersonaTemplate;  // twinstorm/agent/persona_template.h

struct Persona {
    std::string name;  // `micro-linux`
    Family family = Family::kMicroLinux;
    std::string module_id;  // Empty: it speaks as the device itself.
    bool has_twin = true;
    AgentOptions options;
    ConnectionHabits habits;
    // Shared by the groups that use one persona file.
    std::shared_ptr<const PersonaTemplate> source;
};

// The bundled ones of Microsoft's agents, with their documented habits.
[[nodiscard]] Persona make_persona(Family family);
[[nodiscard]] std::string_view name(Family family);  // `legacy-cs`
[[nodiscard]] std::optional<Family> find_family(std::string_view name);

}  // namespace twinstorm::agent

#include "scenario/keys.h"

#include <algorithm>
#include <array>

#include "twinstorm/base/check.h"

namespace twinstorm::scenario {
namespace {

constexpr bool kRequired = true;

constexpr std::array kTop{
    Key{"name", kRequired},  Key{"question"},          Key{"seed"},  Key{"hub", kRequired},
    Key{"fleet", kRequired}, Key{"phases", kRequired}, Key{"gates"}, Key{"report"}};
constexpr std::array kHub{Key{"mock"}, Key{"real"}};
constexpr std::array kMock{Key{"tier"}, Key{"units"}};
constexpr std::array kReal{Key{"connection_string"}, Key{"ready_file"}, Key{"budget"}};
constexpr std::array kBudget{Key{"messages", kRequired}, Key{"devices", kRequired},
                             Key{"duration", kRequired}};
constexpr std::array kGroup{Key{"group", kRequired},
                            Key{"devices", kRequired},
                            Key{"id"},
                            Key{"persona"},
                            Key{"auth"},
                            Key{"transport"},
                            Key{"security_messages"},
                            Key{"sas_lifetime"},
                            Key{"keep_alive"}};
constexpr std::array kSecurityMessages{Key{"rate"}, Key{"arrivals"}, Key{"in_flight"}};
constexpr std::array kPhase{Key{"name", kRequired}, Key{"connect"}, Key{"duration"},
                            Key{"until"},           Key{"measure"}, Key{"security_messages"},
                            Key{"twin_updates"}};
constexpr std::array kConnect{Key{"rate", kRequired}};
constexpr std::array kUntil{Key{"converged", kRequired}, Key{"at_most", kRequired}};
constexpr std::array kTwinUpdates{Key{"rate"}, Key{"arrivals"}, Key{"every"},
                                  Key{"patch", kRequired}};
constexpr std::span<const Key> kNone;

constexpr std::array kTables{KeyTable{"", kTop},
                             KeyTable{"hub", kHub},
                             KeyTable{"hub.mock", kMock},
                             KeyTable{"hub.real", kReal},
                             KeyTable{"hub.real.budget", kBudget},
                             KeyTable{"fleet[]", kGroup},
                             KeyTable{"fleet[].security_messages", kSecurityMessages},
                             KeyTable{"phases[]", kPhase},
                             KeyTable{"phases[].connect", kConnect},
                             KeyTable{"phases[].until", kUntil},
                             KeyTable{"phases[].twin_updates", kTwinUpdates},
                             KeyTable{"report", kNone}};

using Words = std::string_view;
constexpr std::array<Words, 4> kTiers{"F1", "S1", "S2", "S3"};
constexpr std::array<Words, 1> kPersonas{"micro-linux"};
constexpr std::array<Words, 4> kPersonasPlanned{"legacy-c", "legacy-cs", "micro-rtos", "none"};
constexpr std::array<Words, 1> kAuths{"sas"};
constexpr std::array<Words, 4> kAuthsPlanned{"x509-self-signed", "x509-ca", "dps-symmetric",
                                             "dps-x509"};
constexpr std::array<Words, 2> kTransports{"asio", "paho"};
constexpr std::array<Words, 1> kTransportsPlanned{"asio-websocket"};
constexpr std::array<Words, 2> kArrivals{"constant", "poisson"};
constexpr std::array<Words, 1> kEvery{"device"};
constexpr std::span<const Words> kNothing;

constexpr std::array kChoices{
    Choices{"hub.mock.tier", "tier", kTiers, kNothing},
    Choices{"fleet[].persona", "persona", kPersonas, kPersonasPlanned},
    Choices{"fleet[].auth", "auth", kAuths, kAuthsPlanned},
    Choices{"fleet[].transport", "transport", kTransports, kTransportsPlanned},
    Choices{"fleet[].security_messages.arrivals", "arrivals", kArrivals, kNothing},
    Choices{"phases[].twin_updates.arrivals", "arrivals", kArrivals, kNothing},
    Choices{"phases[].twin_updates.every", "every", kEvery, kNothing}};

}  // namespace

bool KeyTable::contains(std::string_view key) const {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const Key& known) { return known.name == key; });
}

std::vector<std::string_view> KeyTable::names() const {
    std::vector<std::string_view> names;
    for (const Key& key : keys) {
        names.push_back(key.name);
    }
    return names;
}

std::span<const KeyTable> key_tables() {
    return kTables;
}

const KeyTable* find_table(std::string_view path) {
    const auto* const found = std::find_if(
        kTables.begin(), kTables.end(), [&](const KeyTable& known) { return known.path == path; });
    return found == kTables.end() ? nullptr : found;
}

const KeyTable& table(std::string_view path) {
    const KeyTable* found = find_table(path);
    TWINSTORM_CHECK(found != nullptr);
    return *found;
}

std::span<const Choices> choice_tables() {
    return kChoices;
}

const Choices& choices(std::string_view path) {
    const auto* const found = std::find_if(
        kChoices.begin(), kChoices.end(), [&](const Choices& known) { return known.path == path; });
    TWINSTORM_CHECK(found != kChoices.end());
    return *found;
}

}  // namespace twinstorm::scenario

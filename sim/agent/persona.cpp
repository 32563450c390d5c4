#include "twinstorm/agent/persona.h"

#include <array>
#include <chrono>
#include <utility>

#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<Family, std::string_view>, 5> kFamilies{{
    {Family::kMicroLinux, "micro-linux"},
    {Family::kLegacyC, "legacy-c"},
    {Family::kLegacyCs, "legacy-cs"},
    {Family::kMicroRtos, "micro-rtos"},
    {Family::kTemplate, "template"},
}};

// The legacy agents end without a twin or with refused credentials, and systemd starts them again
// after ten seconds, without a limit.
void restart_for_ever(ConnectionHabits& habits) {
    habits.restarts = true;
    habits.twin_wait = 30s;
    habits.restart_after = 10s;
}

// Both the agent for Linux and the legacy one in C stand on the Azure IoT SDK for C, whose habits
// are the defaults.
void set_habits(Persona& persona) {
    switch (persona.family) {
        case Family::kLegacyC:
            restart_for_ever(persona.habits);
            persona.habits.twin_tick = 10s;
            break;
        case Family::kLegacyCs:  // On the SDK for .NET.
            restart_for_ever(persona.habits);
            persona.habits.renew_at_share = 0.85;
            persona.habits.keep_alive = 300s;
            persona.habits.resend_after = 0s;
            break;
        case Family::kMicroRtos:
            persona.habits.resend_after = 0s;
            break;
        case Family::kMicroLinux:
        case Family::kTemplate:
            break;
    }
}

}  // namespace

Persona make_persona(Family family) {
    TWINSTORM_CHECK(family != Family::kTemplate);  // That one is read from a file.
    Persona persona;
    persona.name = name(family);
    persona.family = family;
    if (family == Family::kMicroLinux) {
        persona.module_id = kMicroModuleId;
    } else if (family != Family::kMicroRtos) {
        persona.module_id = kLegacyModuleId;
    }
    if (family == Family::kMicroRtos) {
        persona.has_twin = false;
        persona.options.encoding = Encoding::kFlatBuffers;
    }
    set_habits(persona);
    return persona;
}

std::string_view name(Family family) {
    for (const auto& [value, text] : kFamilies) {
        if (value == family) {
            return text;
        }
    }
    TWINSTORM_CHECK(false);
    return {};
}

std::optional<Family> find_family(std::string_view name) {
    for (const auto& [value, text] : kFamilies) {
        if (text == name && value != Family::kTemplate) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::agent

#include <algorithm>
#include <array>

#include "twinstorm/base/check.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::scenario {
namespace {

constexpr std::string_view kNone = R"(persona: none
description: A plain device without any agent. Its device twin sets how often it sends telemetry.

desired:
  telemetryInterval: {type: duration, form: seconds, default: 60s, min: 1s, max: 1d}
  telemetryEnabled: {type: boolean, default: true}
  threshold.temperature: {type: number, default: 30, min: -40, max: 125}

reported:
  form: mirror
  properties:
    firmware: {version: "1.4.{integer:0..9}"}

events:
  reading:
    payload:
      deviceId: "{device_id}"
      sequence: "{sequence}"
      time: "{time}"
      temperature: "{walk:temperature:18..32:1}"
      humidity: "{walk:humidity:35..70:0}"

messages:
  - name: telemetry
    kind: telemetry
    envelope: single
    events: [reading]
    every: desired:telemetryInterval
)";

struct Bundled {
    std::string_view name;
    std::string_view text;
};
constexpr std::array kBundled{Bundled{"none", kNone}};
constexpr std::array<std::string_view, kBundled.size()> kNames{"none"};

}  // namespace

std::span<const std::string_view> bundled_persona_names() {
    return kNames;
}

std::string_view bundled_persona_text(std::string_view name) {
    const auto* const found = std::find_if(kBundled.begin(), kBundled.end(),
                                           [&](const Bundled& one) { return one.name == name; });
    return found == kBundled.end() ? std::string_view() : found->text;
}

std::optional<agent::Persona> find_bundled_persona(std::string_view name) {
    const std::string_view text = bundled_persona_text(name);
    if (text.empty()) {
        return std::nullopt;
    }
    PersonaOutcome persona = parse_persona(text, name);
    TWINSTORM_CHECK(persona.has_value());  // A test reads them all.
    return std::move(*persona);
}

}  // namespace twinstorm::scenario

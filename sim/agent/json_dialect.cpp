#include "agent/json_dialect.h"

#include <array>
#include <cstddef>

namespace twinstorm::agent {
namespace {

struct EventFacts {
    std::string_view name;
    std::string_view type = "Security";
    std::string_view category = "Periodic";
};

// By JsonEvent.
constexpr std::array kEvents{
    EventFacts{"ProcessCreate", "Security", "Triggered"},
    EventFacts{"ProcessTerminate", "Security", "Triggered"},
    EventFacts{"ConnectionCreate", "Security", "Triggered"},
    EventFacts{"Login", "Security", "Triggered"},
    EventFacts{"ListeningPorts"},
    EventFacts{"LocalUsers"},
    EventFacts{"FirewallConfiguration"},
    EventFacts{"OSBaseline"},
    EventFacts{"SystemInformation"},
    EventFacts{"ConnectedHardware"},
    EventFacts{"Diagnostic", "Diagnostic", "Triggered"},
    EventFacts{"ConfigurationError", "Operational", "Triggered"},
    EventFacts{"DroppedEventsStatistics", "Operational"},
    EventFacts{"MessageStatistics", "Operational"},
    EventFacts{"Heartbeat"},
    EventFacts{"SBoM"},
    EventFacts{"FileSystem", "Security", "Triggered"},
    EventFacts{"Peripheral", "Security", "Triggered"},
    EventFacts{"Statistics", "Operational"},
};
constexpr std::size_t kFills = 3;

std::string_view emptiness(Fill fill) {
    return fill == Fill::kNothing ? R"("IsEmpty":true)" : R"("IsEmpty":false)";
}

std::string member(std::string_view name, std::string_view value) {
    std::string text("\"");
    text.append(name).append(R"(":")").append(value).append("\",");
    return text;
}

EventFrame make_frame(const EventFacts& event, Fill fill, bool category_first) {
    const std::string category =
        member("Category", fill == Fill::kAggregatedItem ? "Aggregated" : event.category);
    const std::string name = member("Name", event.name);
    const std::string type = member("EventType", event.type);
    const std::string version = member("PayloadSchemaVersion", "1.0");
    const std::string empty = std::string(emptiness(fill)) + ",";
    if (category_first) {
        return {"{" + category + type + name + version + R"("Id":")",
                "\"," + empty + R"("Payload":[)"};
    }
    return {R"({"Id":")", "\"," + category + name + type + empty + version + R"("Payload":[)"};
}

using Frames = std::array<std::array<EventFrame, kFills>, kEvents.size()>;

Frames make_frames(bool category_first) {
    Frames frames;
    for (std::size_t event = 0; event < kEvents.size(); ++event) {
        for (std::size_t fill = 0; fill < kFills; ++fill) {
            frames[event][fill] =
                make_frame(kEvents[event], static_cast<Fill>(fill), category_first);
        }
    }
    return frames;
}

bool is_legacy(Family family) {
    return family == Family::kLegacyC || family == Family::kLegacyCs;
}

}  // namespace

JsonDialect json_dialect(Encoding encoding, Family family) {
    const bool c = family == Family::kLegacyC;
    const bool shipped = encoding == Encoding::kJsonAsShipped;
    const bool shipped_c = shipped && c;
    const bool shipped_cs = shipped && family == Family::kLegacyCs;
    return {
        .agent_version = is_legacy(family)              ? "0.0.5"
                         : family == Family::kMicroRtos ? "3.5.4"
                                                        : "4.6.2",
        .micro = !is_legacy(family),
        .bare = family == Family::kMicroRtos,
        .lower_protocols = c,
        .ids_zeroed = c,
        .failures_only = c,
        .zone = shipped_c    ? ZoneForm::kFalseZ
                : shipped_cs ? ZoneForm::kNone
                             : ZoneForm::kOffset,
        .category_first = shipped_c,
        .category_aggregated = shipped,
        .numbers_bare = shipped_c,
        .hash_in_details = shipped_c,
        .hash_beside = shipped_cs,
        .capital_results = shipped,
        .hardware_in_one_field = shipped_cs,
    };
}

const EventFrame& event_frame(const JsonDialect& dialect, JsonEvent event, Fill fill) {
    static const std::array<Frames, 2> kFrames{make_frames(false), make_frames(true)};
    return kFrames[dialect.category_first ? 1 : 0][static_cast<std::size_t>(event)]
                  [static_cast<std::size_t>(fill)];
}

}  // namespace twinstorm::agent

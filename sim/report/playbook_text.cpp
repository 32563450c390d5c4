#include "report/playbook_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "report/numbers.h"

namespace twinstorm::report {
namespace {

using stats::Confirmation;

std::string or_none(const std::optional<std::uint64_t>& count) {
    return count ? count_text(*count) : std::string(kNone);
}

std::string devices_text(std::uint64_t count) {
    return count_text(count) + (count == 1 ? " device" : " devices");
}

std::string ignored_text(const stats::PlaybookResult& row) {
    std::string text;
    for (const auto& [reason, count] : row.ignored) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), reason);
    }
    return text;
}

std::string verdict_of(const stats::PlaybookResult& row) {
    switch (row.confirmed()) {
        case Confirmation::kAll:
            return "all of " + devices_text(row.devices);
        case Confirmation::kSome:
            return fmt::format("{} of {}", count_text(*row.devices_confirmed),
                               devices_text(row.devices));
        case Confirmation::kNone:
            return "none of " + devices_text(row.devices);
        case Confirmation::kNowhere:
        case Confirmation::kNotSent:
        case Confirmation::kUnknown:
            break;
    }
    return std::string(name(row.confirmed()));
}

}  // namespace

PlaybookText playbook_text(const stats::PlaybookResult& row) {
    PlaybookText text;
    text.alert = row.alert_type.empty() ? "an alert without a type id" : row.alert_type;
    text.where = row.group.empty() ? row.phase
                                   : fmt::format("{} · {} · {}", row.phase, row.group, row.persona);
    text.played = fmt::format("{} on {}", count_text(row.played), devices_text(row.devices));
    text.arrived = or_none(row.arrived);
    text.accepted = or_none(row.accepted);
    text.ignored = ignored_text(row);
    text.verdict = verdict_of(row);
    if (row.devices_silent > 0 && row.messages > 0) {
        text.verdict += fmt::format("; {} not sent yet", devices_text(row.devices_silent));
    }
    text.good = row.confirmed() == Confirmation::kAll || row.confirmed() == Confirmation::kUnknown;
    return text;
}

std::vector<const stats::PlaybookResult*> shown_playbooks(
    const std::vector<stats::PlaybookResult>& rows) {
    std::vector<const stats::PlaybookResult*> shown;
    for (const stats::PlaybookResult& row : rows) {
        shown.push_back(&row);
    }
    if (shown.size() > kPlaybookRowsMax) {
        // Not the ranges' own: clang 14 cannot read the subranges that they return.
        std::stable_partition(shown.begin(), shown.end(), [](const stats::PlaybookResult* row) {
            return !playbook_text(*row).good;
        });
        shown.resize(kPlaybookRowsMax);
    }
    return shown;
}

std::string playbooks_left_out(std::size_t rows) {
    return rows <= kPlaybookRowsMax
               ? std::string()
               : fmt::format("{} more rows stand in result.json.", rows - kPlaybookRowsMax);
}

}  // namespace twinstorm::report

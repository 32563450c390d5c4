#include "twinstorm/stats/playbook_result.h"

namespace twinstorm::stats {

std::string_view name(Confirmation confirmation) {
    switch (confirmation) {
        case Confirmation::kUnknown:
            return "unknown";
        case Confirmation::kNowhere:
            return "played nowhere";
        case Confirmation::kNotSent:
            return "not sent yet";
        case Confirmation::kNone:
            return "none";
        case Confirmation::kSome:
            return "some";
        case Confirmation::kAll:
            return "all";
    }
    return {};
}

Confirmation PlaybookResult::confirmed() const {
    if (devices == 0) {
        return Confirmation::kNowhere;
    }
    if (messages == 0) {
        return Confirmation::kNotSent;
    }
    if (!devices_confirmed) {
        return Confirmation::kUnknown;
    }
    if (*devices_confirmed == 0) {
        return Confirmation::kNone;
    }
    return *devices_confirmed == devices ? Confirmation::kAll : Confirmation::kSome;
}

std::optional<double> confirmed_share(const std::vector<PlaybookResult>& rows) {
    std::uint64_t devices = 0;
    std::uint64_t confirmed = 0;
    for (const PlaybookResult& row : rows) {
        if (!row.devices_confirmed) {
            return std::nullopt;
        }
        devices += row.devices;
        confirmed += *row.devices_confirmed;
    }
    return devices == 0
               ? std::nullopt
               : std::optional(static_cast<double>(confirmed) / static_cast<double>(devices));
}

}  // namespace twinstorm::stats

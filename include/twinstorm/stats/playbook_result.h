// What became of one threat playbook of one phase, on the agents of one persona in one group: where
// it was played, in how many messages its events left, and what the mock hub says of those.
//
// Reads:  `devices` were chosen; on each of them the playbook was played `played / devices` times
//         if nothing came between. A device is confirmed when every time it was played there its
//         events left in at least one message, and all of those were accepted at the hub.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinstorm::stats {

inline constexpr std::size_t kPlaybookExamplesMax = 10;

enum class Confirmation : std::uint8_t {
    kUnknown,  // Only a mock hub tells.
    kNowhere,  // No device was chosen whose agent sees it.
    kNotSent,  // No agent has sent any of its events yet.
    kNone,
    kSome,
    kAll,  // Every device.
};
[[nodiscard]] std::string_view name(Confirmation confirmation);  // `not sent yet`

struct PlaybookResult {
    std::string playbook;    // `reverse-shell`
    std::string alert_type;  // `IoT_ReverseShell`; empty for legacy alerts without a type.
    std::string phase;
    std::string group;  // Empty, as the persona: it was played nowhere.
    std::string persona;
    std::uint64_t devices = 0;
    std::uint64_t played = 0;          // Times, on all of them together.
    std::uint64_t devices_silent = 0;  // Whose agent has sent nothing of it, or not of each time.
    std::uint64_t events = 0;          // Of the playbook, in these messages:
    std::uint64_t messages = 0;        // Made by the agents.
    std::uint64_t acked = 0;
    std::optional<std::uint64_t> arrived;  // None, as those below: nobody tells.
    std::optional<std::uint64_t> accepted;
    std::map<std::string, std::uint64_t> ignored;  // Silently, as the service does: by reason.
    std::optional<std::uint64_t> devices_confirmed;
    std::vector<std::string> examples;  // Some of the devices.

    [[nodiscard]] Confirmation confirmed() const;
    friend bool operator==(const PlaybookResult&, const PlaybookResult&) = default;
};

// Of all rows, the share of their devices that is confirmed; none when nobody tells, or without a
// device.
[[nodiscard]] std::optional<double> confirmed_share(const std::vector<PlaybookResult>& rows);

}  // namespace twinstorm::stats

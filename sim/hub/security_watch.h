// What became of the security messages of chosen identities: for a harness that played threats on
// them and wants to know whether each of its messages arrived, and was taken.
//
// Use:    watch() identities, record() each security message that arrives, rows() shows them.
//         Nothing is kept of anybody else, and a hub that watches nobody does nothing.
// Owner:  a shard. It survives a restart by fault: it is the harness's, not the hub's.
// Limits: kWatchedIdentitiesMax; kWatchedMessagesMax of an identity and kWatchedMessagesOfAllMax
//         of all, after which an identity's oldest go and are counted; kWatchedNamesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/defender/security_message.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::hub {

class SecurityWatch {
public:
    struct Events {
        std::uint16_t name = 0;  // For name().
        std::uint32_t count = 0;
    };
    struct Message {
        std::string id;  // `$.mid`, decoded.
        WallTime at{};   // Of its first arrival.
        defender::Reason verdict = defender::Reason::kAccepted;
        std::uint32_t received = 1;  // More than once: it came again.
        std::vector<Events> events;
    };
    struct Row {
        std::deque<Message> messages;  // Oldest first.
        std::uint64_t received = 0;
        std::uint64_t forgotten = 0;  // Messages that had to give way.
    };
    using Rows = std::map<iothub::IdentityName, Row>;

    void clear(WallTime now);                                        // Watches nobody, since now.
    [[nodiscard]] bool watch(const iothub::IdentityName& identity);  // False: there are too many.

    void record(const iothub::IdentityName& sender, std::string_view bag, std::string_view body,
                defender::Reason verdict, WallTime now);

    // Another instant than before means that what was kept then is gone.
    [[nodiscard]] WallTime since() const { return since_; }
    [[nodiscard]] const Rows& rows() const { return rows_; }
    [[nodiscard]] const std::string& name(const Events& events) const {
        return names_[events.name];
    }

private:
    [[nodiscard]] bool make_room(Row& row);
    [[nodiscard]] std::vector<Events> events_in(std::string_view body, std::string_view type);
    [[nodiscard]] std::uint16_t number_of(std::string_view name);

    WallTime since_{};
    Rows rows_;
    std::size_t kept_ = 0;            // Messages of all rows.
    std::vector<std::string> names_;  // Of events; messages hold their numbers.
};

}  // namespace twinstorm::hub

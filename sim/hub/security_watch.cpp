#include "hub/security_watch.h"

#include <algorithm>
#include <utility>

#include "hub/limits.h"
#include "twinstorm/defender/event_names.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::hub {

void SecurityWatch::clear(WallTime now) {
    since_ = now;
    rows_.clear();
    names_.clear();
    kept_ = 0;
}

bool SecurityWatch::watch(const iothub::IdentityName& identity) {
    if (rows_.size() >= kWatchedIdentitiesMax) {
        return rows_.contains(identity);
    }
    rows_.try_emplace(identity);
    return true;
}

void SecurityWatch::record(const iothub::IdentityName& sender, std::string_view bag,
                           std::string_view body, defender::Reason verdict, WallTime now) {
    if (rows_.empty()) {
        return;
    }
    const auto found = rows_.find(sender);
    const auto properties = iothub::PropertyBag::parse(bag);
    if (found == rows_.end() || !properties) {
        return;
    }
    Row& row = found->second;
    ++row.received;
    const std::string_view id = properties->find(iothub::system_property::kMessageId).value_or("");
    // What comes again comes soon: no more than a window of messages lies between.
    const auto newest = row.messages.rbegin();
    const auto oldest =
        newest + static_cast<std::ptrdiff_t>(std::min(row.messages.size(), kWatchedRepeatsWithin));
    const auto known = std::find_if(
        newest, oldest, [id](const Message& message) { return !id.empty() && message.id == id; });
    if (known != oldest) {
        ++known->received;
        return;
    }
    if (!make_room(row)) {
        return;
    }
    const std::string_view type = properties->find(defender::kMessageTypeProperty).value_or("");
    row.messages.push_back({std::string(id), now, verdict, 1, events_in(body, type)});
}

// False when others hold all the room there is.
bool SecurityWatch::make_room(Row& row) {
    if (row.messages.size() < kWatchedMessagesMax && kept_ < kWatchedMessagesOfAllMax) {
        ++kept_;
        return true;
    }
    ++row.forgotten;
    if (row.messages.empty()) {
        return false;
    }
    row.messages.pop_front();
    return true;
}

std::vector<SecurityWatch::Events> SecurityWatch::events_in(std::string_view body,
                                                            std::string_view type) {
    std::vector<Events> result;
    for (const defender::EventCount& counted : defender::count_events(body, type)) {
        const std::uint16_t number = number_of(counted.name);
        const auto same = std::ranges::find(result, number, &Events::name);
        if (same != result.end()) {
            same->count += counted.count;
        } else {
            result.push_back({number, counted.count});
        }
    }
    return result;
}

// The last place is for all names that find no place of their own.
std::uint16_t SecurityWatch::number_of(std::string_view name) {
    auto found = std::ranges::find(names_, name);
    if (found == names_.end() && names_.size() + 1 >= kWatchedNamesMax) {
        found = std::ranges::find(names_, defender::kOtherEvents);
        name = defender::kOtherEvents;
    }
    if (found == names_.end()) {
        found = names_.insert(names_.end(), std::string(name));
    }
    return static_cast<std::uint16_t>(found - names_.begin());
}

}  // namespace twinstorm::hub

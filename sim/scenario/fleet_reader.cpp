#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/readers.h"
#include "scenario/role_reader.h"
#include "scenario/value_reader.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/plan/id_pattern.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kSasLifetime{5min, 30 * 24h, "5m to 30d"};
// The hub's own ceiling: it drops a connection that is silent for longer.
constexpr DurationRange kKeepAlive{1s, 1767s, "1s to 1767s"};
constexpr std::string_view kDefaultIdSuffix = "-{index:05}";

// A group whose name, devices and ids are all right, so that its ids can be laid beside others.
struct Named {
    const plan::Group* group;
    plan::IdPattern pattern;
    Place place;  // Of its pattern.
};

// Ids with prefixes that part ways can never be equal.
bool may_collide(const plan::IdPattern& a, const plan::IdPattern& b) {
    return a.prefix.starts_with(b.prefix) || b.prefix.starts_with(a.prefix);
}

void check_collisions(const std::vector<Named>& groups, Mistakes& mistakes) {
    std::unordered_map<std::string, const plan::Group*> owners;
    for (const Named& named : groups) {
        const auto near = [&](const Named& other) {
            return other.group != named.group && may_collide(named.pattern, other.pattern);
        };
        if (std::none_of(groups.begin(), groups.end(), near)) {
            continue;
        }
        for (std::uint32_t index = 0; index < named.group->devices; ++index) {
            const auto [owner, fresh] = owners.emplace(named.pattern.format(index), named.group);
            if (!fresh) {
                mistakes.add(named.place,
                             fmt::format("device `{}` is also in group `{}`; expected other ids",
                                         owner->first, owner->second->name));
                break;
            }
        }
    }
}

plan::IdentityShares read_identities(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("fleet[].identities"), mistakes);
    plan::IdentityShares shares;
    const auto read = [&](std::string_view key, double& share) {
        if (const Value* const found = map.find(key)) {
            assign(share, read_share(*found, mistakes));
        }
    };
    read("absent", shares.absent);
    read("never_connected", shares.never_connected);
    read("rejected", shares.rejected);
    if (shares.absent + shares.never_connected + shares.rejected > 1) {
        mistakes.add(value.place, "the shares of a group's identities add up to more than 100%");
    }
    return shares;
}

class FleetReader {
public:
    FleetReader(const std::string& folder, Mistakes& mistakes)
        : mistakes_(mistakes), roles_(folder, mistakes) {}

    std::vector<plan::Group> read(const Value& value) {
        const std::vector<Value>& items = read_list(value, {"groups", kGroupsMax}, mistakes_);
        groups_.reserve(items.size());  // Named borrows them.
        for (const Value& item : items) {
            read_group(item);
        }
        if (devices_ <= plan::kDevicesMax) {
            check_collisions(named_, mistakes_);
        }
        return std::move(groups_);
    }

private:
    void read_group(const Value& value) {
        const MapReader map(value, table("fleet[]"), mistakes_);
        if (!map.is_map()) {
            return;
        }
        plan::Group& group = groups_.emplace_back();
        if (const Value* const name = map.find("group")) {
            read_group_name(*name, group);
        }
        read_how(map, group);
        group.roles = roles_.read(map);
        if (const Value* const devices = map.find("devices")) {
            assign(group.devices, read_count(*devices, {1, plan::kDevicesMax}, mistakes_));
            count_devices(*devices, group);
        }
        read_ids(map, group);
        read_times(map, group);
        if (const Value* const load = map.find("security_messages")) {
            group.security_messages =
                read_security_load(*load, "fleet[].security_messages", mistakes_);
        }
        if (const Value* const identities = map.find("identities")) {
            group.identities = read_identities(*identities, mistakes_);
        }
    }

    void read_group_name(const Value& value, plan::Group& group) {
        const auto name = read_name(value, mistakes_);
        if (name && std::any_of(groups_.begin(), groups_.end(),
                                [&](const plan::Group& other) { return other.name == *name; })) {
            mistakes_.add(value.place,
                          fmt::format("group `{}` is there twice; expected another name", *name));
        }
        assign(group.name, name);
    }

    void count_devices(const Value& value, const plan::Group& group) {
        const bool within = devices_ <= plan::kDevicesMax;
        devices_ += group.devices;
        if (within && devices_ > plan::kDevicesMax) {
            mistakes_.add(value.place, fmt::format("{} devices in all groups up to here; expected "
                                                   "at most {}",
                                                   devices_, plan::kDevicesMax));
        }
        if (group.transport != plan::Transport::kPaho) {
            return;
        }
        const bool paho_within = paho_devices_ <= kPahoDevicesMax;
        paho_devices_ += group.devices;
        if (paho_within && paho_devices_ > kPahoDevicesMax) {
            mistakes_.add(value.place,
                          fmt::format("{} devices on paho, whose library has two threads for all "
                                      "of them; expected at most {}",
                                      paho_devices_, kPahoDevicesMax));
        }
    }

    void read_how(const MapReader& map, plan::Group& group) {
        if (const Value* const transport = map.find("transport")) {
            assign(group.transport,
                   read_choice(*transport, choices("fleet[].transport"), mistakes_));
        }
        // One way to authenticate so far: nothing of it stands in the plan.
        if (const Value* const auth = map.find("auth")) {
            (void)read_choice(*auth, choices("fleet[].auth"), mistakes_);
        }
    }

    void read_ids(const MapReader& map, plan::Group& group) {
        const Value* const id = map.find("id");
        const Place place = id != nullptr ? id->place : map.place();
        group.id_pattern = group.name + std::string(kDefaultIdSuffix);
        if (id != nullptr) {
            const std::optional<std::string> text = read_text(*id, mistakes_);
            if (!text) {
                return;
            }
            group.id_pattern = *text;
        } else if (group.name.empty()) {
            return;
        }
        Result<plan::IdPattern> pattern = plan::IdPattern::parse(group.id_pattern);
        if (!pattern) {
            mistakes_.add(place, std::move(pattern.error().detail));
            return;
        }
        if (group.devices > 0 && check_ids(*pattern, group, place)) {
            named_.push_back({&group, std::move(*pattern), place});
        }
    }

    bool check_ids(const plan::IdPattern& pattern, const plan::Group& group, const Place& place) {
        if (!pattern.indexed && group.devices > 1) {
            mistakes_.add(place, fmt::format("`{}` is one id for {} devices; expected `{{index}}` "
                                             "in it",
                                             pattern.prefix, group.devices));
            return false;
        }
        const std::string longest = pattern.format(group.devices - 1);
        if (!iothub::is_valid_id(longest)) {
            mistakes_.add(place,
                          fmt::format("`{}` is no device id; expected 1 to {} of the characters "
                                      "`A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ; $ '`",
                                      longest, iothub::kIdBytesMax));
            return false;
        }
        return true;
    }

    // A group's habits go before those of its personas.
    template <class Change>
    void change_habits(plan::Group& group, Change change) {
        for (plan::Role& role : group.roles) {
            change(role.persona.habits);
        }
    }

    void read_times(const MapReader& map, plan::Group& group) {
        if (const Value* const lifetime = map.find("sas_lifetime")) {
            const auto duration = read_duration(*lifetime, kSasLifetime, mistakes_);
            change_habits(group, [&duration](agent::ConnectionHabits& habits) {
                assign(habits.sas_lifetime, duration);
            });
        }
        const Value* const keep_alive = map.find("keep_alive");
        if (keep_alive == nullptr) {
            return;
        }
        const auto duration = read_duration(*keep_alive, kKeepAlive, mistakes_);
        if (duration && *duration % 1s != 0s) {
            mistakes_.add(
                keep_alive->place,
                fmt::format("`{}` is not whole seconds, as MQTT counts them", keep_alive->scalar));
        } else if (duration) {
            change_habits(group, [&duration](agent::ConnectionHabits& habits) {
                habits.keep_alive = std::chrono::duration_cast<std::chrono::seconds>(*duration);
            });
        }
    }

    Mistakes& mistakes_;
    RoleReader roles_;
    std::vector<plan::Group> groups_;
    std::vector<Named> named_;
    std::uint64_t devices_ = 0;
    std::uint64_t paho_devices_ = 0;
};

}  // namespace

std::vector<plan::Group> read_fleet(const Value& value, const std::string& folder,
                                    Mistakes& mistakes) {
    return FleetReader(folder, mistakes).read(value);
}

}  // namespace twinstorm::scenario

#include "twinstorm/agent/device_profile.h"

#include <algorithm>
#include <functional>

#include "agent/catalogue.h"
#include "agent/json_text.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

std::string host_name(std::string_view device_id) {
    std::string name(device_id.substr(0, kHostNameBytesMax));
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    std::replace_if(name.begin(), name.end(), std::not_fn(is_allowed), '-');
    return name;
}

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return a << 24 | b << 16 | c << 8;
}

// A /24 of the private ranges [RFC 1918].
std::uint32_t draw_lan(Random& random) {
    const auto octet = [&random](std::uint64_t bound) {
        return static_cast<std::uint32_t>(random.below(bound));
    };
    switch (random.below(3)) {
        case 0:
            return ipv4(192, 168, octet(256));
        case 1:
            return ipv4(172, 16 + octet(16), octet(256));
        default:
            return ipv4(10, octet(256), octet(256));
    }
}

template <class Number, class Container>
Number draw_index(Random& random, const Container& container) {
    return static_cast<Number>(random.below(container.size()));
}

}  // namespace

DeviceProfile make_profile(std::string_view device_id, std::uint64_t seed) {
    constexpr std::uint32_t kHostFirst = 40;  // Lower ones are the router's and the neighbours'.
    constexpr std::uint32_t kLongPortFirst = 49'152;
    const Catalogue& all = catalogue();
    Random random(derive(seed, "profile"));
    DeviceProfile profile;
    std::string uuid;
    const std::uint64_t high = random.bits();
    append_uuid(uuid, high, random.bits());
    std::copy_n(uuid.begin(), kUuidBytes, profile.agent_id.begin());
    profile.host_name = host_name(device_id);
    profile.lan = draw_lan(random);
    profile.lan_host = static_cast<std::uint16_t>(kHostFirst + random.below(200));
    profile.serial_number = static_cast<std::uint32_t>(random.bits());
    profile.pace = 0.5 + random.unit();
    profile.zone_minutes = all.zones_minutes[random.below(all.zones_minutes.size())];
    profile.mqtt_port = static_cast<std::uint16_t>(kLongPortFirst + random.below(11'000));
    profile.machine = draw_index<std::uint8_t>(random, all.machines);
    profile.operating_system = draw_index<std::uint8_t>(random, all.operating_systems);
    profile.operator_name = draw_index<std::uint8_t>(random, all.operators);
    profile.pid_salt = static_cast<std::uint8_t>(random.bits());
    return profile;
}

}  // namespace twinstorm::agent

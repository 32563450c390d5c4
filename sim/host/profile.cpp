#include "host/profile.h"

#include <algorithm>
#include <array>
#include <string>

#include "host/entries.h"
#include "host/rows.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::host {
namespace {

constexpr std::array<std::string_view, kKindCount> kNames{"gateway", "camera", "industrial-pc",
                                                          "kiosk", "sensor"};
constexpr std::array<std::int16_t, 7> kZonesMinutes{0, 60, 120, 330, 480, -300, -480};

std::string host_name(std::string_view device_id) {
    std::string name(device_id.substr(0, kHostNameBytesMax));
    for (char& c : name) {
        const bool allowed =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        c = allowed ? c : '-';
    }
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

// Of version 4, variant 1 [RFC 4122].
std::array<char, kUuidBytes> draw_uuid(Random& random) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    static_assert(kForm.size() == kUuidBytes);
    std::array<char, kUuidBytes> text{};
    for (std::size_t i = 0; i < kUuidBytes; ++i) {
        text[i] = kForm[i] == 'x'   ? kDigits[random.below(16)]
                  : kForm[i] == 'y' ? kDigits[8 + random.below(4)]
                                    : kForm[i];
    }
    return text;
}

std::uint16_t draw_machine(Random& random, Kind kind) {
    const auto rows = machine_rows();
    const auto fits = [kind](const MachineRow& row) { return (row.kinds & of(kind)) != 0; };
    auto left = random.below(static_cast<std::uint64_t>(std::ranges::count_if(rows, fits)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (fits(rows[i]) && left-- == 0) {
            return static_cast<std::uint16_t>(i);
        }
    }
    TWINSTORM_CHECK(false && "every kind has a machine");
}

}  // namespace

std::string_view name(Kind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> find_kind(std::string_view name) {
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
        return std::nullopt;
    }
    return static_cast<Kind>(found - kNames.begin());
}

Profile make_profile(std::string_view device_id, std::uint64_t seed, Kind kind) {
    constexpr std::uint32_t kHostFirst = 40;  // Lower ones are the router's and the neighbours'.
    constexpr std::uint32_t kLongPortFirst = 49'152;
    constexpr std::uint64_t kLocallyAdministered = 0x02'00'00'00'00'00;
    Random random(derive(seed, "profile"));
    Profile profile;
    profile.agent_id = draw_uuid(random);
    profile.host_name = host_name(device_id);
    profile.kind = kind;
    profile.pace = kPaceMin + random.unit() * (kPaceMax - kPaceMin);
    profile.address = draw_lan(random) + kHostFirst + static_cast<std::uint32_t>(random.below(200));
    profile.serial_number = static_cast<std::uint32_t>(random.bits());
    profile.mac = kLocallyAdministered | (random.bits() & 0xff'ff'ff'ff'ff);
    profile.zone_minutes = kZonesMinutes[random.below(kZonesMinutes.size())];
    profile.cloud_port = static_cast<std::uint16_t>(kLongPortFirst + random.below(11'000));
    profile.machine = draw_machine(random, kind);
    profile.operating_system = static_cast<std::uint16_t>(random.below(system_rows().size()));
    profile.person = static_cast<std::uint16_t>(
        user::kPersonFirst + random.below(user::kPersonEnd - user::kPersonFirst));
    return profile;
}

}  // namespace twinstorm::host

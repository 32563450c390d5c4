// What stays the same about one simulated device: its name, its address, its hardware, its people.
//
// Rules:  a pure function of device id and seed. Names, vendors and texts are indexes into the
//         shared catalogue, so that a profile stays small.
// Units:  addresses in host order; the zone in minutes east of UTC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinstorm::agent {

inline constexpr std::size_t kUuidBytes = 36;
inline constexpr std::size_t kHostNameBytesMax = 63;  // One DNS label.

struct DeviceProfile {
    std::array<char, kUuidBytes> agent_id{};
    std::string host_name;  // The device id, made a DNS label: nothing in it needs escaping.
    std::uint32_t lan = 0;  // The /24 that the device lives in.
    std::uint32_t serial_number = 0;
    double pace = 1;  // How much busier than the average device.
    std::int16_t zone_minutes = 0;
    std::uint16_t lan_host = 0;
    std::uint16_t mqtt_port = 0;  // The local end of its long connection to the cloud.
    std::uint8_t machine = 0;
    std::uint8_t operating_system = 0;
    std::uint8_t operator_name = 0;
    std::uint8_t pid_salt = 0;

    [[nodiscard]] std::uint32_t address() const { return lan + lan_host; }
};

[[nodiscard]] DeviceProfile make_profile(std::string_view device_id, std::uint64_t seed);

}  // namespace twinstorm::agent

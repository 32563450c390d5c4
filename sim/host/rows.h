// The tables that the catalogue is made of, one theme a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "twinstorm/host/catalogue.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {

using KindSet = std::uint8_t;
[[nodiscard]] constexpr KindSet of(Kind kind) {
    return static_cast<KindSet>(1U << static_cast<unsigned>(kind));
}
inline constexpr KindSet kEveryKind = (1U << kKindCount) - 1;

struct ProgramRow {
    std::uint16_t entry;  // Its place, as entries.h names it.
    std::string_view executable;
    std::string_view command_line;
};

struct UserRow {
    std::uint16_t entry;
    KindSet kinds;  // Where it has an account.
    std::string_view id;
    std::string_view name;
    std::string_view group_ids;
    std::string_view group_names;
};

struct ConnectionRow {
    std::uint16_t entry;
    std::uint16_t program;
    std::uint16_t user;
    Direction direction;
    Protocol protocol;
    std::string_view application_protocol;
};

struct PackageRow {
    KindSet kinds;
    std::string_view name;
    std::string_view version;  // Without the distribution's part.
    std::string_view vendor;
};

struct CheckRow {
    std::string_view group;
    std::string_view id;
    Severity severity;
    std::uint8_t fail_percent;  // Of devices as they come.
    std::string_view description;
    std::string_view remediation;
};

struct ListeningPortRow {
    KindSet kinds;
    std::uint16_t port;
    Protocol protocol;
    std::uint16_t program;
    bool loopback_only;
};

struct FirewallRow {
    KindSet kinds;
    FirewallAction action;
    Direction direction;
    std::string_view chain;
    std::string_view source_address;
    std::string_view destination_address;
    std::string_view destination_port;
    std::string_view protocol;
};

struct HardwareRow {
    KindSet kinds;
    std::string_view category;
    std::string_view subcategory;
    std::string_view name;
};

struct MachineRow {
    KindSet kinds;
    std::string_view vendor;
    std::string_view model;
    std::string_view firmware_vendor;
    std::string_view firmware_version;
    std::string_view boot_device;
    std::string_view architecture;
    std::uint64_t memory_kb;
    std::uint64_t swap_kb;
};

struct SystemRow {
    std::string_view name;
    std::string_view version;
    std::string_view vendor;
    std::string_view kernel;
    std::string_view cis_prefix;
    std::string_view package_suffix;  // Of its packages' versions.
};

[[nodiscard]] std::span<const ProgramRow> everyday_programs();
[[nodiscard]] std::span<const ProgramRow> played_programs();
[[nodiscard]] std::span<const UserRow> user_rows();
[[nodiscard]] std::span<const std::string_view> domain_rows();
[[nodiscard]] std::span<const std::string_view> terminal_rows();
[[nodiscard]] std::span<const ConnectionRow> connection_rows();
[[nodiscard]] std::span<const std::string_view> path_rows();
[[nodiscard]] std::span<const PeripheralKind> peripheral_rows();
[[nodiscard]] std::span<const LogLine> log_line_rows();
[[nodiscard]] std::span<const MachineRow> machine_rows();
[[nodiscard]] std::span<const SystemRow> system_rows();
[[nodiscard]] std::span<const HardwareRow> hardware_rows();
[[nodiscard]] std::span<const PackageRow> package_rows();
[[nodiscard]] std::span<const CheckRow> check_rows();
[[nodiscard]] std::span<const ListeningPortRow> listening_port_rows();
[[nodiscard]] std::span<const FirewallRow> firewall_rows();

// The catalogue lists each package in each system's versions: a row's level l on system s stands
// at (row * systems + s) * kPackageLevels + l.
inline constexpr std::size_t kPackageLevels = 4;
// Behind the rows: what playbooks add.
[[nodiscard]] std::uint16_t played_check();
[[nodiscard]] std::uint16_t played_listening_port();
enum class PermissiveRule : std::uint8_t { kPolicy, kInput, kOutput };
[[nodiscard]] std::uint16_t played_firewall_rule(PermissiveRule rule);

template <class Rows>
[[nodiscard]] constexpr bool stands_in_order(const Rows& rows, std::size_t first) {
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        if (rows[i].entry != first + i) {
            return false;
        }
    }
    return true;
}

}  // namespace twinstorm::host

// What simulated devices are made of: programs, connections, people, files, packages. Shared,
// immutable, made once. Plain texts: encoders keep escaped copies of their own.
//
// Rules:  addresses outside a device's own network are documentation ranges [RFC 5737]; names end
//         in `.example` [RFC 2606]. Entries of playbooks stand here as well, and nothing of
//         everyday life is on the service's list of alerts.
// Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "twinstorm/host/event.h"

namespace twinstorm::host {

struct Program {
    std::string executable;
    std::string command_line;
};

struct User {
    std::string id;  // Empty: the name of somebody who has no account here.
    std::string name;
    std::string group_ids;    // `;`-list
    std::string group_names;  // `;`-list
};

struct Connection {
    std::uint16_t program = 0;
    std::uint16_t user = 0;
    Direction direction = Direction::kOut;
    Protocol protocol = Protocol::kTcp;
    std::string application_protocol;  // `MQTT`, `DNS`, …
};

struct PeripheralKind {
    bool usb = true;             // Else Ethernet.
    std::string interface_name;  // Of Ethernet: `eth1`
    std::uint8_t device_class = 0;
    std::uint8_t device_subclass = 0;
    std::uint8_t device_protocol = 0;
    std::uint8_t interface_class = 0;
    std::uint8_t interface_subclass = 0;
    std::uint8_t interface_protocol = 0;
};

struct LogLine {
    std::string message;
    std::string file;
    std::uint32_t line = 0;
};

struct Machine {
    std::string hardware_vendor;
    std::string hardware_model;
    std::string firmware_vendor;
    std::string firmware_version;
    std::string boot_device;
    std::string architecture;
    std::uint64_t memory_kb = 0;
    std::uint64_t swap_kb = 0;
};

struct OperatingSystem {
    std::string name;
    std::string version;
    std::string vendor;
    std::string kernel;
    std::string cis_prefix;  // `CIS-debian-9`
};

struct Package {
    std::string name;
    std::string version;
    std::string vendor;  // Debian's maintainer.
};

enum class Severity : std::uint8_t { kCritical, kImportant, kWarning, kInformational };

struct BaselineCheck {
    std::string group;  // As `Baseline_GroupsDisabled` names it.
    std::string id;     // `1.1.2`
    std::string description;
    std::string remediation;
    Severity severity = Severity::kWarning;
    std::string whole_id;  // Mostly empty: it is then the system's prefix, the group and the id.
};

struct ListeningPort {
    std::uint16_t port = 0;
    Protocol protocol = Protocol::kTcp;
    std::uint16_t program = 0;
    bool loopback_only = false;
};

enum class FirewallAction : std::uint8_t { kAllow, kDeny, kOther };

struct FirewallRule {
    bool enabled = true;
    FirewallAction action = FirewallAction::kAllow;
    std::int32_t priority = 0;
    Direction direction = Direction::kIn;
    std::string chain;
    std::string source_address;
    std::string source_port;
    std::string destination_address;
    std::string destination_port;
    std::string protocol;
};

struct Hardware {
    std::string category;
    std::string subcategory;
    std::string name;
};

struct Catalogue {
    std::vector<Program> programs;
    std::vector<User> users;
    std::vector<Connection> connections;
    std::vector<std::string> domains;  // The first is empty.
    std::vector<std::string> terminals;
    std::vector<std::string> paths;
    std::vector<PeripheralKind> peripherals;
    std::vector<LogLine> log_lines;
    std::vector<Machine> machines;
    std::vector<OperatingSystem> operating_systems;
    std::vector<Package> packages;
    std::vector<BaselineCheck> checks;
    std::vector<ListeningPort> listening_ports;
    std::vector<FirewallRule> firewall_rules;
    std::vector<Hardware> hardware;
};

[[nodiscard]] const Catalogue& catalogue();

}  // namespace twinstorm::host

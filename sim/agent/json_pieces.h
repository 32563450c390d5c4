// The catalogue's texts as finished pieces of JSON, escaped once: encoders copy them.
//
// Threads: any; immutable, made once. Indexes are the catalogue's. Pieces have no comma and no
// brace around them, unless said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {

struct ProgramPieces {
    [[nodiscard]] std::string_view executable() const {
        return std::string_view(fields).substr(0, executable_bytes);
    }
    [[nodiscard]] std::string_view command_line() const {
        return std::string_view(fields).substr(executable_bytes + 1);
    }

    std::string fields;  // Executable, CommandLine.
    std::size_t executable_bytes = 0;
    std::string hash;  // Hash, as a legacy agent tells it: made up of the executable's name.
};

struct UserPieces {
    std::string fields;  // UserId, UserName.
    std::string login;   // Those of them that are known.
    std::string name;    // UserName.
    std::string groups;  // GroupIds, GroupNames, UserId, UserName.
};

struct ConnectionPieces {
    std::string direction;  // Direction, and `"Protocol":"` of what follows.
    std::string fields;     // Executable, CommandLine, UserId.
    std::string details;    // ApplicationProtocol; may be empty.
};

struct MachinePieces {
    std::string hardware_vendor;  // Values.
    std::string hardware_model;
    std::string firmware_vendor;
    std::string firmware_version;
    std::string boot_device;   // BootDevice.
    std::string architecture;  // OsArchitecture.
};

struct CheckPieces {
    std::string description;       // Description.
    std::vector<std::string> ids;  // CceId, by operating system.
    std::string severity;          // Severity.
    std::string remediation;       // Remediation.
};

struct JsonPieces {
    explicit JsonPieces(const host::Catalogue& catalogue);

    std::vector<ProgramPieces> programs;
    std::vector<UserPieces> users;
    std::vector<ConnectionPieces> connections;
    std::vector<std::string> domains;       // Values.
    std::vector<std::string> terminals;     // Values.
    std::vector<std::string> paths;         // Path.
    std::vector<std::string> peripherals;   // Of USB the classes, of Ethernet the interface.
    std::vector<std::string> log_messages;  // Message.
    std::vector<std::string> log_places;    // FileName, Line.
    std::vector<MachinePieces> machines;
    std::vector<std::string> operating_systems;  // OSName, OSVersion, OSVendor.
    std::vector<std::string> kernels;            // KernelVersion.
    std::vector<std::string> packages;           // Name, Version, Vendor.
    std::vector<CheckPieces> checks;
    std::vector<std::string> listening_ports;  // Protocol, both addresses, both ports.
    std::vector<std::string> firewall_rules;   // All fields.
    std::vector<std::string> hardware;         // The three fields,
    std::vector<std::string> hardware_in_one;  // and one for all of them.
};

[[nodiscard]] const JsonPieces& json_pieces();  // Of host::catalogue().

// `CIS-debian-9-Filesystem-1.1.2`
[[nodiscard]] std::string check_id(const host::OperatingSystem& system,
                                   const host::BaselineCheck& check);

}  // namespace twinstorm::agent

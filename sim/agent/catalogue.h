// What simulated devices are made of: programs, connections, people, machines. Shared, immutable,
// made once; texts are kept as finished pieces of JSON.
//
// Rules:  harmless by design: nothing here is on the service's list of alerts. Addresses outside
//         the device's own network are from the ranges for documentation [RFC 5737].
// Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "twinstorm/agent/device_profile.h"

namespace twinstorm::agent {

inline constexpr const char* kAgentVersion = "4.6.2";

// Long-running programs: their process ids stay the same on a device.
enum class Service : std::uint8_t {
    kSystemd,
    kCron,
    kSshd,
    kShell,
    kWebServer,
    kBroker,
    kGateway,
    kTimeSync,
    kResolver,
    kLogger,
};

enum class Account : std::uint8_t { kRoot, kWebServer, kBroker, kTimeSync, kResolver, kOperator };

struct ProcessKind {
    std::string fields;  // Executable, CommandLine.
    Account account;
    Service parent;
};

enum class Direction : std::uint8_t { kIn, kOut };
enum class Peer : std::uint8_t { kRouter, kNeighbour, kCloud, kUpdates };

struct FlowKind {
    std::string fields;   // Direction, Protocol, Executable, CommandLine, UserId.
    std::string details;  // ApplicationProtocol.
    Service service;
    Direction direction;
    Peer peer;
    std::uint16_t port;        // The service's: remote when going out, local when coming in.
    std::uint16_t local_port;  // Of a connection going out; 0: a fresh one, kLongConnection: the
                               // device's long one.
    std::uint16_t packets_max;
    std::uint16_t packet_bytes;
};

inline constexpr std::uint16_t kLongConnection = 1;

struct Machine {
    std::string fields;   // BIOSVersion, BootDevice.
    std::string details;  // HardwareVendor, HardwareModel, FirmwareVendor, FirmwareVersion.
    std::uint64_t memory_kb;
    std::uint64_t swap_kb;
    std::string architecture;  // OsArchitecture.
};

struct Catalogue {
    std::vector<ProcessKind> processes;  // The most common first.
    std::vector<FlowKind> flows;         // The most common first.
    std::vector<Machine> machines;
    std::vector<std::string> operating_systems;  // OSName, OSVersion, OSVendor.
    std::vector<std::string> accounts;           // UserId, UserName, by Account; the last is empty.
    std::vector<std::string> operators;          // UserId, UserName of the device's person.
    std::vector<std::string> strangers;          // UserName only.
    std::vector<std::int16_t> zones_minutes;
};

[[nodiscard]] const Catalogue& catalogue();

[[nodiscard]] std::uint32_t service_pid(const DeviceProfile& profile, Service service);

}  // namespace twinstorm::agent

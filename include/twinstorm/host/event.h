// What happens on one simulated device, before any agent has seen it: plain facts, no encoding.
//
// Rules:  texts are indexes into host::catalogue(). `id` is distinct for each event of a device,
//         and the same whoever asks and however often: encoders make their event ids of it.
// Units:  run time, IPv4 addresses in host order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "twinstorm/base/time.h"

namespace twinstorm::host {

// The streams of events that a device has; each is drawn by itself.
enum class Stream : std::uint8_t { kProcesses, kFlows, kLogins, kFiles, kPeripherals, kLogs };
inline constexpr std::size_t kStreamCount = 6;

class StreamSet {
public:
    constexpr StreamSet() = default;
    constexpr StreamSet(std::initializer_list<Stream> streams) {
        for (const Stream stream : streams) {
            add(stream);
        }
    }
    constexpr void add(Stream stream) {
        bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(stream)));
    }
    [[nodiscard]] constexpr bool has(Stream stream) const {
        return (bits_ >> static_cast<unsigned>(stream) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
    friend constexpr bool operator==(const StreamSet&, const StreamSet&) = default;

private:
    std::uint8_t bits_ = 0;
};

enum class ProcessChange : std::uint8_t { kFork, kExec, kExit };

struct ProcessEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint32_t process_id = 0;
    std::uint32_t parent_process_id = 0;
    std::uint16_t program = 0;  // catalogue().programs: executable, command line.
    std::uint16_t user = 0;     // catalogue().users
    ProcessChange change = ProcessChange::kExec;
    std::uint8_t exit_status = 0;  // Of kExit.

    friend bool operator==(const ProcessEvent&, const ProcessEvent&) = default;
};

enum class Direction : std::uint8_t { kIn, kOut };
enum class Protocol : std::uint8_t { kTcp, kUdp, kIcmp };

struct FlowEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint32_t packets = 1;
    std::uint32_t process_id = 0;
    std::uint32_t local_address = 0;
    std::uint32_t remote_address = 0;
    std::uint16_t local_port = 0;
    std::uint16_t remote_port = 0;
    std::uint16_t connection = 0;  // catalogue().connections: program, user, protocols, direction.
    std::uint16_t domain = 0;      // catalogue().domains; 0: none. The name asked for, or the peer.

    friend bool operator==(const FlowEvent&, const FlowEvent&) = default;
};

enum class LoginOperation : std::uint8_t { kLogin, kLogout, kLoginFailed };

struct LoginEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint32_t process_id = 0;
    std::uint32_t remote_address = 0;  // 0: at the device itself.
    std::uint16_t remote_port = 0;
    std::uint16_t user = 0;      // catalogue().users; of a failed login perhaps nobody's.
    std::uint16_t terminal = 0;  // catalogue().terminals: `pts/0`, `tty1`, `ssh:notty`
    LoginOperation operation = LoginOperation::kLogin;

    friend bool operator==(const LoginEvent&, const LoginEvent&) = default;
};

enum class FileChange : std::uint8_t {
    kAccess,
    kModified,
    kMetadataChanged,
    kClosed,
    kOpened,
    kMoved,
    kCreated,
    kDeleted,
};

struct FileEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint16_t path = 0;  // catalogue().paths
    FileChange change = FileChange::kModified;

    friend bool operator==(const FileEvent&, const FileEvent&) = default;
};

enum class PeripheralChange : std::uint8_t { kConnect, kDisconnect };

struct PeripheralEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint16_t peripheral = 0;  // catalogue().peripherals: USB or Ethernet, its classes.
    std::uint8_t bus_number = 0;
    std::uint8_t kernel_device_number = 0;
    PeripheralChange change = PeripheralChange::kConnect;

    friend bool operator==(const PeripheralEvent&, const PeripheralEvent&) = default;
};

enum class LogLevel : std::uint8_t { kFatal, kError, kWarning, kInformation, kDebug };

// A line that the agent on this device wrote into its own log.
struct LogEvent {
    TimePoint at;
    std::uint64_t id = 0;
    std::uint32_t process_id = 0;
    std::uint16_t text = 0;  // catalogue().log_lines: message, file, line.
    LogLevel level = LogLevel::kInformation;

    friend bool operator==(const LogEvent&, const LogEvent&) = default;
};

// What a look at a device found; scratch of a worker, so that looking allocates nothing once warm.
struct Happenings {
    std::vector<ProcessEvent> processes;
    std::vector<FlowEvent> flows;
    std::vector<LoginEvent> logins;
    std::vector<FileEvent> files;
    std::vector<PeripheralEvent> peripherals;
    std::vector<LogEvent> logs;
    std::array<std::uint64_t, kStreamCount> skipped{};  // Too long ago to be worth drawing.

    void clear();  // Keeps the memory.
};

}  // namespace twinstorm::host

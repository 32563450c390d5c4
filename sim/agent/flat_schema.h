// The FlatBuffers schema 2.3 of security messages (security_message.fbs) as the writer needs it:
// field ids and structs. No generated code: the program builds without the schema's compiler.
//
// Rules:  a field's place in its vtable is 4 + 2 * id. A union takes two ids, its type first.
#pragma once

#include <array>
#include <cstdint>

#include <flatbuffers/flatbuffer_builder.h>

namespace twinstorm::agent::flat {

using Field = flatbuffers::voffset_t;
using Offset = flatbuffers::Offset<void>;  // Of a table or a text: one type for all suffices here.

constexpr Field field(unsigned id) {
    return static_cast<Field>(4 + 2 * id);
}

struct Id {
    std::array<std::uint8_t, 16> bytes;
};
static_assert(sizeof(Id) == 16 && alignof(Id) == 1);

// Little-endian in the buffer, like all numbers; an address so that its bytes are in network order.
struct Addresses {
    std::uint32_t local;
    std::uint32_t remote;
};
static_assert(sizeof(Addresses) == 8 && alignof(Addresses) == 4);

struct ListeningPort {
    std::uint32_t local_address;
    std::uint16_t local_port;
    std::int8_t protocol;
    std::uint8_t padding;
};
static_assert(sizeof(ListeningPort) == 8 && alignof(ListeningPort) == 4);

namespace common {
inline constexpr Field kLocalPort = field(0);
inline constexpr Field kRemotePort = field(1);
inline constexpr Field kBytesIn = field(2);
inline constexpr Field kBytesOut = field(3);
inline constexpr Field kProtocol = field(4);
inline constexpr Field kProcessId = field(5);
inline constexpr Field kUserId = field(6);
inline constexpr Field kExecutable = field(7);
inline constexpr Field kCommandLine = field(8);
}  // namespace common

namespace flow {
inline constexpr Field kAddresses = field(0);
inline constexpr Field kCommon = field(1);
}  // namespace flow

namespace network_activity {
inline constexpr Field kIpv4 = field(0);
}  // namespace network_activity

namespace system_information {
inline constexpr Field kOs = field(0);
inline constexpr Field kKernel = field(1);
inline constexpr Field kHardware = field(2);
}  // namespace system_information

namespace listening_ports {
inline constexpr Field kIpv4 = field(0);
}  // namespace listening_ports

namespace check {
inline constexpr Field kId = field(0);
inline constexpr Field kResult = field(1);
inline constexpr Field kError = field(2);
inline constexpr Field kDescription = field(3);
inline constexpr Field kSeverity = field(4);
inline constexpr Field kRemediation = field(5);
}  // namespace check

namespace baseline {
inline constexpr Field kChecks = field(0);
}  // namespace baseline

namespace process {
inline constexpr Field kExecutable = field(0);
inline constexpr Field kProcessId = field(1);
inline constexpr Field kParentProcessId = field(2);
inline constexpr Field kUserId = field(3);
inline constexpr Field kUserName = field(4);
inline constexpr Field kCommandLine = field(5);
inline constexpr Field kEventType = field(6);
inline constexpr Field kHitCount = field(7);
}  // namespace process

namespace record {
inline constexpr Field kMessage = field(0);
inline constexpr Field kLevel = field(1);
inline constexpr Field kTimestamp = field(2);
inline constexpr Field kLine = field(3);
inline constexpr Field kFileName = field(4);
}  // namespace record

namespace log {
inline constexpr Field kRecords = field(0);
}  // namespace log

namespace event {
inline constexpr Field kId = field(0);
inline constexpr Field kTime = field(1);
inline constexpr Field kCollectionInterval = field(2);
inline constexpr Field kPayloadType = field(3);
inline constexpr Field kPayload = field(4);
}  // namespace event

namespace message {
inline constexpr Field kModuleId = field(0);
inline constexpr Field kModuleVersion = field(1);
inline constexpr Field kEvents = field(3);  // Between them the time zone, which nobody sets.
}  // namespace message

enum class PayloadType : std::uint8_t {
    kNetworkActivity = 1,
    kSystemInformation,
    kListeningPorts,
    kHeartbeat,
    kBaseline,
    kProcess,
    kLog,
};

}  // namespace twinstorm::agent::flat

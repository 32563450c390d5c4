// What becomes of a security message in Defender for IoT: processed, or silently ignored, and why.
//
// Use:    judge() a body, with the value of its application property `mti` (empty when it has
//         none): that says whether the body is JSON (schema 1.0) or FlatBuffers (2.x, by the
//         public schema 2.3). Stateless; any thread.
// Rules:  written from the published schemas, not from our encoder: the two must not share a
//         mistake. Whatever the bytes are, they are judged.
// Cost:   about 0.3 us for 500 bytes of right JSON, nothing from the heap; 1 us where it is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinstorm::defender {

inline constexpr std::size_t kMessageBytesMax = std::size_t{256} * 1024;  // As the hub's.
inline constexpr std::string_view kMessageTypeProperty = "mti";

enum class Mode : std::uint8_t {
    kStrict,     // The published schema and nothing else.
    kAsShipped,  // And what Microsoft's own agents are known to send beside it.
};

enum class Reason : std::uint8_t {
    kAccepted,
    kTooLarge,
    kMessageType,
    kNotJson,
    kNotFlatBuffers,
    kSchemaVersion,
    kPayloadVersion,
    kMissingMember,
    kUnknownMember,
    kWrongType,
    kUnknownEvent,
    kEventType,
    kCategory,
    kEmptiness,
    kIdForm,
    kTimestampForm,
    kPortForm,
    kAddressForm,
    kValue,
};
inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::kValue) + 1;

[[nodiscard]] std::string_view name(Reason reason);      // `unknown-event`: for counters.
[[nodiscard]] std::string_view describe(Reason reason);  // One sentence for a person.

// The first thing that is wrong. Texts are filled for ignored messages only.
struct Verdict {
    Reason reason = Reason::kAccepted;
    std::string where;   // `Events[0].Payload[2].RemotePort`; empty: the message itself.
    std::string detail;  // What was found there, printable and cut short; may be empty.

    [[nodiscard]] bool accepted() const { return reason == Reason::kAccepted; }
};

[[nodiscard]] Verdict judge(std::string_view body, std::string_view message_type, Mode mode);

}  // namespace twinstorm::defender

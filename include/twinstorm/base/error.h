// Expected failures are values: an Error says what kind of thing went wrong and, in words a
// person can act on, where and what was expected. Our own bugs are assertions (base/check.h).
//
// Use:    Result<T> f(); if (!r) return std::move(r).error() through fail().
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace twinstorm {

enum class ErrorCode {
    kInvalidArgument,    // A value that a person or a peer gave is wrong.
    kMalformedPacket,    // Bytes that are no MQTT 3.1.1 packet.
    kProtocolViolation,  // A packet that MQTT 3.1.1 or the hub's dialect forbids here.
    kRefused,            // The peer said no (CONNACK, HTTP 4xx) for a reason of its own.
    kUnauthorized,       // Credentials were not accepted, or have expired.
    kNotFound,
    kAlreadyExists,
    kPreconditionFailed,
    kThrottled,
    kTimedOut,
    kClosedByPeer,   // The connection ended without a word.
    kUnreachable,    // No connection could be made.
    kTls,            // The handshake or the certificate failed.
    kExhausted,      // This machine has too few files, ports, memory or disk.
    kLimitExceeded,  // A named limit of ours was hit.
    kIo,
    kCancelled,
    kInternal,
};

// One sentence per value, for a reader who knows the field but not our code.
[[nodiscard]] std::string_view describe(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string detail;

    [[nodiscard]] std::string message() const;  // "detail", or describe(code) when there is none.
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace twinstorm

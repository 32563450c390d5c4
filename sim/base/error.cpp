#include "twinstorm/base/error.h"

namespace twinstorm {

std::string_view describe(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return "A value is wrong.";
        case ErrorCode::kMalformedPacket:
            return "The bytes are no MQTT 3.1.1 packet.";
        case ErrorCode::kProtocolViolation:
            return "The packet is not allowed here.";
        case ErrorCode::kRefused:
            return "The peer refused.";
        case ErrorCode::kUnauthorized:
            return "The credentials were not accepted.";
        case ErrorCode::kNotFound:
            return "It does not exist.";
        case ErrorCode::kAlreadyExists:
            return "It exists already.";
        case ErrorCode::kPreconditionFailed:
            return "It was changed by someone else meanwhile.";
        case ErrorCode::kThrottled:
            return "The hub's throttle was hit.";
        case ErrorCode::kTimedOut:
            return "No answer came in time.";
        case ErrorCode::kClosedByPeer:
            return "The peer closed the connection.";
        case ErrorCode::kUnreachable:
            return "No connection could be made.";
        case ErrorCode::kTls:
            return "The TLS handshake failed.";
        case ErrorCode::kExhausted:
            return "This machine has not enough of a resource.";
        case ErrorCode::kLimitExceeded:
            return "A limit was exceeded.";
        case ErrorCode::kIo:
            return "Reading or writing failed.";
        case ErrorCode::kCancelled:
            return "It was cancelled.";
        case ErrorCode::kInternal:
            return "An internal error.";
    }
    return "An unknown error.";
}

std::string Error::message() const {
    return detail.empty() ? std::string(describe(code)) : detail;
}

}  // namespace twinstorm

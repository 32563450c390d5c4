// The events that collectors gather, before any encoding, and what makes two of them equal.
//
// Rules:  absorb() adds an equal event to a kept one and says true; else it changes nothing. Equal
//         means: processes by command line and user, flows by both addresses, both ports and the
//         protocol; logins are never aggregated. `kind` is an index into the catalogue.
// Units:  run time, host-order addresses.
#pragma once

#include <cstdint>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

struct ProcessEvent {
    TimePoint first;
    TimePoint last;
    std::uint32_t process_id = 0;
    std::uint32_t hit_count = 1;
    std::uint16_t kind = 0;  // One command line of one user.
};

struct FlowEvent {
    TimePoint first;
    TimePoint last;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint32_t hit_count = 1;  // Packets.
    std::uint32_t remote_address = 0;
    std::uint16_t remote_port = 0;
    std::uint16_t local_port = 0;
    std::uint16_t kind = 0;  // One program, its direction and its protocol.
};

enum class LoginOperation : std::uint8_t { kLogin, kLogout, kLoginFailed };

struct LoginEvent {
    TimePoint first;
    std::uint32_t process_id = 0;
    std::uint32_t remote_address = 0;
    std::uint16_t remote_port = 0;
    LoginOperation operation = LoginOperation::kLogin;
    std::uint8_t terminal = 0;  // pts/n.
    std::uint8_t stranger = 0;  // Whose name a failed login tried.
};

[[nodiscard]] inline bool absorb(ProcessEvent& kept, const ProcessEvent& event) {
    if (kept.kind != event.kind) {
        return false;
    }
    kept.hit_count += event.hit_count;
    kept.last = event.last;
    return true;
}

[[nodiscard]] inline bool absorb(FlowEvent& kept, const FlowEvent& event) {
    if (kept.kind != event.kind || kept.remote_address != event.remote_address ||
        kept.remote_port != event.remote_port || kept.local_port != event.local_port) {
        return false;
    }
    kept.hit_count += event.hit_count;
    kept.bytes_in += event.bytes_in;
    kept.bytes_out += event.bytes_out;
    kept.last = event.last;
    return true;
}

[[nodiscard]] inline bool absorb(LoginEvent&, const LoginEvent&) {
    return false;
}

}  // namespace twinstorm::agent

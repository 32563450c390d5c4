// One thing that happens in an activity: the data that everyday habits and playbooks are made of.
//
// Use:    a script is an array of steps in the order of time; see scripts.h. An activity is a
//         script begun at an instant: its processes, its ports and its peer are drawn once.
// Units:  milliseconds from the activity's beginning.
#pragma once

#include <cstdint>
#include <span>

#include "twinstorm/host/event.h"

namespace twinstorm::host {

// Who does it: the n-th process of the activity itself, or a program that runs all the time.
using Actor = std::uint16_t;
inline constexpr Actor kNobody = 0;
inline constexpr Actor kOwnMax = 31;
[[nodiscard]] constexpr Actor own(unsigned number) {
    return static_cast<Actor>(number);
}
[[nodiscard]] constexpr Actor service(std::uint16_t program) {
    return static_cast<Actor>(kOwnMax + 1 + program);
}

// Beside catalogue().users: the person of the device, and a name that some stranger tries.
inline constexpr std::uint16_t kPerson = 0xffff;
inline constexpr std::uint16_t kSomeStranger = 0xfffe;

enum class Peer : std::uint8_t {
    kItself,
    kRouter,
    kNeighbour,      // `peer_number` of the own network.
    kSomeNeighbour,  // One of them.
    kCloud,          // `peer_number` of the services that the device belongs to.
    kSomeMirror,     // Of packages.
    kStranger,       // Anybody outside.
    kAddress,        // `address`
};

// The port at the client's end.
enum class ClientPort : std::uint8_t {
    kFresh,    // Drawn for the activity.
    kDay,      // The same for a day: a long connection.
    kCloud,    // The profile's.
    kService,  // As the service's own.
    kNone,     // Of a login at the device itself.
};

inline constexpr std::uint8_t kSomePts = 0xff;  // Beside catalogue().terminals.

struct Step {
    std::uint32_t after_ms = 0;
    std::uint16_t spread_ms = 0;  // Up to so much later.
    std::uint16_t entry = 0;      // Of the stream's table in the catalogue.
    std::uint8_t choices = 1;     // One of so many entries from there on.
    std::uint8_t skipped = 0;     // So often, of 256, it does not happen.
    Stream stream = Stream::kProcesses;
    std::uint8_t change = 0;  // ProcessChange, LoginOperation, FileChange, …, LogLevel.
    Actor actor = kNobody;
    Actor parent = kNobody;
    std::uint16_t user = 0;
    Peer peer = Peer::kItself;
    std::uint8_t peer_number = 0;
    ClientPort client_port = ClientPort::kFresh;
    std::uint8_t terminal = kSomePts;
    bool inbound = false;
    std::uint8_t out_percent = 50;  // Of the bytes.
    std::uint16_t service_port = 0;
    std::uint16_t packets = 1;  // On average.
    std::uint16_t packet_bytes = 100;
    std::uint16_t domain = 0;
    std::uint32_t address = 0;

    [[nodiscard]] constexpr Step after(std::uint32_t ms, std::uint16_t spread = 0) const {
        Step step = *this;
        step.after_ms = ms;
        step.spread_ms = spread;
        return step;
    }
    [[nodiscard]] constexpr Step one_of(std::uint8_t count) const {
        Step step = *this;
        step.choices = count;
        return step;
    }
    [[nodiscard]] constexpr Step skipped_of_256(std::uint8_t share) const {
        Step step = *this;
        step.skipped = share;
        return step;
    }
    [[nodiscard]] constexpr Step with(Peer whom, std::uint8_t number = 0) const {
        Step step = *this;
        step.peer = whom;
        step.peer_number = number;
        return step;
    }
    [[nodiscard]] constexpr Step with_address(std::uint32_t whom) const {
        Step step = *this;
        step.peer = Peer::kAddress;
        step.address = whom;
        return step;
    }
    [[nodiscard]] constexpr Step through(ClientPort port) const {
        Step step = *this;
        step.client_port = port;
        return step;
    }
    [[nodiscard]] constexpr Step by(Actor whom) const {
        Step step = *this;
        step.actor = whom;
        return step;
    }
    [[nodiscard]] constexpr Step about(std::uint16_t name) const {
        Step step = *this;
        step.domain = name;
        return step;
    }
    [[nodiscard]] constexpr Step of_size(std::uint16_t count, std::uint16_t bytes,
                                         std::uint8_t out) const {
        Step step = *this;
        step.packets = count;
        step.packet_bytes = bytes;
        step.out_percent = out;
        return step;
    }
    [[nodiscard]] constexpr Step at_terminal(std::uint8_t which) const {
        Step step = *this;
        step.terminal = which;
        return step;
    }
};

using Script = std::span<const Step>;

[[nodiscard]] constexpr Step happens(Stream stream, unsigned change, std::uint16_t entry) {
    Step step;
    step.stream = stream;
    step.change = static_cast<std::uint8_t>(change);
    step.entry = entry;
    return step;
}

[[nodiscard]] constexpr Step run(std::uint16_t program, Actor actor, Actor parent,
                                 std::uint16_t user = 0,
                                 ProcessChange change = ProcessChange::kExec) {
    Step step = happens(Stream::kProcesses, static_cast<unsigned>(change), program);
    step.actor = actor;
    step.parent = parent;
    step.user = user;
    return step;
}

[[nodiscard]] constexpr Step end(std::uint16_t program, Actor actor, Actor parent,
                                 std::uint16_t user = 0) {
    return run(program, actor, parent, user, ProcessChange::kExit);
}

[[nodiscard]] constexpr Step connect(std::uint16_t connection, std::uint16_t port, Actor actor) {
    Step step = happens(Stream::kFlows, 0, connection);
    step.actor = actor;
    step.service_port = port;
    return step;
}

[[nodiscard]] constexpr Step serve(std::uint16_t connection, std::uint16_t port, Actor actor) {
    Step step = connect(connection, port, actor);
    step.inbound = true;
    return step;
}

[[nodiscard]] constexpr Step log_in(LoginOperation operation, std::uint16_t user, Actor actor) {
    Step step = happens(Stream::kLogins, static_cast<unsigned>(operation), 0);
    step.actor = actor;
    step.user = user;
    return step;
}

[[nodiscard]] constexpr Step change_file(FileChange change, std::uint16_t path) {
    return happens(Stream::kFiles, static_cast<unsigned>(change), path);
}

[[nodiscard]] constexpr Step plug(PeripheralChange change, std::uint16_t peripheral) {
    return happens(Stream::kPeripherals, static_cast<unsigned>(change), peripheral);
}

[[nodiscard]] constexpr Step write_log(LogLevel level, std::uint16_t line) {
    Step step = happens(Stream::kLogs, static_cast<unsigned>(level), line);
    return step;
}

}  // namespace twinstorm::host

// Messages that a load asks for, one by one, instead of an agent's own schedule.
//
// Rules:  a message tells what happened since the last one, at least one event, and never becomes
//         two messages: what has no room is dropped and counted. Where nothing happened, or the
//         encoding has no form for it, one event more is made up.
// Owner:  one agent.
#pragma once

#include <cstdint>

#include "twinstorm/agent/batch.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/event.h"

namespace twinstorm::agent {

class MessageWriter;
struct Sender;

struct OpenLoad {
    TimePoint unsent_since;
    std::uint64_t emitted = 0;
    std::uint64_t events_dropped = 0;

    // `streams` of processes, flows and logins.
    void emit(const Sender& sender, host::StreamSet streams, TimePoint at, Workbench& bench);
};

}  // namespace twinstorm::agent

// Where a run takes place: the live world (threads and sockets) or the virtual one (one thread).
//
// Use:    make the workers on world.loop(i), the coordinator on world.main(); then run() until
//         main().stop(). Owner: the command that runs a scenario.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "twinstorm/net/loop.h"
#include "twinstorm/net/message_link.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::run {

// A link with what carries it.
struct CarriedLink {
    std::unique_ptr<net::MessageLink> link;
    net::Handle handle = 0;  // For waking and removing.
};

class World {
public:
    virtual ~World() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::size_t workers() const = 0;
    [[nodiscard]] virtual net::Loop& loop(std::size_t worker) = 0;
    [[nodiscard]] virtual net::Loop& main() = 0;  // The coordinator's.
    [[nodiscard]] virtual WallAnchor anchor() const = 0;
    [[nodiscard]] virtual CarriedLink carry(std::size_t worker, plan::Transport transport,
                                            net::LinkUser& user,
                                            const net::Destination& destination) = 0;
    virtual void set_recorder(std::size_t worker, stats::Recorder* recorder) = 0;
    // CPU time of the calling thread, or nothing where time is virtual.
    [[nodiscard]] virtual Duration cpu_time() const = 0;
    // How long the calling thread was ready to run but had no core, since it began.
    [[nodiscard]] virtual Duration wait_time() const { return {}; }
    virtual void run() = 0;
};

}  // namespace twinstorm::run

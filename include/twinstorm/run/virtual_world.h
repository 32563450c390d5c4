// Virtual time, one thread: fleet, operator and mock hub in one loop, repeatable from the seed.
//
// Owner:  the command. The hub inside is the same object that serves sockets in the live world.
#pragma once

#include <memory>

#include "twinstorm/hub/hub.h"
#include "twinstorm/run/target.h"
#include "twinstorm/run/world.h"
#include "twinstorm/virtual_net/virtual_loop.h"

namespace twinstorm::run {

class VirtualWorld final : public World {
public:
    VirtualWorld(std::uint64_t seed, const plan::MockHub& hub, WallTime begin = kVirtualEpoch);

    [[nodiscard]] std::string_view name() const override { return "virtual"; }
    [[nodiscard]] std::size_t workers() const override { return 1; }
    [[nodiscard]] net::Loop& loop(std::size_t) override { return loop_; }
    [[nodiscard]] net::Loop& main() override { return loop_; }
    [[nodiscard]] WallAnchor anchor() const override { return anchor_; }
    // Paho cannot live in virtual time: its groups use our own conversation here.
    [[nodiscard]] CarriedLink carry(std::size_t worker, plan::Transport transport,
                                    net::LinkUser& user,
                                    const net::Destination& destination) override;
    void set_recorder(std::size_t worker, stats::Recorder* recorder) override;
    [[nodiscard]] Duration cpu_time() const override { return {}; }
    void run() override { loop_.run(); }

    [[nodiscard]] Target target() const;
    [[nodiscard]] virtual_net::VirtualLoop& virtual_loop() { return loop_; }

private:
    virtual_net::VirtualLoop loop_;
    WallAnchor anchor_;
    hub::Hub hub_;
    plan::MockHub planned_;
};

}  // namespace twinstorm::run

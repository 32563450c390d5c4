// Real time, threads and sockets: one AsioLoop for each worker, one for the coordinator.
//
// Owner:  the command. Threads: run() starts one for each worker and joins them before it returns.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/run/world.h"

namespace twinstorm::run {

struct LiveOptions {
    std::size_t workers = 1;
    std::string ca_file;                        // Empty: the system's trust store.
    std::vector<std::string> source_addresses;  // For loopback targets with many connections.
    Duration tick{};                            // Of the workers' loops; zero: none.
};

class LiveWorld final : public World {
public:
    // Errors: kTls or kIo when the trust store cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<LiveWorld>> make(const RealClock& clock,
                                                                 LiveOptions options);

    [[nodiscard]] std::string_view name() const override { return "live"; }
    [[nodiscard]] std::size_t workers() const override { return loops_.size(); }
    [[nodiscard]] net::Loop& loop(std::size_t worker) override { return *loops_[worker]; }
    [[nodiscard]] net::Loop& main() override { return main_; }
    [[nodiscard]] WallAnchor anchor() const override { return clock_.anchor(); }
    [[nodiscard]] CarriedLink carry(std::size_t worker, plan::Transport transport,
                                    net::LinkUser& user,
                                    const net::Destination& destination) override;
    void set_recorder(std::size_t worker, stats::Recorder* recorder) override;
    [[nodiscard]] Duration cpu_time() const override { return RealClock::thread_cpu_time(); }
    [[nodiscard]] Duration wait_time() const override;
    void run() override;

    void on_signal(std::function<void(int signal)> callback) {
        main_.on_signal(std::move(callback));
    }

private:
    LiveWorld(const RealClock& clock, LiveOptions options, asio_net::TlsContext tls);

    const RealClock& clock_;
    LiveOptions options_;
    asio_net::TlsContext tls_;
    asio_net::AsioLoop main_;
    std::vector<std::unique_ptr<asio_net::AsioLoop>> loops_;
};

}  // namespace twinstorm::run

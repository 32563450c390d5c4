#include "twinstorm/run/live_world.h"

#include <thread>
#include <utility>

#include "twinstorm/device/mqtt_conversation.h"
#include "twinstorm/paho_link/paho_link.h"
#include "twinstorm/run/machine.h"

namespace twinstorm::run {

Result<std::unique_ptr<LiveWorld>> LiveWorld::make(const RealClock& clock, LiveOptions options) {
    auto tls = asio_net::TlsContext::client(options.ca_file);
    if (!tls) {
        return fail(tls.error());
    }
    return std::unique_ptr<LiveWorld>(new LiveWorld(clock, std::move(options), std::move(*tls)));
}

LiveWorld::LiveWorld(const RealClock& clock, LiveOptions options, asio_net::TlsContext tls)
    : clock_(clock),
      options_(std::move(options)),
      tls_(std::move(tls)),
      main_(clock, {&tls_, {}, 256, nullptr}) {
    for (std::size_t worker = 0; worker < options_.workers; ++worker) {
        asio_net::LoopOptions loop;
        loop.client_tls = &tls_;
        loop.source_addresses = options_.source_addresses;
        // One ticket for all devices would make their connects cheaper than a real fleet's.
        loop.resume_tls_sessions = false;
        loop.tick = options_.tick;
        loops_.push_back(std::make_unique<asio_net::AsioLoop>(clock, loop));
    }
}

CarriedLink LiveWorld::carry(std::size_t worker, plan::Transport transport, net::LinkUser& user,
                             const net::Destination& destination) {
    asio_net::AsioLoop& loop = *loops_[worker];
    if (transport == plan::Transport::kPaho) {
        auto link = std::make_unique<paho_link::PahoLink>(
            paho_link::Options{destination, options_.ca_file}, clock_, loop);
        const net::Handle handle = link->attach(user);
        return {std::move(link), handle};
    }
    auto conversation = std::make_unique<device::MqttConversation>(user, loop.buffers());
    const net::Handle handle = loop.carry(*conversation, destination);
    return {std::move(conversation), handle};
}

void LiveWorld::set_recorder(std::size_t worker, stats::Recorder* recorder) {
    loops_[worker]->set_recorder(recorder);
}

Duration LiveWorld::wait_time() const {
    return thread_wait_time().value_or(Duration::zero());
}

void LiveWorld::run() {
    std::vector<std::jthread> threads;
    for (auto& loop : loops_) {
        threads.emplace_back([&loop] { loop->run(); });
    }
    main_.run();
    for (auto& loop : loops_) {
        loop->stop();
    }
}

}  // namespace twinstorm::run

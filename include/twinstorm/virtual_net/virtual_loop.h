// The virtual world: one thread, virtual time, seeded latency; an hour in seconds, the same each
// time.
//
// Use:    as net::Loop says. serve() puts a hub's services at an address of the same loop; clients
//         that carry() there are joined to it, bytes arriving after a drawn delay, in order.
//         There are no frames around a WebSocket's bytes, and no TLS: a client's certificates are
//         handed to the service as they are. A connection is handed over to its own loop only.
// Owner:  one thread. now() moves only between turns. Every event has a place in one total order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "twinstorm/base/seed.h"
#include "twinstorm/net/loop.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::virtual_net {

// One way; a delay is drawn for each burst of bytes: base + exponential(mean).
struct Latency {
    Duration base = std::chrono::microseconds(200);
    Duration mean = std::chrono::microseconds(100);
};

class VirtualLoop final : public net::Loop {
public:
    VirtualLoop(std::uint64_t seed, Latency latency);
    ~VirtualLoop() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] BufferPool& buffers() override;
    net::Handle add(net::Activity& activity) override;
    net::Handle carry(net::Conversation& conversation,
                      const net::Destination& destination) override;
    void wake(net::Handle handle) override;
    void remove(net::Handle handle) override;
    void hand_over(net::Handle handle, net::Loop& to) override;
    [[nodiscard]] std::unique_ptr<net::HttpClient> http_client(const net::Destination& destination,
                                                               std::size_t connections) override;
    void post(std::function<void(TimePoint now)> work) override;
    void run() override;
    void stop() override;

    void set_recorder(stats::Recorder* recorder);
    void serve(std::string host, std::uint16_t port, net::Service& service);
    void serve_http(std::string host, std::uint16_t port, net::HttpHandler& handler);

    // Faults, for tests and scenarios: cuts every connection; stalls the server side until then.
    void cut_all(const Error& why);
    void stall_servers_until(TimePoint instant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::virtual_net

#include "twinstorm/asio_net/asio_loop.h"

#include <utility>

#include "asio_net/acceptor.h"
#include "asio_net/core.h"
#include "asio_net/http_client_pool.h"
#include "asio_net/http_service.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {

class AsioLoop::Impl {
public:
    Impl(const RealClock& clock, LoopOptions options)
        : http_connections_max(options.http_connections_max), core(clock, std::move(options)) {}

    const std::size_t http_connections_max;
    std::vector<std::unique_ptr<net::Service>> http_services;
    Core core;
    std::vector<std::unique_ptr<Acceptor>> acceptors;  // After core, whose context they use.
};

AsioLoop::AsioLoop(const RealClock& clock, LoopOptions options)
    : impl_(std::make_unique<Impl>(clock, std::move(options))) {}

AsioLoop::~AsioLoop() = default;

TimePoint AsioLoop::now() const {
    return impl_->core.now();
}

BufferPool& AsioLoop::buffers() {
    return impl_->core.buffers();
}

net::Handle AsioLoop::add(net::Activity& activity) {
    return impl_->core.add(activity);
}

net::Handle AsioLoop::carry(net::Conversation& conversation, const net::Destination& destination) {
    return impl_->core.carry(conversation, destination);
}

void AsioLoop::wake(net::Handle handle) {
    impl_->core.wake(handle);
}

void AsioLoop::remove(net::Handle handle) {
    impl_->core.remove(handle);
}

void AsioLoop::hand_over(net::Handle handle, net::Loop& to) {
    auto* const target = dynamic_cast<AsioLoop*>(&to);
    TWINSTORM_CHECK(target != nullptr);  // Both are of the live world.
    impl_->core.hand_over(handle, target->impl_->core);
}

std::unique_ptr<net::HttpClient> AsioLoop::http_client(const net::Destination& destination,
                                                       std::size_t connections) {
    return std::make_unique<HttpClientPool>(*this, destination, connections);
}

void AsioLoop::post(std::function<void(TimePoint now)> work) {
    impl_->core.post(std::move(work));
}

void AsioLoop::run() {
    impl_->core.run();
}

void AsioLoop::stop() {
    impl_->core.stop();
}

void AsioLoop::set_recorder(stats::Recorder* recorder) {
    impl_->core.set_recorder(recorder);
}

const LoopCounts& AsioLoop::counts() const {
    return impl_->core.counts();
}

Result<std::uint16_t> AsioLoop::listen(const Listener& listener, net::Service& service) {
    auto acceptor = std::make_unique<Acceptor>(impl_->core, listener.tls, service);
    auto port = acceptor->open(listener);
    if (port) {
        impl_->acceptors.push_back(std::move(acceptor));
    }
    return port;
}

Result<std::uint16_t> AsioLoop::listen_http(const Listener& listener, net::HttpHandler& handler,
                                            std::vector<WebSocketRoute> routes) {
    auto service = std::make_unique<HttpService>(handler, *this, std::move(routes),
                                                 impl_->http_connections_max);
    auto port = listen(listener, *service);
    if (port) {
        impl_->http_services.push_back(std::move(service));
    }
    return port;
}

void AsioLoop::on_signal(std::function<void(int signal)> callback) {
    impl_->core.on_signal(std::move(callback));
}

}  // namespace twinstorm::asio_net

// A loop that only counts what it is told: for conversations that are tested without one.
#pragma once

#include <memory>

#include "twinstorm/base/check.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class FakeLoop : public net::Loop {
public:
    TimePoint time = kRunStart;
    int wakes = 0;

    [[nodiscard]] TimePoint now() const override { return time; }
    [[nodiscard]] BufferPool& buffers() override { return buffers_; }
    net::Handle add(net::Activity&) override { return 0; }
    net::Handle carry(net::Conversation&, const net::Destination&) override { return 0; }
    void wake(net::Handle) override { ++wakes; }
    void remove(net::Handle) override {}
    void hand_over(net::Handle, net::Loop&) override { TWINSTORM_CHECK(false); }
    [[nodiscard]] std::unique_ptr<net::HttpClient> http_client(const net::Destination&,
                                                               std::size_t) override {
        return nullptr;
    }
    void post(std::function<void(TimePoint)>) override { TWINSTORM_CHECK(false); }
    void run() override { TWINSTORM_CHECK(false); }
    void stop() override {}

private:
    BufferPool buffers_;
};

}  // namespace twinstorm::asio_net

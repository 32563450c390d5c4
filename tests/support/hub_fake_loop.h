// A loop without a world: time stands still until a test moves it, woken activities wait for
// pump(). Carries nothing; a test feeds its conversations itself.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "twinstorm/net/loop.h"

namespace twinstorm::testing {

class FakeLoop final : public net::Loop {
public:
    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] BufferPool& buffers() override { return buffers_; }
    net::Handle add(net::Activity& activity) override;
    net::Handle carry(net::Conversation& conversation,
                      const net::Destination& destination) override;
    void wake(net::Handle handle) override { woken_.insert(handle); }
    void remove(net::Handle handle) override;
    void hand_over(net::Handle handle, net::Loop& to) override;
    [[nodiscard]] std::unique_ptr<net::HttpClient> http_client(const net::Destination& destination,
                                                               std::size_t connections) override;
    void post(std::function<void(TimePoint now)> work) override;
    void run() override;
    void stop() override;

    // Does what was posted and carries what was handed over; false when there was nothing.
    bool settle();
    // Looks at what was woken: calls those whose deadline has passed, once.
    void pump();
    // Moves time, calling every activity at its deadline on the way.
    void pass(Duration duration);

    [[nodiscard]] net::Handle reserve() { return next_++; }  // For a conversation of a service.
    [[nodiscard]] bool was_woken(net::Handle handle) const { return woken_.contains(handle); }
    void attach(net::Handle handle, net::Activity& activity) { activities_[handle] = &activity; }
    // As a loop carries an accepted connection, so that it can be handed over.
    void attach(net::Handle handle, net::ServerConversation& conversation);

private:
    TimePoint now_{};
    BufferPool buffers_;
    net::Handle next_ = 1;
    std::map<net::Handle, net::Activity*> activities_;
    std::set<net::Handle> woken_;
    std::map<net::Handle, net::ServerConversation*> conversations_;
    std::vector<std::function<void(TimePoint now)>> posted_;
};

}  // namespace twinstorm::testing

#include "support/hub_fake_loop.h"

#include <algorithm>
#include <utility>

#include "twinstorm/base/check.h"

namespace twinstorm::testing {

net::Handle FakeLoop::add(net::Activity& activity) {
    const net::Handle handle = reserve();
    attach(handle, activity);
    return handle;
}

net::Handle FakeLoop::carry(net::Conversation& /*conversation*/,
                            const net::Destination& /*destination*/) {
    TWINSTORM_CHECK(false && "a hub dials nobody");
    return 0;
}

void FakeLoop::remove(net::Handle handle) {
    activities_.erase(handle);
    woken_.erase(handle);
    conversations_.erase(handle);
}

std::unique_ptr<net::HttpClient> FakeLoop::http_client(const net::Destination& /*destination*/,
                                                       std::size_t /*connections*/) {
    TWINSTORM_CHECK(false && "a hub asks nobody");
    return nullptr;
}

void FakeLoop::attach(net::Handle handle, net::ServerConversation& conversation) {
    attach(handle, static_cast<net::Activity&>(conversation));
    conversations_[handle] = &conversation;
}

void FakeLoop::hand_over(net::Handle handle, net::Loop& to) {
    // A test has no other loops than these.
    auto& target = static_cast<FakeLoop&>(to);
    posted_.emplace_back([this, handle, &target](TimePoint) {
        net::ServerConversation& conversation = *conversations_.at(handle);
        remove(handle);
        const net::Handle there = target.reserve();
        target.attach(there, conversation);
        target.post([&conversation, there](TimePoint now) { conversation.moved(there, now); });
    });
}

void FakeLoop::post(std::function<void(TimePoint now)> work) {
    posted_.push_back(std::move(work));
}

bool FakeLoop::settle() {
    const auto posted = std::exchange(posted_, {});
    for (const auto& work : posted) {
        work(now_);
    }
    return !posted.empty();
}

void FakeLoop::run() {
    TWINSTORM_CHECK(false && "a test moves time itself");
}

void FakeLoop::stop() {}

void FakeLoop::pump() {
    for (const net::Handle handle : std::exchange(woken_, {})) {
        const auto found = activities_.find(handle);
        if (found == activities_.end()) {
            continue;
        }
        const auto deadline = found->second->next_deadline();
        if (deadline && *deadline <= now_) {
            found->second->advance(now_);
        }
    }
}

void FakeLoop::pass(Duration duration) {
    const TimePoint end = now_ + duration;
    while (true) {
        TimePoint next = end;
        net::Activity* due = nullptr;
        for (const auto& [handle, activity] : activities_) {
            const auto deadline = activity->next_deadline();
            if (deadline && *deadline <= next && (due == nullptr || *deadline < next)) {
                next = *deadline;
                due = activity;
            }
        }
        if (due == nullptr) {
            break;
        }
        now_ = std::max(now_, next);
        due->advance(now_);
    }
    now_ = end;
}

}  // namespace twinstorm::testing

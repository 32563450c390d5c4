#include "fuzz/amqp_properties.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "amqp/fakes.h"
#include "amqp/limits.h"
#include "amqp/raw_frames.h"
#include "support/hub_fake_loop.h"
#include "twinstorm/amqp/endpoint.h"

namespace twinstorm::fuzz {

namespace {

using testing::raw;

constexpr std::size_t kOutgoingBytesMax = std::size_t{4} << 20;

// A service with one connection, and events to read.
struct World {
    World() {
        for (int i = 0; i < 20; ++i) {
            events.append(i % 2, "body", "%24.mid=1&a=b");
        }
        server = service.accept(loop.reserve(), {.address = "fuzz"}, now);
        server->connected(now);
    }
    void say(std::span<const std::byte> bytes) {
        if (server->wants_connection()) {
            server->receive(bytes, now);
        }
        hear();
    }
    void hear() {
        for (int turn = 0; turn < 1'000; ++turn) {
            const auto deadline = server->next_deadline();
            const bool due = deadline && *deadline <= now;
            if (due) {
                server->advance(now);
            }
            Buffer out;
            server->take_outgoing(out);
            heard += out.size();
            if (out.empty() && !due) {
                return;
            }
            if (!out.empty()) {
                server->sent(now);
            }
        }
        restless = true;
    }

    TimePoint now = kRunStart;
    testing::FakeLoop loop;
    testing::FakeEventSource events;
    testing::FakeMessages messages;
    testing::FakeAuthorizer authorizer;
    amqp::Service service{{.host_name = "hub1.azure-devices.net", .events_host = "localhost"},
                          {events, messages, authorizer},
                          WallAnchor{kVirtualEpoch},
                          loop};
    std::unique_ptr<net::ServerConversation> server;
    std::size_t heard = 0;
    bool restless = false;
};

void log_in(World& world) {
    world.say(raw(testing::kSaslHeader));
    world.say(raw(testing::frame(
        0x41, 0,
        [](amqp::Encoder& e) {
            e.symbol("PLAIN");
            e.binary(std::string_view("\0owner\0secret", 13));
        },
        {}, '\1')));
    world.say(raw(testing::kAmqpHeader + testing::open_frame() + testing::begin_frame()));
}

}  // namespace

Verdict check_amqp(std::span<const std::byte> input) {
    if (input.empty()) {
        return std::nullopt;
    }
    const auto choice = static_cast<unsigned>(input.front());
    input = input.subspan(1);
    World world;
    if (choice % 2 == 1) {
        log_in(world);
    }
    const std::size_t piece = choice < 128 ? std::max<std::size_t>(input.size(), 1) : choice - 120;
    while (!input.empty()) {
        const std::size_t size = std::min(piece, input.size());
        world.say(input.first(size));
        input = input.subspan(size);
    }
    if (world.restless) {
        return "the conversation never comes to rest";
    }
    if (world.heard > kOutgoingBytesMax) {
        return "so few bytes made too many";
    }
    // Silence ends it, whatever state it is in.
    world.now += amqp::kSilenceMax + amqp::kCloseMax;
    world.hear();
    world.now += amqp::kCloseMax + amqp::kCloseMax;
    world.hear();
    if (world.server->wants_connection()) {
        return "silence does not end the connection";
    }
    world.server.reset();
    if (world.service.counts().readers_now != 0 || world.service.counts().connections_now != 0) {
        return "something is left behind";
    }
    return std::nullopt;
}

}  // namespace twinstorm::fuzz

// Who reads which partition in which consumer group, over all connections: epochs and the limit of
// readers.
//
// Rules:  a reader with an epoch is alone: it steals from all without one, and from one with the
//         same or a lower epoch; beside it nobody else may read. Without epochs, kReadersMax.
// Use:    enter() gives a Seat, to be kept as long as the link is there.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "twinstorm/amqp/ports.h"

namespace twinstorm::amqp {

class Readers {
public:
    struct Request {
        int partition = 0;
        std::string group{};
        std::optional<std::int64_t> epoch{};
        std::function<void(Condition why)>
            stolen{};  // Called at most once, from another's enter().
    };
    class Seat;

    Readers();
    // The seat, or why there is none.
    [[nodiscard]] tl::expected<std::unique_ptr<Seat>, Condition> enter(Request request);
    [[nodiscard]] std::size_t count() const;

private:
    using Room = std::list<Request>;
    struct State {
        std::map<std::pair<int, std::string>, Room> rooms{};
        std::size_t count = 0;
    };
    // Shared with the seats, which may outlive this: conversations belong to the loop.
    std::shared_ptr<State> state_;
};

class Readers::Seat {
public:
    // The state is shared: a seat may outlive the Readers.
    Seat(std::shared_ptr<State> state, std::pair<int, std::string> room, Room::iterator place)
        : state_(std::move(state)), room_(std::move(room)), place_(place) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat();

private:
    std::shared_ptr<State> state_;  // May outlive the Readers.
    std::pair<int, std::string> room_;
    Room::iterator place_;
};

}  // namespace twinstorm::amqp

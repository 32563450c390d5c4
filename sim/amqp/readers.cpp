#include "amqp/readers.h"

#include <algorithm>
#include <vector>

#include "amqp/limits.h"

namespace twinstorm::amqp {

namespace {

[[nodiscard]] Condition refusal(std::string_view name, std::string description) {
    return {std::string(name), std::move(description)};
}

}  // namespace

// Shared with the seats.
Readers::Readers() : state_(std::make_shared<State>()) {}

std::size_t Readers::count() const {
    return state_->count;
}

tl::expected<std::unique_ptr<Readers::Seat>, Condition> Readers::enter(Request request) {
    std::pair<int, std::string> name(request.partition, request.group);
    Room& room = state_->rooms[name];
    std::optional<std::int64_t> highest;
    for (const Request& other : room) {
        highest = std::max(highest, other.epoch);
    }
    if (highest && !request.epoch) {
        return tl::unexpected<Condition>(
            refusal(condition::kLinkStolen,
                    "At least one receiver for the endpoint is created with epoch of '" +
                        std::to_string(*highest) + "', and so non-epoch receiver is not allowed."));
    }
    if (highest && *request.epoch < *highest) {
        return tl::unexpected<Condition>(refusal(
            condition::kLinkStolen, "Receiver with epoch '" + std::to_string(*request.epoch) +
                                        "' is refused: a receiver with higher epoch '" +
                                        std::to_string(*highest) + "' already exists."));
    }
    if (!request.epoch && room.size() >= kReadersMax) {
        return tl::unexpected<Condition>(
            refusal(condition::kResourceLimitExceeded,
                    "Exceeded the maximum number of allowed receivers per partition in "
                    "a consumer group which is " +
                        std::to_string(kReadersMax)));
    }
    if (request.epoch) {
        // Their seats stay until their links are closed; none is told twice.
        for (Request& other : room) {
            if (auto stolen = std::exchange(other.stolen, nullptr)) {
                other.epoch.reset();
                stolen(refusal(condition::kLinkStolen,
                               "New receiver with higher epoch of '" +
                                   std::to_string(*request.epoch) +
                                   "' is created hence current receiver is getting disconnected."));
            }
        }
    }
    room.push_front(std::move(request));
    ++state_->count;
    return std::make_unique<Seat>(state_, std::move(name), room.begin());
}

Readers::Seat::~Seat() {
    const auto room = state_->rooms.find(room_);
    room->second.erase(place_);
    --state_->count;
    if (room->second.empty()) {
        state_->rooms.erase(room);
    }
}

}  // namespace twinstorm::amqp

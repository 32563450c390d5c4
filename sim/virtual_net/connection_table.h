// The joined pairs of one loop, found by number without a search.
//
// Use:    a number is void once its connection was taken out, also when its place is used again.
// Owner:  one loop. A reference holds until the next add().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::virtual_net {

// One joined pair of conversations. Bytes keep their order in each direction.
struct Connection {
    net::Handle client = 0;
    net::Handle server = 0;
    TimePoint last_to_client = kRunStart;
    TimePoint last_to_server = kRunStart;
    bool client_left = false;  // Nothing reaches a side that has hung up.
    bool server_left = false;
    // What a side that accepts no input has not been told yet, and why it ends after that.
    struct Held {
        std::vector<Buffer> from_client;
        std::vector<Buffer> from_server;
        std::optional<Error> end;
    };
    std::unique_ptr<Held> held{};  // None for most.

    [[nodiscard]] net::Handle end_of(bool to_server) const { return to_server ? server : client; }
    [[nodiscard]] bool left(bool at_server) const { return at_server ? server_left : client_left; }
    [[nodiscard]] bool holds(bool to_server) const {
        return held != nullptr && !(to_server ? held->from_client : held->from_server).empty();
    }
    [[nodiscard]] std::vector<Buffer>& held_bytes(bool to_server) {
        if (held == nullptr) {
            held = std::make_unique<Held>();
        }
        return to_server ? held->from_client : held->from_server;
    }
};

class ConnectionTable {
public:
    // Never 0.
    [[nodiscard]] std::uint64_t add(Connection connection) {
        if (free_.empty()) {
            free_.push_back(places_.size());
            places_.emplace_back();
        }
        const std::size_t index = free_.back();
        free_.pop_back();
        // What was made later has the greater number.
        Place& place = places_[index];
        place.number = ++made_ << kIndexBits | index;
        place.connection = std::move(connection);
        return place.number;
    }

    [[nodiscard]] Connection* find(std::uint64_t number) {
        Place& place = places_[number & kIndexMask];
        return place.number == number ? &place.connection : nullptr;
    }

    void prefetch(std::uint64_t number) const { __builtin_prefetch(&places_[number & kIndexMask]); }

    [[nodiscard]] std::optional<Connection> take(std::uint64_t number) {
        Connection* const found = find(number);
        if (found == nullptr) {
            return std::nullopt;
        }
        places_[number & kIndexMask].number = 0;
        free_.push_back(number & kIndexMask);
        return std::exchange(*found, Connection{});
    }

    // In no order.
    [[nodiscard]] std::vector<std::uint64_t> numbers() const {
        std::vector<std::uint64_t> result;
        for (const Place& place : places_) {
            if (place.number != 0) {
                result.push_back(place.number);
            }
        }
        return result;
    }

private:
    static constexpr unsigned kIndexBits = 24;  // 16 million at a time.
    static constexpr std::uint64_t kIndexMask = (std::uint64_t{1} << kIndexBits) - 1;

    struct alignas(64) Place {     // A line of the cache.
        std::uint64_t number = 0;  // 0: free.
        Connection connection;
    };

    std::vector<Place> places_;
    std::vector<std::size_t> free_;
    std::uint64_t made_ = 0;
};

}  // namespace twinstorm::virtual_net

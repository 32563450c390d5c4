// The log of one partition: appended at one end, let go at the other.
//
// Use:    append() on the hub's hot path: one copy into a chunk, no allocation once the log is
//         warm. Consumers read() from a Position, and go on from the `next` of each batch.
// Owner:  one worker.
// Limits: Options::bytes_max and Options::retention, by whole chunks: the oldest events are let go,
//         and counted. A reader whose position was let go continues with the oldest event kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/events/event.h"

namespace twinstorm::events {

struct Position {
    enum class Kind : std::uint8_t {
        kEarliest,
        kLatest,  // After the last event there is when it is first read.
        kOffset,
        kSequenceNumber,
        kEnqueuedTime,  // `value` in Unix milliseconds.
    };
    Kind kind = Kind::kEarliest;
    std::int64_t value = 0;
    bool inclusive = true;
    std::int64_t offset_hint = -1;  // Partition's own: where a sequence number stands in the log.
    friend bool operator==(const Position&, const Position&) = default;
};

struct ReadLimits {
    std::size_t events_max = 0;
    std::size_t bytes_max = 0;  // Of records; the first event comes even if it is larger.
};

struct PartitionInfo {
    std::int64_t begin_sequence_number = 0;
    std::int64_t last_sequence_number = -1;  // -1: none was ever appended; so is last_offset.
    std::int64_t last_offset = -1;
    WallTime last_enqueued{};
    bool empty = true;  // No event is kept.
};

struct Batch {
    std::vector<Event> events{};
    Position next{};           // Where to go on reading.
    std::int64_t awaited = 0;  // The sequence number to wait for when there was nothing to read.
    PartitionInfo info{};      // At the time of reading, for runtime metrics.
};

class Partition {
public:
    static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
    static constexpr std::size_t kChunksMin = 2;  // One to append to, one to let go.
    static constexpr std::size_t kBytesMaxDefault = std::size_t{64} << 20;

    struct Options {
        std::string hub_name;  // `hubName` and user id of all but telemetry.
        std::size_t bytes_max = kBytesMaxDefault;
        std::size_t chunk_bytes = kChunkBytes;
        Duration retention = std::chrono::hours{24};
    };

    explicit Partition(Options options);
    ~Partition();
    Partition(const Partition&) = delete;
    Partition& operator=(const Partition&) = delete;

    // The event's sequence number; none when it does not fit into a chunk (counted).
    std::optional<std::int64_t> append(const Arrival& arrival, WallTime now);
    void expire(WallTime now);  // Lets go what is past retention; append() does it, too.

    [[nodiscard]] Batch read(const Position& from, const ReadLimits& limits) const;
    [[nodiscard]] PartitionInfo info() const;

    [[nodiscard]] std::uint64_t let_go() const { return let_go_; }      // Events, ever.
    [[nodiscard]] std::uint64_t oversize() const { return oversize_; }  // Events, ever.
    [[nodiscard]] std::size_t bytes_held() const;                       // Memory.

private:
    struct Chunk;

    std::byte* reserve(std::size_t bytes);
    void let_go_oldest();
    [[nodiscard]] const std::byte* find(const Position& from) const;
    [[nodiscard]] const std::byte* after(const std::byte* record) const;

    Options options_;
    std::deque<std::unique_ptr<Chunk>> chunks_;
    std::unique_ptr<Chunk> spare_;
    PartitionInfo last_;        // Only its `last_*` are kept up to date.
    std::int64_t log_end_ = 0;  // Offset at which the next chunk begins.
    std::uint64_t let_go_ = 0;
    std::uint64_t oversize_ = 0;
};

}  // namespace twinstorm::events

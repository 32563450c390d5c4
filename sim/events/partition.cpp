#include "twinstorm/events/partition.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "events/record.h"
#include "twinstorm/base/check.h"

namespace twinstorm::events {

// Offsets count bytes of the log: a chunk's first byte stands at `begin`.
struct Partition::Chunk {
    explicit Chunk(std::size_t bytes)
        : memory(std::make_unique_for_overwrite<std::byte[]>(bytes)) {}

    [[nodiscard]] std::int64_t end() const { return begin + static_cast<std::int64_t>(used); }

    std::unique_ptr<std::byte[]> memory;
    std::size_t used = 0;
    std::int64_t begin = 0;
    std::int64_t first_sequence_number = 0;
    std::uint64_t events = 0;
    WallTime last_enqueued{};
};

namespace {

[[nodiscard]] std::size_t record_bytes(const Arrival& arrival) {
    const std::size_t bytes = sizeof(RecordHead) + arrival.origin.device_id.size() +
                              arrival.origin.module_id.size() +
                              arrival.origin.generation_id.size() + arrival.operation.size() +
                              arrival.bag.size() + arrival.body.size();
    return (bytes + kRecordAlignment - 1) / kRecordAlignment * kRecordAlignment;
}

[[nodiscard]] bool texts_fit(const Arrival& arrival) {
    constexpr std::size_t kTextMax = std::numeric_limits<std::uint16_t>::max();
    return arrival.origin.device_id.size() <= kTextMax &&
           arrival.origin.module_id.size() <= kTextMax &&
           arrival.origin.generation_id.size() <= kTextMax && arrival.operation.size() <= kTextMax;
}

void write_record(std::byte* at, const RecordHead& head, const Arrival& arrival) {
    std::memcpy(at, &head, sizeof(head));
    at += sizeof(head);
    const auto put = [&at](const void* bytes, std::size_t size) {
        if (size > 0) {
            std::memcpy(at, bytes, size);
            at += size;
        }
    };
    put(arrival.origin.device_id.data(), arrival.origin.device_id.size());
    put(arrival.origin.module_id.data(), arrival.origin.module_id.size());
    put(arrival.origin.generation_id.data(), arrival.origin.generation_id.size());
    put(arrival.operation.data(), arrival.operation.size());
    put(arrival.bag.data(), arrival.bag.size());
    put(arrival.body.data(), arrival.body.size());
}

[[nodiscard]] std::int64_t to_milliseconds(std::int64_t nanoseconds) {
    return std::chrono::floor<std::chrono::milliseconds>(Duration(nanoseconds)).count();
}

// Is this record the first that a reader at this position wants, given that none before it was?
[[nodiscard]] bool reached(const RecordHead& head, const Position& from) {
    const auto past = [&from](std::int64_t actual) {
        return from.inclusive ? actual >= from.value : actual > from.value;
    };
    switch (from.kind) {
        case Position::Kind::kEarliest:
            return true;
        case Position::Kind::kLatest:
            return false;
        case Position::Kind::kOffset:
            return past(head.offset);
        case Position::Kind::kSequenceNumber:
            return past(head.sequence_number);
        case Position::Kind::kEnqueuedTime:
            return past(to_milliseconds(head.enqueued_ns));
    }
    return true;
}

}  // namespace

Partition::Partition(Options options) : options_(std::move(options)) {
    TWINSTORM_CHECK(options_.chunk_bytes >= sizeof(RecordHead));
    TWINSTORM_CHECK(options_.chunk_bytes <= std::numeric_limits<std::uint32_t>::max());
}

Partition::~Partition() = default;

std::optional<std::int64_t> Partition::append(const Arrival& arrival, WallTime now) {
    const std::size_t bytes = record_bytes(arrival);
    if (bytes > options_.chunk_bytes || !texts_fit(arrival)) {
        ++oversize_;
        return std::nullopt;
    }
    expire(now);
    std::byte* const at = reserve(bytes);
    Chunk& chunk = *chunks_.back();
    RecordHead head{};
    head.sequence_number = last_.last_sequence_number + 1;
    head.offset = chunk.end();
    head.enqueued_ns = now.time_since_epoch().count();
    head.record_bytes = static_cast<std::uint32_t>(bytes);
    head.body_bytes = static_cast<std::uint32_t>(arrival.body.size());
    head.bag_bytes = static_cast<std::uint32_t>(arrival.bag.size());
    head.device_bytes = static_cast<std::uint16_t>(arrival.origin.device_id.size());
    head.module_bytes = static_cast<std::uint16_t>(arrival.origin.module_id.size());
    head.generation_bytes = static_cast<std::uint16_t>(arrival.origin.generation_id.size());
    head.operation_bytes = static_cast<std::uint16_t>(arrival.operation.size());
    head.source = static_cast<std::uint8_t>(arrival.source);
    head.auth_scope = static_cast<std::uint8_t>(arrival.origin.auth_scope);
    head.auth_type = static_cast<std::uint8_t>(arrival.origin.auth_type);
    write_record(at, head, arrival);
    if (chunk.events == 0) {
        chunk.first_sequence_number = head.sequence_number;
    }
    ++chunk.events;
    chunk.used += bytes;
    chunk.last_enqueued = now;
    last_.last_sequence_number = head.sequence_number;
    last_.last_offset = head.offset;
    last_.last_enqueued = now;
    return head.sequence_number;
}

void Partition::expire(WallTime now) {
    while (!chunks_.empty() && now - chunks_.front()->last_enqueued > options_.retention) {
        let_go_oldest();
    }
}

PartitionInfo Partition::info() const {
    PartitionInfo info = last_;
    info.empty = chunks_.empty();
    info.begin_sequence_number =
        info.empty ? last_.last_sequence_number + 1 : chunks_.front()->first_sequence_number;
    return info;
}

std::size_t Partition::bytes_held() const {
    return (chunks_.size() + (spare_ ? 1 : 0)) * options_.chunk_bytes;
}

Batch Partition::read(const Position& from, const ReadLimits& limits) const {
    Batch batch;
    batch.info = info();
    batch.next = from;
    batch.awaited = last_.last_sequence_number + 1;
    if (from.kind == Position::Kind::kLatest) {
        batch.next = {.kind = Position::Kind::kSequenceNumber, .value = batch.awaited};
        return batch;
    }
    std::size_t bytes = 0;
    const std::byte* record = limits.events_max > 0 ? find(from) : nullptr;
    while (record != nullptr && batch.events.size() < limits.events_max) {
        const RecordHead head = head_of(record);
        if (!batch.events.empty() && bytes + head.record_bytes > limits.bytes_max) {
            break;
        }
        bytes += head.record_bytes;
        batch.events.push_back(expand(record, options_.hub_name));
        batch.next = {.kind = Position::Kind::kSequenceNumber,
                      .value = head.sequence_number + 1,
                      .offset_hint = head.offset + head.record_bytes};
        record = after(record);
    }
    return batch;
}

// Room for a record at the end of the last chunk; a new chunk once that is full.
std::byte* Partition::reserve(std::size_t bytes) {
    if (chunks_.empty() || chunks_.back()->used + bytes > options_.chunk_bytes) {
        const std::size_t chunks_max =
            std::max(options_.bytes_max / options_.chunk_bytes, kChunksMin);
        if (chunks_.size() >= chunks_max) {
            let_go_oldest();
        }
        if (!chunks_.empty()) {
            log_end_ = chunks_.back()->end();
        }
        auto chunk = spare_ ? std::move(spare_) : std::make_unique<Chunk>(options_.chunk_bytes);
        chunk->used = 0;
        chunk->events = 0;
        chunk->begin = log_end_;
        chunks_.push_back(std::move(chunk));
    }
    return chunks_.back()->memory.get() + chunks_.back()->used;
}

// Its memory serves again as the next chunk; one is kept for that.
void Partition::let_go_oldest() {
    let_go_ += chunks_.front()->events;
    log_end_ = std::max(log_end_, chunks_.front()->end());
    spare_ = std::move(chunks_.front());
    chunks_.pop_front();
}

// The first record at or after a position; none when there is none yet.
const std::byte* Partition::find(const Position& from) const {
    // Chunks are in order of all three keys: look into the last one that begins before the
    // position, or into the first.
    const auto begins_after = [&from](const std::unique_ptr<Chunk>& chunk) {
        return reached(head_of(chunk->memory.get()), from);
    };
    auto chunk = std::partition_point(
        chunks_.begin(), chunks_.end(),
        [&begins_after](const std::unique_ptr<Chunk>& each) { return !begins_after(each); });
    if (chunk != chunks_.begin()) {
        --chunk;
    }
    if (chunk == chunks_.end()) {
        return nullptr;
    }
    const std::byte* record = (*chunk)->memory.get();
    // A reader that goes on where it stopped need not walk there again.
    const std::int64_t hint = from.offset_hint;
    if (hint >= (*chunk)->begin && hint < (*chunk)->end() &&
        from.kind == Position::Kind::kSequenceNumber) {
        const std::byte* const hinted = record + (hint - (*chunk)->begin);
        if (head_of(hinted).sequence_number == from.value) {
            return hinted;
        }
    }
    while (record != nullptr && !reached(head_of(record), from)) {
        record = after(record);
    }
    return record;
}

const std::byte* Partition::after(const std::byte* record) const {
    const RecordHead head = head_of(record);
    const std::int64_t next = head.offset + head.record_bytes;
    const auto chunk = std::partition_point(
        chunks_.begin(), chunks_.end(),
        [next](const std::unique_ptr<Chunk>& each) { return each->end() <= next; });
    // Chunks follow each other without a gap: the next record is the next chunk's first one.
    return chunk == chunks_.end() ? nullptr : (*chunk)->memory.get() + (next - (*chunk)->begin);
}

}  // namespace twinstorm::events

#include "twinstorm/agent/legacy_queues.h"

#include <algorithm>
#include <limits>

#include "agent/caches.h"
#include "agent/legacy_content.h"
#include "agent/legacy_rhythm.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

// More than any entry but a snapshot takes.
constexpr std::size_t kEntryBytesMax = 2'048;
// What an envelope adds to the first entry of a message that is written to be measured.
constexpr std::size_t kEnvelopeBytes = 160;
// Steps of one kind of event that are looked up at once; of a longer silence the rest is dropped.
constexpr int kStepsAtOnceMax = 2'000;

constexpr auto kSources = [] {
    std::array<LegacyEvent, kLegacySourceCount> sources{};
    for (std::size_t i = 0; i < kLegacySourceCount; ++i) {
        sources[i] = static_cast<LegacyEvent>(i);
    }
    return sources;
}();

std::size_t limit_of(const LegacyPlace& place) {
    // The agent in C# halves its cache, and again because it counts two bytes for a character.
    return place.configuration.cache_bytes_max /
           (place.persona.family == Family::kLegacyCs ? 4 : 1);
}

// What an entry added to a message.
std::uint32_t added(std::size_t before, std::size_t after) {
    const std::size_t begin = std::max(before, kEnvelopeBytes);
    return static_cast<std::uint32_t>(std::max(after, begin + 1) - begin);
}

// Writes entries for their size alone.
class Scale {
public:
    explicit Scale(const LegacyPlace& place)
        : writer_(cleared(place.bench.caches->measured),
                  Sender{.host = place.host,
                         .anchor = place.anchor,
                         .family = place.persona.family,
                         .encoding = place.persona.options.encoding,
                         .bytes_max = std::numeric_limits<std::uint32_t>::max(),
                         .id_seed = 0,
                         .collection_interval_s = 0,
                         .logins_by_pam = false},
                  SendPriority::kLow) {}

    // 0: the encoding has no form for it.
    [[nodiscard]] std::size_t weigh(const LegacyContent& content, std::size_t entry) {
        const std::size_t before = writer_.bytes();
        return content.write(entry, writer_) ? added(before, writer_.bytes()) : 0;
    }
    [[nodiscard]] MessageWriter& writer() { return writer_; }

private:
    static Batch& cleared(Batch& batch) {
        batch.clear();
        return batch;
    }

    MessageWriter writer_;
};

}  // namespace

// An event that is switched off stays in its queue until it is sent.
void LegacyQueues::remember_queues(const LegacyConfiguration& configuration) {
    for (std::size_t i = 0; i < kLegacySourceCount; ++i) {
        const LegacyPriority priority = configuration.priorities[i];
        high_[i] = priority == LegacyPriority::kOff ? high_[i] : priority == LegacyPriority::kHigh;
    }
}

void LegacyQueues::open(const LegacyConfiguration& configuration, Family family) {
    remember_queues(configuration);
    for (const LegacyEvent event : kSources) {
        const Backlog::Rhythm rhythm = rhythm_of(event, configuration, family);
        // Snapshots are taken at once, then after each period.
        at(event).open(rhythm, streams_of(event).empty() ? -rhythm.step : 0);
    }
}

void LegacyQueues::change(const LegacyConfiguration& next, Family family, std::int32_t now) {
    remember_queues(next);
    for (const LegacyEvent event : kSources) {
        at(event).change(rhythm_of(event, next, family), now);
    }
}

void LegacyQueues::collect(std::int32_t now, const LegacyPlace& place) {
    for (const LegacyEvent event : kSources) {
        int steps = 0;
        while (const auto step = at(event).next_step(now)) {
            if (++steps <= kStepsAtOnceMax) {
                measure(event, *step, place);
            } else {
                drop_new(event, 1);
            }
        }
    }
}

void LegacyQueues::measure(LegacyEvent event, const Backlog::Step& step, const LegacyPlace& place) {
    LegacyContent content(place, event);
    const std::size_t entries = content.load(step);
    drop_new(event, content.skipped());
    const bool drops_new = place.persona.family == Family::kLegacyC;
    const std::uint64_t before = bytes();
    std::uint32_t kept = 0;
    std::uint64_t kept_bytes = 0;
    bool complete = at(event).has_room_for(step);
    Scale scale(place);
    content.begin(scale.writer());
    for (std::size_t entry = 0; entry < entries; ++entry) {
        const std::size_t weight = scale.weigh(content, entry);
        const bool full = drops_new && before + kept_bytes + weight > limit_of(place);
        complete = complete && !full;
        if (weight == 0 || !complete) {
            drop_new(event, 1);
            continue;
        }
        ++kept;
        kept_bytes += weight;
    }
    content.end(scale.writer());
    counts(event).collected += kept;
    if (kept > 0 || complete) {
        at(event).enqueue(step, kept, static_cast<std::uint32_t>(kept_bytes), complete);
    }
    if (!drops_new) {
        drop_oldest(queue_of(event), place);
    }
}

// It was collected all the same.
void LegacyQueues::drop_new(LegacyEvent event, std::uint64_t entries) {
    counts(event).collected += static_cast<std::uint32_t>(entries);
    counts(event).dropped += static_cast<std::uint32_t>(entries);
    dropped_ += entries;
}

void LegacyQueues::drop_oldest(SendPriority queue, const LegacyPlace& place) {
    while (bytes(queue) > limit_of(place)) {
        drop_of(oldest(queue), place, limit_of(place));
    }
}

// One by one, as many of the oldest step as must go.
void LegacyQueues::drop_of(LegacyEvent event, const LegacyPlace& place, std::uint64_t limit) {
    Backlog& backlog = at(event);
    const Backlog::Step step = *backlog.front();
    LegacyContent content(place, event);
    const std::size_t entries = content.load(step);
    Scale scale(place);
    content.begin(scale.writer());
    bool gone = false;
    std::size_t entry = step.taken;
    for (; entry < entries && !gone && bytes(queue_of(event)) > limit; ++entry) {
        const std::size_t weight = scale.weigh(content, entry);
        if (weight == 0) {
            backlog.skip();
            continue;
        }
        ++counts(event).dropped;
        ++dropped_;
        gone = backlog.take(static_cast<std::uint32_t>(weight));
    }
    content.end(scale.writer());
    if (!gone && entry == entries) {
        backlog.leave_front();
    }
}

bool LegacyQueues::fill(SendPriority queue, const LegacyPlace& place, MessageWriter& writer) {
    while (!empty(queue)) {
        if (!fill_step(oldest(queue), place, writer)) {
            return false;
        }
    }
    return true;
}

// False: the message is full.
bool LegacyQueues::fill_step(LegacyEvent event, const LegacyPlace& place, MessageWriter& writer) {
    Backlog& backlog = at(event);
    const Backlog::Step step = *backlog.front();
    LegacyContent content(place, event);
    const std::size_t entries = content.load(step);
    const std::size_t room =
        content.is_snapshot() ? Scale(place).weigh(content, 0) : kEntryBytesMax;
    content.begin(writer);
    bool gone = false;
    bool full = false;
    for (std::size_t entry = step.taken; entry < entries && !gone && !full; ++entry) {
        const std::size_t before = writer.bytes();
        full = before > 0 && before + room > place.message_bytes_max();
        if (full) {
            break;
        }
        if (!content.write(entry, writer)) {
            backlog.skip();  // Counted when it was measured.
            continue;
        }
        gone = backlog.take(added(before, writer.bytes()));
    }
    content.end(writer);
    if (!gone && !full) {
        backlog.leave_front();
    }
    return !full;
}

bool LegacyQueues::empty(SendPriority queue) const {
    return std::ranges::all_of(kSources, [this, queue](LegacyEvent event) {
        return queue_of(event) != queue || (*this)[event].empty();
    });
}

std::uint64_t LegacyQueues::bytes() const {
    std::uint64_t sum = 0;
    for (const Backlog& backlog : backlogs_) {
        sum += backlog.bytes();
    }
    return sum;
}

std::uint64_t LegacyQueues::bytes(SendPriority queue) const {
    std::uint64_t sum = 0;
    for (const LegacyEvent event : kSources) {
        sum += queue_of(event) == queue ? (*this)[event].bytes() : 0;
    }
    return sum;
}

std::int32_t LegacyQueues::next_end() const {
    std::int32_t end = Backlog::kNever;
    for (const Backlog& backlog : backlogs_) {
        end = backlog.plain() ? end : std::min(end, backlog.next_end());
    }
    return end;
}

// Not empty. Of several that came at the same time, the first in the list.
LegacyEvent LegacyQueues::oldest(SendPriority queue) const {
    LegacyEvent oldest = LegacyEvent::kLogin;
    std::int32_t end = Backlog::kNever;
    for (const LegacyEvent event : kSources) {
        if (queue_of(event) == queue && (*this)[event].front_end() < end) {
            oldest = event;
            end = (*this)[event].front_end();
        }
    }
    TWINSTORM_CHECK(end != Backlog::kNever);
    return oldest;
}

LegacyQueues::Counts LegacyQueues::take_counts() {
    const Counts counts = counts_;
    counts_ = {};
    return counts;
}

}  // namespace twinstorm::agent

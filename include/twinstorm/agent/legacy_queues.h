// The two queues of a legacy agent, as backlogs of each kind of event, and their limit in bytes.
//
// Use:    open() at the agent's start; collect() takes in what has become due, fill() puts what
//         waits into a message; change() after another configuration.
// Rules:  a full cache drops new events (C) or the oldest of the queue (C#, which halves the cache
//         and counts two bytes for a character). Both are counted.
// Owner:  one LegacyAgent.   Units: whole seconds since the agent's start.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "twinstorm/agent/backlog.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/legacy_configuration.h"
#include "twinstorm/agent/persona.h"

namespace twinstorm::agent {

class LegacyContent;
class MessageWriter;
struct LegacyPlace;

struct LegacyQueueCounts {
    std::uint32_t collected = 0;
    std::uint32_t dropped = 0;
};

class LegacyQueues {
public:
    using Counts = std::array<LegacyQueueCounts, 2>;  // High, low.

    void open(const LegacyConfiguration& configuration, Family family);
    void change(const LegacyConfiguration& next, Family family, std::int32_t now);

    void collect(std::int32_t now, const LegacyPlace& place);
    // Until the message is full. False: that it is.
    bool fill(SendPriority queue, const LegacyPlace& place, MessageWriter& writer);

    [[nodiscard]] bool empty(SendPriority queue) const;
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] SendPriority queue_of(LegacyEvent event) const {
        return high_[static_cast<std::size_t>(event)] ? SendPriority::kHigh : SendPriority::kLow;
    }
    // When the next aggregation interval or snapshot ends.
    [[nodiscard]] std::int32_t next_end() const;
    [[nodiscard]] const Backlog& operator[](LegacyEvent event) const {
        return backlogs_[static_cast<std::size_t>(event)];
    }

    [[nodiscard]] Counts take_counts();                               // Since they were last taken.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  // Since the start.

private:
    [[nodiscard]] Backlog& at(LegacyEvent event) {
        return backlogs_[static_cast<std::size_t>(event)];
    }
    [[nodiscard]] LegacyQueueCounts& counts(LegacyEvent event) {
        return counts_[queue_of(event) == SendPriority::kHigh ? 0 : 1];
    }
    void remember_queues(const LegacyConfiguration& configuration);
    void measure(LegacyEvent event, const Backlog::Step& step, const LegacyPlace& place);
    void drop_new(LegacyEvent event, std::uint64_t entries);
    void drop_oldest(SendPriority queue, const LegacyPlace& place);
    void drop_of(LegacyEvent event, const LegacyPlace& place, std::uint64_t limit);
    [[nodiscard]] std::uint64_t bytes(SendPriority queue) const;
    bool fill_step(LegacyEvent event, const LegacyPlace& place, MessageWriter& writer);
    [[nodiscard]] LegacyEvent oldest(SendPriority queue) const;

    std::array<Backlog, kLegacySourceCount> backlogs_;
    std::array<bool, kLegacySourceCount> high_{};  // The queue, also of what was switched off.
    Counts counts_{};
    std::uint64_t dropped_ = 0;
};

}  // namespace twinstorm::agent

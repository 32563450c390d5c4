// What one step of a legacy agent's backlog holds: its entries, looked up again whenever needed.
//
// Use:    load() a step, then write() entries by their number, or ask for their sizes.
// Owner:  the stack of one turn; what is loaded stands in the bench.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/message_writer.h"
#include "twinstorm/agent/backlog.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/legacy_configuration.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

struct LegacyPlace {
    const host::Host& host;
    const LegacyConfiguration& configuration;
    const Persona& persona;
    WallAnchor anchor;
    TimePoint start;
    Workbench& bench;

    [[nodiscard]] TimePoint instant(std::int32_t second) const {
        return start + std::chrono::seconds(second);
    }
    // Wire bytes that a message of this agent holds; the one in C# counts each twice.
    [[nodiscard]] std::size_t message_bytes_max() const {
        return configuration.message_bytes_max / (persona.family == Family::kLegacyCs ? 2 : 1);
    }
};

// What each kind of event is asked from; empty for snapshots.
[[nodiscard]] host::StreamSet streams_of(LegacyEvent event);

class LegacyContent {
public:
    LegacyContent(const LegacyPlace& place, LegacyEvent event) : place_(place), event_(event) {}

    // How many entries the step has, with those that are gone.
    [[nodiscard]] std::size_t load(const Backlog::Step& step);
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

    // False where the encoding has no form for it.
    [[nodiscard]] bool write(std::size_t entry, MessageWriter& writer) const;
    // Brackets around the entries of a step.
    void begin(MessageWriter& writer) const;
    void end(MessageWriter& writer) const;

    [[nodiscard]] bool is_snapshot() const { return streams_of(event_).empty(); }

private:
    void filter() const;
    [[nodiscard]] std::size_t entries() const;
    [[nodiscard]] bool write_snapshot(MessageWriter& writer) const;

    const LegacyPlace& place_;
    LegacyEvent event_;
    bool aggregated_ = false;
    TimePoint end_;
    std::uint64_t skipped_ = 0;
};

}  // namespace twinstorm::agent

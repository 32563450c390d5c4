// What one worker measures between two swaps: a histogram a metric, a number a counter.
//
// Use:    devices and operator record; once a second the worker swaps it for an empty one and sends
//         the full one away, where all are merged.
// Owner:  one worker; recording takes no lock.
// Scope:  counters count the whole run (the ledger); latencies, and the counters' `measured` half,
//         count only what was intended in a measured window.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "twinstorm/base/time.h"
#include "twinstorm/stats/histogram.h"
#include "twinstorm/stats/metric.h"

namespace twinstorm::stats {

struct Counts {
    std::array<std::uint64_t, kCounterCount> values{};

    [[nodiscard]] std::uint64_t& operator[](Counter counter) {
        return values[static_cast<std::size_t>(counter)];
    }
    [[nodiscard]] std::uint64_t operator[](Counter counter) const {
        return values[static_cast<std::size_t>(counter)];
    }
    void merge(const Counts& other);
};

// Messages as they left, whichever way they were written down.
struct Volume {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;   // Of the bodies.
    std::uint64_t events = 0;  // In them.

    void merge(const Volume& other);
    friend bool operator==(const Volume&, const Volume&) = default;
};
inline constexpr std::size_t kEncodingsMax = 8;  // Ways to write messages that are told apart.

struct Recording {
    std::array<Histogram, kMetricCount> histograms;
    Counts counts;                                // All of the run.
    Counts measured;                              // Only what was intended in a measured window.
    std::array<Volume, kEncodingsMax> encodings;  // Of the whole run, by the recorder's numbers.

    [[nodiscard]] Histogram& operator[](Metric metric) {
        return histograms[static_cast<std::size_t>(metric)];
    }
    [[nodiscard]] const Histogram& operator[](Metric metric) const {
        return histograms[static_cast<std::size_t>(metric)];
    }
    void merge(const Recording& other);
    void clear();
};

// The span of run time whose samples are published: [begin, end), set at a phase's start.
class MeasuredWindows {
public:
    void open(TimePoint begin);
    void close(TimePoint end);
    [[nodiscard]] bool contains(TimePoint intended) const;

private:
    static constexpr std::size_t kWindowsKept = 8;  // Later samples than that are not measured.
    struct Window {
        TimePoint begin = TimePoint::max();
        TimePoint end = TimePoint::max();
    };
    std::array<Window, kWindowsKept> windows_{};
    std::size_t latest_ = 0;
};

class Recorder {
public:
    void open_window(TimePoint begin) { windows_.open(begin); }
    void close_window(TimePoint end) { windows_.close(end); }

    // A latency that counts from `intended`, which also decides whether it is measured.
    void record(Metric metric, TimePoint intended, TimePoint now) {
        record(metric, intended, now - intended);
    }
    void record(Metric metric, TimePoint intended, Duration latency);
    void count(Counter counter, TimePoint intended, std::uint64_t number = 1);
    void count_message(std::size_t encoding, std::uint64_t bytes, std::uint64_t events);

    [[nodiscard]] const Recording& current() const { return recording_; }
    // Swaps the full recording for a cleared one; both keep their memory.
    void swap(Recording& other) { std::swap(recording_, other); }

private:
    MeasuredWindows windows_;
    Recording recording_;
};

}  // namespace twinstorm::stats

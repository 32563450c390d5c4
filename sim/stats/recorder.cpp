#include "twinstorm/stats/recorder.h"

#include <algorithm>

namespace twinstorm::stats {

void Counts::merge(const Counts& other) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] += other.values[i];
    }
}

void Volume::merge(const Volume& other) {
    messages += other.messages;
    bytes += other.bytes;
    events += other.events;
}

void Recording::merge(const Recording& other) {
    for (std::size_t i = 0; i < histograms.size(); ++i) {
        histograms[i].merge(other.histograms[i]);
    }
    counts.merge(other.counts);
    measured.merge(other.measured);
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        encodings[i].merge(other.encodings[i]);
    }
}

void Recording::clear() {
    for (Histogram& histogram : histograms) {
        histogram.clear();
    }
    counts = {};
    measured = {};
    encodings = {};
}

void MeasuredWindows::open(TimePoint begin) {
    close(begin);  // One that was still open ends here, or a sample could count for both.
    latest_ = (latest_ + 1) % kWindowsKept;
    windows_[latest_] = {begin, TimePoint::max()};
}

void MeasuredWindows::close(TimePoint end) {
    windows_[latest_].end = std::min(windows_[latest_].end, end);
}

bool MeasuredWindows::contains(TimePoint intended) const {
    // Nearly every sample belongs to the latest window, so the search begins there.
    for (std::size_t i = 0; i < kWindowsKept; ++i) {
        const Window& window = windows_[(latest_ + kWindowsKept - i) % kWindowsKept];
        if (intended >= window.begin && intended < window.end) {
            return true;
        }
    }
    return false;
}

void Recorder::record(Metric metric, TimePoint intended, Duration latency) {
    if (windows_.contains(intended)) {
        recording_[metric].record(latency);
    }
}

void Recorder::count(Counter counter, TimePoint intended, std::uint64_t number) {
    recording_.counts[counter] += number;
    if (windows_.contains(intended)) {
        recording_.measured[counter] += number;
    }
}

void Recorder::count_message(std::size_t encoding, std::uint64_t bytes, std::uint64_t events) {
    recording_.encodings[encoding].merge({1, bytes, events});
}

}  // namespace twinstorm::stats

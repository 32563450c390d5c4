// Joins the two ends of a twin update: the operator's patch, known by its intended instant, and
// what the agent saw of it, known by the desired section's $version.
//
// Rule:   the hub's answer ties instant and version together. An agent that saw version n has seen
//         every version up to n, whether by notice or by GET. Notice and answer come in any order.
// Owner:  one worker; both ends of a device live there, on one clock.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::run {

class UpdateTracker {
public:
    // Told of each confirmation, once.
    using Confirmed =
        std::function<void(std::uint32_t device, TimePoint intended, TimePoint confirmed)>;

    // `recorder_of` gives the recorder of the device's group. Devices are numbered from 0 here.
    UpdateTracker(std::size_t devices, std::function<stats::Recorder&(std::uint32_t)> recorder_of,
                  Confirmed confirmed);

    void offered(std::uint32_t device, TimePoint intended);
    void accepted(std::uint32_t device, std::int64_t version, TimePoint intended, TimePoint now);
    void refused(std::uint32_t device, TimePoint intended, bool throttled);

    void desired(std::uint32_t device, std::int64_t version, TimePoint now);
    void confirmed(std::uint32_t device, std::int64_t version, TimePoint now);

    [[nodiscard]] std::uint64_t pending() const { return pending_; }          // Without an answer.
    [[nodiscard]] std::uint64_t unconfirmed() const { return unconfirmed_; }  // Accepted only.

private:
    struct Update {
        TimePoint intended;
        std::int64_t version = 0;  // 0: the hub has not answered yet.
        bool delivered = false;
        bool confirmed = false;
    };
    struct Sighting {
        std::int64_t version = 0;
        TimePoint at;
    };
    struct Device {
        std::vector<Update> updates;
        std::vector<Sighting> seen;  // Versions rise; kept while there are updates.
        std::vector<Sighting> reported;
    };

    void settle(std::uint32_t number);
    static const Sighting* first_at_least(const std::vector<Sighting>& sightings,
                                          std::int64_t version);
    Update* find(std::uint32_t device, TimePoint intended);

    std::vector<Device> devices_;
    std::function<stats::Recorder&(std::uint32_t)> recorder_of_;
    Confirmed confirmed_;
    std::uint64_t pending_ = 0;
    std::uint64_t unconfirmed_ = 0;
};

}  // namespace twinstorm::run

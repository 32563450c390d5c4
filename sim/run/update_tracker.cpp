#include "run/update_tracker.h"

#include <algorithm>
#include <utility>

#include "twinstorm/base/check.h"

namespace twinstorm::run {

using stats::Counter;
using stats::Metric;

UpdateTracker::UpdateTracker(std::size_t devices,
                             std::function<stats::Recorder&(std::uint32_t)> recorder_of,
                             Confirmed confirmed)
    : devices_(devices), recorder_of_(std::move(recorder_of)), confirmed_(std::move(confirmed)) {}

void UpdateTracker::offered(std::uint32_t device, TimePoint intended) {
    devices_[device].updates.push_back({intended, 0, false, false});
    ++pending_;
    recorder_of_(device).count(Counter::kTwinUpdateOffered, intended);
}

void UpdateTracker::accepted(std::uint32_t device, std::int64_t version, TimePoint intended,
                             TimePoint now) {
    Update* const update = find(device, intended);
    TWINSTORM_CHECK(update != nullptr);
    update->version = version;
    --pending_;
    ++unconfirmed_;
    stats::Recorder& recorder = recorder_of_(device);
    recorder.count(Counter::kTwinUpdateAccepted, intended);
    recorder.record(Metric::kTwinUpdateAccept, intended, now);
    settle(device);
}

void UpdateTracker::refused(std::uint32_t device, TimePoint intended, bool throttled) {
    Update* const update = find(device, intended);
    TWINSTORM_CHECK(update != nullptr);
    std::vector<Update>& updates = devices_[device].updates;
    updates.erase(updates.begin() + (update - updates.data()));
    --pending_;
    recorder_of_(device).count(
        throttled ? Counter::kTwinUpdateThrottled : Counter::kTwinUpdateFailed, intended);
    settle(device);
}

void UpdateTracker::desired(std::uint32_t device, std::int64_t version, TimePoint now) {
    if (!devices_[device].updates.empty()) {
        devices_[device].seen.push_back({version, now});
        settle(device);
    }
}

void UpdateTracker::confirmed(std::uint32_t device, std::int64_t version, TimePoint now) {
    if (!devices_[device].updates.empty()) {
        devices_[device].reported.push_back({version, now});
        settle(device);
    }
}

// Records what has become known, and forgets what nobody waits for any more.
void UpdateTracker::settle(std::uint32_t number) {
    Device& device = devices_[number];
    stats::Recorder& recorder = recorder_of_(number);
    for (Update& update : device.updates) {
        const Sighting* const seen =
            update.version == 0 ? nullptr : first_at_least(device.seen, update.version);
        if (seen == nullptr) {
            continue;
        }
        if (!update.delivered) {
            update.delivered = true;
            recorder.count(Counter::kTwinUpdateDelivered, update.intended);
            recorder.record(Metric::kTwinUpdateDelivery, update.intended, seen->at);
        }
        const Sighting* const reported = first_at_least(device.reported, update.version);
        if (reported != nullptr) {
            update.confirmed = true;
            --unconfirmed_;
            recorder.count(Counter::kTwinUpdateConfirmed, update.intended);
            recorder.record(Metric::kTwinUpdateRoundTrip, update.intended, reported->at);
            confirmed_(number, update.intended, reported->at);
        }
    }
    std::erase_if(device.updates, [](const Update& update) { return update.confirmed; });
    if (device.updates.empty()) {
        device = {};
    }
}

const UpdateTracker::Sighting* UpdateTracker::first_at_least(const std::vector<Sighting>& sightings,
                                                             std::int64_t version) {
    const auto first = std::ranges::find_if(
        sightings, [version](const Sighting& sighting) { return sighting.version >= version; });
    return first == sightings.end() ? nullptr : &*first;
}

UpdateTracker::Update* UpdateTracker::find(std::uint32_t device, TimePoint intended) {
    std::vector<Update>& updates = devices_[device].updates;
    const auto update = std::ranges::find_if(updates, [intended](const Update& candidate) {
        return candidate.version == 0 && candidate.intended == intended;
    });
    return update == updates.end() ? nullptr : &*update;
}

}  // namespace twinstorm::run

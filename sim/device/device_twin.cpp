// What a device does with its twin: it applies desired changes, and reports them.

#include <optional>
#include <utility>

#include "device/device_parts.h"
#include "twinstorm/device/device.h"

namespace twinstorm::device {
namespace {

// The first tick of the raster at or after `now`.
TimePoint next_tick(TimePoint raster, Duration tick, TimePoint now) {
    const Duration passed = now - raster;
    return raster + tick * ((passed + tick - Duration(1)) / tick);
}

}  // namespace

void Device::on_message(const net::Message& message, TimePoint now) {
    if (state_ != State::kReading && state_ != State::kReady) {
        return;
    }
    Parts& parts = *parts_;
    switch (parts.twin.receive(message, *link_, now)) {
        case TwinSession::News::kRead:
            if (state_ == State::kReading) {
                become_ready(now);
            } else {
                see_desired(std::nullopt, now);
            }
            break;
        case TwinSession::News::kChanged:
            see_desired(parts.twin.take_changed(), now);
            break;
        case TwinSession::News::kConfirmed:
            if (parts.twin.confirmed_version() >= parts.applied_version) {
                parts.report.reset();
            }
            observer_.on_confirmed(identity_.number, parts.twin.confirmed_version(), now);
            break;
        case TwinSession::News::kFailed:
        case TwinSession::News::kNone:
            break;
    }
}

// Most agents act on a change at once; some look for the next one at every tick of theirs.
void Device::see_desired(std::optional<boost::json::object> changed, TimePoint now) {
    Parts& parts = *parts_;
    const std::int64_t version = parts.twin.desired_version();
    if (version == parts.seen_version) {
        report_again(now);
        return;
    }
    parts.seen_version = version;
    observer_.on_desired(identity_.number, version, now);
    const Duration tick = profile_.persona.habits.twin_tick;
    if (!parts.initialized || tick <= Duration::zero()) {
        apply(version, parts.twin.desired(), changed ? &*changed : nullptr, now);
        return;
    }
    parts.queue.push_back({version, parts.twin.desired(), std::move(changed)});
    if (!parts.tick_at) {
        parts.tick_at = next_tick(parts.process_began, tick, now);
    }
}

// The documented order: all unsent event data goes out, then the change is applied, then reported.
void Device::apply(std::int64_t version, const boost::json::object& desired,
                   const boost::json::object* changed, TimePoint now) {
    Parts& parts = *parts_;
    if (parts.initialized) {
        parts.messages.flush(*parts.agent, now);
    }
    parts.report = parts.agent->apply(desired, changed, now);
    parts.applied_version = version;
    if (parts.report) {
        parts.twin.report(*link_, *parts.report, version, now);
        return;
    }
    // An agent that reports nothing has nothing more to show than that it applied it.
    parts.twin.confirm(version);
    observer_.on_confirmed(identity_.number, version, now);
}

// After a loss, or when no answer came. What the hub has confirmed needs no second report.
void Device::report_again(TimePoint now) {
    Parts& parts = *parts_;
    if (parts.report) {
        parts.twin.report(*link_, *parts.report, parts.applied_version, now);
    }
}

void Device::take_tick(TimePoint now) {
    Parts& parts = *parts_;
    const Parts::Update update = std::move(parts.queue.front());
    parts.queue.erase(parts.queue.begin());
    const Duration tick = profile_.persona.habits.twin_tick;
    parts.tick_at = parts.queue.empty()
                        ? std::nullopt
                        : std::optional(next_tick(parts.process_began, tick, now + Duration(1)));
    apply(update.version, update.desired, update.changed ? &*update.changed : nullptr, now);
}

}  // namespace twinstorm::device

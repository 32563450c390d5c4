#include "twinstorm/agent/legacy_agent.h"

#include <algorithm>
#include <chrono>

#include "agent/legacy_content.h"
#include "agent/legacy_mistake.h"
#include "agent/legacy_plan.h"
#include "agent/message_writer.h"
#include "agent/seeds.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

using std::chrono::seconds;

constexpr std::size_t kBillingBlock = 4'096;
// Long before the start: the agent in C# has never fired when it starts.
constexpr std::int32_t kLongAgo = -1'000'000'000;

std::int32_t publisher_tick(Family family) {
    return family == Family::kLegacyC ? 1 : 120;
}

}  // namespace

LegacyAgent::LegacyAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                         WallAnchor anchor)
    : persona_(&persona),
      host_(make_host(persona, device_id, seed, anchor)),
      anchor_(anchor),
      seed_(own_seed(persona, device_id, seed)),
      configuration_(persona.family),
      queues_(std::make_unique<LegacyQueues>()) {
    mistakes_.fill(kNone);
}

void LegacyAgent::start(TimePoint intended) {
    start_ = intended;
    queues_->open(configuration_, persona_->family);
    const bool in_c = persona_->family == Family::kLegacyC;
    fired_high_ = in_c ? 0 : kLongAgo;
    fired_low_ = in_c ? 0 : kLongAgo;
    statistics_at_ = kLongAgo;
    wake_ = in_c ? publisher_tick(persona_->family) : 0;
    woken_ = kNone;
    unsettled_ = true;
    load_.unsent_since = intended;
}

std::int32_t LegacyAgent::second_of(TimePoint now) const {
    const Duration since = started() ? std::max(now - start_, Duration{}) : Duration{};
    return static_cast<std::int32_t>(since / seconds(1));
}

std::int32_t LegacyAgent::tick_after(TimePoint now) const {
    const std::int32_t tick = publisher_tick(persona_->family);
    return (second_of(now) / tick + 1) * tick;
}

std::int32_t LegacyAgent::in_ticks(Duration duration) const {
    const std::int64_t tick = publisher_tick(persona_->family);
    const std::int64_t whole = std::chrono::ceil<seconds>(duration).count();
    return static_cast<std::int32_t>(std::max((whole + tick - 1) / tick, std::int64_t{1}) * tick);
}

std::optional<boost::json::object> LegacyAgent::apply(const boost::json::object& desired,
                                                      const boost::json::object* changed,
                                                      TimePoint now) {
    const bool whole = persona_->options.patch_is_whole && changed != nullptr;
    const LegacyOutcome outcome =
        parse_legacy_configuration(whole ? *changed : desired, persona_->family);
    for (std::size_t i = 0; i < kLegacyMistakeCount; ++i) {
        if (outcome.mistakes[i]) {
            mistakes_[i] = second_of(now);
        }
    }
    if (!outcome.usable) {
        exits_ = !configured_;
        return std::nullopt;
    }
    configured_ = true;
    exits_ = false;
    take(outcome.configuration, now);
    return legacy_reported(outcome, persona_->family);
}

void LegacyAgent::take(const LegacyConfiguration& next, TimePoint now) {
    if (started() && linked_) {
        settle(std::min(second_of(now), wake_ - 1));
    }
    configuration_ = next;
    if (started()) {
        queues_->change(next, persona_->family, second_of(now));
        wake_ = tick_after(now);
        unsettled_ = true;
    }
}

std::optional<TimePoint> LegacyAgent::next_send() const {
    const bool runs = started() && linked_ && !exits_;
    return runs ? std::optional(start_ + seconds(wake_)) : std::nullopt;
}

void LegacyAgent::link_ready(TimePoint now) {
    if (started() && !linked_ && now > start_) {
        wake_ = tick_after(now);
        unsettled_ = true;
    }
    linked_ = true;
}

void LegacyAgent::link_lost(TimePoint now) {
    if (started() && linked_) {
        settle(std::min(second_of(now), wake_ - 1));
    }
    linked_ = false;
}

// Something may come sooner than was looked ahead.
void LegacyAgent::play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number) {
    host_.play(playbook, at, number);
    if (started()) {
        const std::int32_t next = woken_ + publisher_tick(persona_->family);
        wake_ = std::min(wake_, std::max(tick_after(at), next));
    }
}

void LegacyAgent::send_due(TimePoint now, Workbench& bench) {
    const std::optional<TimePoint> due = next_send();
    if (!due || *due > now) {
        return;
    }
    const std::int32_t second = wake_;
    woken_ = second;
    queues_->collect(second, {host_, configuration_, *persona_, anchor_, start_, bench});
    read_statistics(second);
    publish(second, bench);
    plan(second, bench);
}

// Firings up to then that found nothing: all before the next instant that was planned.
void LegacyAgent::settle(std::int32_t second) {
    const auto move_on = [second](std::int32_t& fired, std::int32_t period) {
        if (second - fired >= period) {
            fired += (second - fired) / period * period;
        }
    };
    if (!unsettled_) {
        move_on(fired_high_, in_ticks(configuration_.high_frequency));
        move_on(fired_low_, in_ticks(configuration_.low_frequency));
    }
}

// While statistics wait, later ones add to them: no count is lost.
void LegacyAgent::read_statistics(std::int32_t second) {
    const std::int32_t period = in_ticks(configuration_.snapshot_frequency);
    if (second - statistics_at_ < period) {
        return;
    }
    const bool first = statistics_at_ == kLongAgo;
    statistics_at_ = first ? 0 : statistics_at_ + (second - statistics_at_) / period * period;
    const LegacyQueues::Counts counts = queues_->take_counts();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        told_.queues[i].collected += counts[i].collected;
        told_.queues[i].dropped += counts[i].dropped;
    }
    told_.messages.sent += messages_.sent;
    told_.messages.under_4_kb += messages_.under_4_kb;
    told_.messages.failed += messages_.failed;
    told_.at = statistics_at_;
    messages_ = {};
}

bool LegacyAgent::overflows() const {
    const bool in_c = persona_->family == Family::kLegacyC;
    return queues_->bytes() * (in_c ? 1 : 2) > configuration_.message_bytes_max;
}

void LegacyAgent::publish(std::int32_t second, Workbench& bench) {
    settle(second - 1);
    unsettled_ = false;
    // The agent in C# builds nothing for a queue that is empty, whatever the other one holds.
    const bool in_c = persona_->family == Family::kLegacyC;
    if (overflows()) {
        fired_high_ = second;
        if (in_c || !queues_->empty(SendPriority::kHigh)) {
            build(SendPriority::kHigh, bench);
        }
    }
    if (second - fired_high_ >= in_ticks(configuration_.high_frequency)) {
        fired_high_ = second;
        if (!queues_->empty(SendPriority::kHigh)) {
            build(SendPriority::kHigh, bench);
        }
    }
    if (second - fired_low_ >= in_ticks(configuration_.low_frequency)) {
        fired_low_ = second;
        if (!queues_->empty(SendPriority::kLow)) {
            build(SendPriority::kLow, bench);
        }
    }
}

bool LegacyAgent::raises(LegacyEvent event) const {
    return configuration_.priority(event) != LegacyPriority::kOff;
}

void LegacyAgent::build(SendPriority queue, Workbench& bench) {
    MessageWriter writer(bench.batch, sender(derive(seed_, ++built_)), queue);
    tell(writer);
    const LegacyPlace place{host_, configuration_, *persona_, anchor_, start_, bench};
    const SendPriority other =
        queue == SendPriority::kHigh ? SendPriority::kLow : SendPriority::kHigh;
    static_cast<void>(queues_->fill(queue, place, writer) && queues_->fill(other, place, writer));
    writer.finish();
}

Sender LegacyAgent::sender(std::uint64_t id_seed) const {
    return {.host = host_,
            .anchor = anchor_,
            .family = persona_->family,
            .encoding = persona_->options.encoding,
            .bytes_max = configuration_.message_bytes_max,
            .id_seed = id_seed,
            .collection_interval_s = 0,
            .logins_by_pam = false};
}

// What the agent tells about itself. FlatBuffers has no form for any of it.
void LegacyAgent::tell(MessageWriter& writer) {
    bool written = true;
    if (told_.at != kNone) {
        const TimePoint at = start_ + seconds(told_.at);
        const std::array<QueueStatistics, 2> queues{
            {{true, told_.queues[0].collected, told_.queues[0].dropped},
             {false, told_.queues[1].collected, told_.queues[1].dropped}}};
        written = !raises(LegacyEvent::kDroppedEventsStatistics) || writer.add(at, queues);
        written &= !raises(LegacyEvent::kMessageStatistics) ||
                   writer.add(at, MessageStatistics{told_.messages.sent, told_.messages.under_4_kb,
                                                    told_.messages.failed});
        told_ = {};
    }
    for (std::size_t i = 0; i < kLegacyMistakeCount; ++i) {
        if (mistakes_[i] != kNone && raises(LegacyEvent::kConfigurationError)) {
            written &= add_mistake(static_cast<LegacyMistake>(i), configuration_,
                                   start_ + seconds(mistakes_[i]), writer);
        }
        mistakes_[i] = kNone;
    }
    static_cast<void>(written);
}

void LegacyAgent::plan(std::int32_t second, Workbench& bench) {
    const std::int32_t tick = publisher_tick(persona_->family);
    if (overflows()) {  // One message for each tick.
        wake_ = second + tick;
        return;
    }
    const std::int32_t high = in_ticks(configuration_.high_frequency);
    const LegacyTimers timers{tick, fired_high_ + high, high,
                              fired_low_ + in_ticks(configuration_.low_frequency)};
    wake_ = next_wake(second, timers, *queues_,
                      {host_, configuration_, *persona_, anchor_, start_, bench});
}

void LegacyAgent::emit(TimePoint at, Workbench& bench) {
    load_.emit(sender(derive(seed_, "load")),
               {host::Stream::kProcesses, host::Stream::kFlows, host::Stream::kLogins}, at, bench);
}

void LegacyAgent::message_sent(std::size_t bytes) {
    ++messages_.sent;
    messages_.under_4_kb += bytes < kBillingBlock ? 1 : 0;
}

Patience LegacyAgent::patience() const {
    Patience patience;
    patience.build_offline = false;
    return patience;
}

}  // namespace twinstorm::agent

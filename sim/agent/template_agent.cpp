#include "twinstorm/agent/template_agent.h"

#include <algorithm>
#include <chrono>

#include <boost/json/parse.hpp>

#include "agent/template_message.h"
#include "agent/template_payload.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;

// What a device draws for, each from a seed of its own.
enum class Stream : std::uint64_t { kFirst, kJitter, kRhythm, kMessage, kReport, kAgentId };

std::uint64_t stream(std::uint64_t seed, Stream which) {
    return derive(seed, static_cast<std::uint64_t>(which));
}

Duration draw_up_to(Duration longest, Random& random) {
    return Duration(
        static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

// A promise of a few kilobytes for an idle agent, kept with a margin for its strings.
static_assert(sizeof(TemplateAgent) + kTemplateMessagesMax * 3 * sizeof(TimePoint) <= 1024);

}  // namespace

TemplateAgent::TemplateAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                             WallAnchor anchor)
    : persona_(&persona),
      seed_(derive(derive(seed, device_id), persona.name)),
      anchor_(anchor),
      device_id_(device_id),
      state_(persona) {
    TWINSTORM_CHECK(persona.source != nullptr && !persona.source->messages.empty());
    turns_.resize(persona.source->messages.size());
}

void TemplateAgent::start(TimePoint intended) {
    started_ = true;
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        if (const auto length = period(i)) {
            plan(i, first(i, *length, intended));
        }
    }
}

std::optional<json::object> TemplateAgent::apply(const json::object& desired,
                                                 const json::object* changed, TimePoint now) {
    const bool whole = persona_->options.patch_is_whole && changed != nullptr;
    const auto before = periods();
    const auto invalid = state_.take(whole ? *changed : desired);
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        const auto length = period(i);
        // The first message keeps its time: a fleet that starts together stays spread out.
        if (started_ && turns_[i].step > 0 && length != before[i]) {
            plan(i, now + *length);
        }
    }
    auto patch = state_.report(invalid);
    if (source().report == ReportForm::kNone || source().report_properties.empty()) {
        return patch && patch->empty() ? std::nullopt : patch;
    }
    std::string text;
    Random random(stream(seed_, Stream::kReport));
    append_payload(text, source().report_properties, moment(now), random);
    json::object report = json::parse(text).as_object();
    for (auto& [key, value] : *patch) {
        report[key] = value;
    }
    return report;
}

std::optional<TimePoint> TemplateAgent::next_send() const {
    const auto turn = std::ranges::min_element(turns_, {}, &Turn::next);
    return turn->next == Turn::kNever ? std::nullopt : std::optional(turn->next);
}

void TemplateAgent::send_due(TimePoint now, Workbench& bench) {
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        Turn& turn = turns_[i];
        const TimePoint due = turn.next;
        if (due > now) {
            continue;
        }
        ++turn.step;
        plan(i, turn.on_raster + *period(i));
        if (!silent() && !is_skipped(i, due)) {
            send(i, due, bench);
        }
    }
}

void TemplateAgent::flush(TimePoint now, Workbench& bench) {
    if (!source().flush_on_change || silent()) {
        return;
    }
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        if (turns_[i].next != Turn::kNever) {
            send(i, now, bench);
        }
    }
}

void TemplateAgent::emit(TimePoint at, Workbench& bench) {
    const std::size_t message = emitted_++ % source().messages.size();
    const MessageTemplate& what = source().messages[message];
    Random random(derive(stream(seed_, Stream::kMessage), drawn_++));
    Counts counts{};
    if (what.envelope != Envelope::kSingle) {
        draw_counts(source(), what, random, counts);
    }
    // The load asks for a message: it has something to say.
    if (std::ranges::all_of(counts, [](std::uint32_t count) { return count == 0; })) {
        counts[random.below(what.events.size())] = 1;
    }
    write(message, counts, at, random, bench);
}

void TemplateAgent::link_ready(TimePoint /*now*/) {
    linked_ = true;
}

void TemplateAgent::link_lost(TimePoint /*now*/) {
    linked_ = false;
}

// What becomes of its messages changes nothing that such an agent says or does.
void TemplateAgent::message_sent(std::size_t /*bytes*/) {}
void TemplateAgent::message_failed() {}

Patience TemplateAgent::patience() const {
    return {.at_most = source().offline_at_most,
            .only_newest = source().offline == Offline::kNewest,
            .build_offline = true,
            .bytes_max = source().offline_bytes_max};
}

void TemplateAgent::play(host::PlaybookId /*playbook*/, TimePoint /*at*/,
                         host::PlayNumber /*number*/) {}

bool TemplateAgent::silent() const {
    return source().offline == Offline::kNothing && !linked_;
}

std::optional<Duration> TemplateAgent::period(std::size_t message) const {
    const MessageTemplate& what = source().messages[message];
    return what.every_key ? std::get<Duration>(state_.effective(*what.every_key)) : what.every;
}

std::vector<std::optional<Duration>> TemplateAgent::periods() const {
    std::vector<std::optional<Duration>> lengths(turns_.size());
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        lengths[i] = period(i);
    }
    return lengths;
}

TimePoint TemplateAgent::first(std::size_t message, Duration period, TimePoint intended) const {
    const MessageTemplate& what = source().messages[message];
    Random random(derive(stream(seed_, Stream::kFirst), message));
    if (!what.first_min) {
        return intended + draw_up_to(period - Duration(1), random);
    }
    return intended + *what.first_min + draw_up_to(what.first_max - *what.first_min, random);
}

void TemplateAgent::plan(std::size_t message, TimePoint on_raster) {
    Turn& turn = turns_[message];
    const double jitter = source().messages[message].jitter;
    Random random(derive(derive(stream(seed_, Stream::kJitter), message), turn.step));
    turn.on_raster = on_raster;
    turn.next = on_raster;
    if (jitter > 0) {
        turn.next += from_seconds(to_seconds(*period(message)) * jitter * random.unit());
    }
}

bool TemplateAgent::is_skipped(std::size_t message, TimePoint at) const {
    const auto& rhythm = source().messages[message].rhythm;
    if (!rhythm || is_day(*rhythm, anchor_.at(at))) {
        return false;
    }
    Random random(derive(derive(stream(seed_, Stream::kRhythm), message), turns_[message].step));
    return random.unit() >= rhythm->night_share;
}

Moment TemplateAgent::moment(TimePoint at) const {
    return {source(), state_, device_id_, seed_, sequence_, anchor_.at(at)};
}

void TemplateAgent::send(std::size_t message, TimePoint at, Workbench& bench) {
    Random random(derive(stream(seed_, Stream::kMessage), drawn_++));
    Counts counts{};
    draw_counts(source(), source().messages[message], random, counts);
    write(message, counts, at, random, bench);
}

void TemplateAgent::write(std::size_t message, const Counts& counts, TimePoint at, Random& random,
                          Workbench& bench) {
    const MessageTemplate& what = source().messages[message];
    const std::uint64_t agent_id = stream(seed_, Stream::kAgentId);
    TemplateMessage writer(bench.batch, {what, static_cast<std::uint16_t>(message), agent_id});
    for (std::size_t i = 0; i < what.events.size(); ++i) {
        for (std::uint32_t count = 0; count < counts[i]; ++count) {
            if (!writer.is_open()) {
                ++sequence_;
            }
            writer.add(source().events[what.events[i]], moment(at), random);
        }
    }
    writer.finish();
}

}  // namespace twinstorm::agent

#include "agent/template_message.h"

#include <chrono>

#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

// What the envelope of a security message takes at most beside the agent's version and the events,
// and beside an event's head and payload.
constexpr std::size_t kEnvelopeBytes = 128;
constexpr std::size_t kEventBytes = 192;

void append_new_uuid(std::string& text, Random random) {
    const std::uint64_t high = random.bits();
    append_uuid(text, high, random.bits());
}

}  // namespace

void TemplateMessage::add(const EventTemplate& event, const Moment& moment, Random& random) {
    std::string& text = batch_.bytes;
    if (!is_open()) {
        begin(moment);
    } else {
        text += ',';
    }
    ++events_;
    if (head_.what.envelope == Envelope::kSecurityJson) {
        text += R"({"Id":")";
        append_new_uuid(text, Random(random.bits()));
        text += R"(","TimestampLocal":")";
        append_time(text, moment.at, 0);
        text += R"(","TimestampUTC":")";
        append_time(text, moment.at, 0);
        text += R"(",)";
        text += event.head;
        text += event.is_item ? "[" : "";
        append_payload(text, event.payload, moment, random);
        text += event.is_item ? "]}" : "}";
    } else {
        append_payload(text, event.payload, moment, random);
    }
    if (head_.what.envelope == Envelope::kSingle) {
        end();
    }
}

void TemplateMessage::finish() {
    if (is_open()) {
        end();
    }
}

void TemplateMessage::begin(const Moment& moment) {
    std::string& text = batch_.bytes;
    begin_ = text.size();
    if (head_.what.envelope == Envelope::kArray) {
        text += '[';
    } else if (head_.what.envelope == Envelope::kSecurityJson) {
        text += R"({"AgentVersion":")";
        append_escaped(text, moment.source.agent_version);
        text += R"(","AgentId":")";
        append_new_uuid(text, Random(head_.agent_id));
        text += R"(","MessageSchemaVersion":"1.0","Events":[)";
    }
}

void TemplateMessage::end() {
    std::string& text = batch_.bytes;
    if (head_.what.envelope == Envelope::kArray) {
        text += ']';
    } else if (head_.what.envelope == Envelope::kSecurityJson) {
        text += "]}";
    }
    const bool is_schema = head_.what.envelope == Envelope::kSecurityJson;
    batch_.parts.push_back({.begin = begin_,
                            .end = text.size(),
                            .kind = head_.what.kind,
                            .encoding = is_schema ? Encoding::kJson : Encoding::kTemplate,
                            .events = events_,
                            .message = head_.index});
    events_ = 0;
}

void draw_counts(const PersonaTemplate& source, const MessageTemplate& message, Random& random,
                 std::span<std::uint32_t> counts) {
    for (std::size_t i = 0; i < message.events.size(); ++i) {
        const EventTemplate& event = source.events[message.events[i]];
        const std::uint32_t spread = event.count_max - event.count_min;
        counts[i] = event.count_min + static_cast<std::uint32_t>(random.below(spread + 1ull));
    }
}

bool is_day(const Rhythm& rhythm, WallTime at) {
    const auto local = std::chrono::floor<std::chrono::minutes>(at) + rhythm.zone;
    const auto minute = local - std::chrono::floor<std::chrono::days>(local);
    const bool after_begin = minute >= rhythm.day_begin;
    const bool before_end = minute < rhythm.day_end;
    // A day that ends before it begins goes on over midnight.
    return rhythm.day_begin <= rhythm.day_end ? after_begin && before_end
                                              : after_begin || before_end;
}

std::size_t message_bytes_max(const PersonaTemplate& persona, const MessageTemplate& message) {
    std::size_t all = 0;
    std::size_t longest = 0;
    for (const std::uint16_t index : message.events) {
        const EventTemplate& event = persona.events[index];
        const std::size_t bytes =
            payload_bytes_max(persona, event.payload) + event.head.size() + kEventBytes;
        all += bytes * event.count_max;
        longest = std::max(longest, bytes);
    }
    const std::size_t events = message.envelope == Envelope::kSingle ? longest : all;
    return events + kEnvelopeBytes + 6 * persona.agent_version.size();
}

}  // namespace twinstorm::agent

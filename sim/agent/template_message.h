// Puts a persona file's events into messages, in the envelope that it asks for.
//
// Use:    add() the events, then finish(). Owner: the stack of one turn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "agent/template_payload.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

struct MessageHead {
    const MessageTemplate& what;
    std::uint16_t index = 0;     // Of it, in the template.
    std::uint64_t agent_id = 0;  // The seed of its UUID.
};

class TemplateMessage {
public:
    TemplateMessage(Batch& batch, const MessageHead& head) : batch_(batch), head_(head) {}

    // Whether the next event goes into a message that has some.
    [[nodiscard]] bool is_open() const { return events_ > 0; }
    void add(const EventTemplate& event, const Moment& moment, Random& random);
    void finish();

private:
    void begin(const Moment& moment);
    void end();

    Batch& batch_;
    MessageHead head_;
    std::size_t begin_ = 0;
    std::uint32_t events_ = 0;
};

// How many of each of a message's events it holds this time.
void draw_counts(const PersonaTemplate& source, const MessageTemplate& message, Random& random,
                 std::span<std::uint32_t> counts);

[[nodiscard]] bool is_day(const Rhythm& rhythm, WallTime at);

}  // namespace twinstorm::agent

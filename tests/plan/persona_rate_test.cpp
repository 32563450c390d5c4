#include "twinstorm/plan/persona_rate.h"

#include <memory>

#include <gtest/gtest.h>

#include "twinstorm/agent/persona_template.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;

TEST(PersonaRate, IsTheFactSheetsForTheBundledAgents) {
    agent::Persona micro = agent::make_persona(agent::Family::kMicroLinux);
    EXPECT_EQ(messages_per_day(micro), 12);
    micro.options.bundling = agent::Bundling::kPerCollector;
    EXPECT_EQ(messages_per_day(micro), 44);
    EXPECT_EQ(messages_per_day(agent::make_persona(agent::Family::kLegacyC)), 8);
    EXPECT_EQ(messages_per_day(agent::make_persona(agent::Family::kLegacyCs)), 8);
    EXPECT_EQ(messages_per_day(agent::make_persona(agent::Family::kMicroRtos)), 8'640);
}

TEST(PersonaRate, FollowsThePeriodsOfAPersonaFile) {
    auto source = std::make_shared<agent::PersonaTemplate>();
    source->events.resize(1);
    source->events[0].count_min = 1;
    source->events[0].count_max = 3;
    source->desired.resize(1);
    source->desired[0].standard = Duration(1h);
    agent::MessageTemplate hourly;
    hourly.every_key = 0;
    hourly.events = {0};
    agent::MessageTemplate singly;
    singly.every = 2h;
    singly.envelope = agent::Envelope::kSingle;
    singly.events = {0};
    agent::MessageTemplate asked;  // Only when a load asks for it.
    source->messages = {hourly, singly, asked};
    agent::Persona persona;
    persona.family = agent::Family::kTemplate;
    persona.source = source;
    EXPECT_DOUBLE_EQ(messages_per_day(persona), 24 + 12 * 2);

    source->messages[0].rhythm =
        agent::Rhythm{std::chrono::minutes(6 * 60), std::chrono::minutes(18 * 60), {}, 0.5};
    source->messages.resize(1);
    EXPECT_DOUBLE_EQ(messages_per_day(persona), 18);
    source->messages[0].rhythm->day_begin = std::chrono::minutes(18 * 60);
    source->messages[0].rhythm->day_end = std::chrono::minutes(6 * 60);
    EXPECT_DOUBLE_EQ(messages_per_day(persona), 18) << "a day across midnight";
}

}  // namespace
}  // namespace twinstorm::plan

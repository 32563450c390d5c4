#include "twinstorm/agent/template_agent.h"

#include <chrono>
#include <map>
#include <set>

#include "agent/template_support.h"
#include "support/allocations.h"
#include "twinstorm/defender/security_message.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 7;

Persona file(const std::string& name) {
    auto persona = scenario::read_persona(std::string(TWINSTORM_SOURCE_DIR) +
                                          "/scenarios/personas/" + name + ".yaml");
    EXPECT_TRUE(persona.has_value()) << name;
    return persona ? std::move(*persona) : *scenario::find_bundled_persona("none");
}

json::object object(std::string_view text) {
    return json::parse(text).as_object();
}

struct Sent {
    TimePoint at;
    std::size_t message;
    std::string body;
    friend bool operator==(const Sent&, const Sent&) = default;
};

// What an agent sends by itself up to an instant.
std::vector<Sent> day_of(TemplateAgent& agent, TimePoint until) {
    std::vector<Sent> all;
    Workbench bench;
    while (agent.next_send() && *agent.next_send() <= until) {
        const TimePoint at = *agent.next_send();
        bench.batch.clear();
        agent.send_due(at, bench);
        for (const Part& part : bench.batch.parts) {
            all.push_back({at, part.message, std::string(bench.batch.body(part))});
        }
    }
    return all;
}

TEST(TemplateAgent, SaysTheSameForTheSameSeedAndDevice) {
    const Persona persona = file("door-sensor");
    TemplateAgent one(persona, "door-1", kSeed, kAnchor);
    TemplateAgent same(persona, "door-1", kSeed, kAnchor);
    TemplateAgent neighbour(persona, "door-2", kSeed, kAnchor);
    for (TemplateAgent* const agent : {&one, &same, &neighbour}) {
        agent->start(kRunStart + 5s);
        agent->link_ready(kRunStart + 6s);
    }
    const auto first = day_of(one, kRunStart + 24h);
    EXPECT_EQ(first, day_of(same, kRunStart + 24h));
    EXPECT_NE(first, day_of(neighbour, kRunStart + 24h));
    EXPECT_GT(first.size(), 40);
}

TEST(TemplateAgent, DrawsAMessageFromItsNumberAlone) {
    const Persona persona = read(with_payload("\"{uuid}\""));
    TemplateAgent quick(persona, "d", kSeed, kAnchor);
    TemplateAgent slow(persona, "d", kSeed, kAnchor);
    EXPECT_EQ(emitted(quick, kRunStart + 1s), emitted(slow, kRunStart + 500s));
    EXPECT_NE(emitted(quick, kRunStart + 2s), emitted(quick, kRunStart + 2s));
}

TEST(TemplateAgent, KeepsItsRasterHoweverLateItIsAsked) {
    const Persona persona = read(
        "persona: p\nevents: {e: {payload: 1}}\n"
        "messages: [{name: m, events: [e], every: 10s, first: 3s}]\n");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    EXPECT_EQ(agent.next_send(), std::nullopt);
    agent.start(kRunStart);
    EXPECT_EQ(agent.next_send(), kRunStart + 3s);
    Workbench bench;
    agent.send_due(kRunStart + 9s, bench);
    EXPECT_EQ(agent.next_send(), kRunStart + 13s);
    EXPECT_EQ(bodies(bench), std::vector<std::string>{"[1]"});
    agent.send_due(kRunStart + 12s, bench);  // Nothing is due.
    EXPECT_EQ(bench.batch.parts.size(), 1);
}

TEST(TemplateAgent, SpreadsAFleetOverTheFirstPeriod) {
    const Persona persona = read(with_payload("1"));
    std::set<TimePoint> firsts;
    for (int device = 0; device < 100; ++device) {
        TemplateAgent agent(persona, "d-" + std::to_string(device), kSeed, kAnchor);
        agent.start(kRunStart);
        EXPECT_LT(*agent.next_send(), kRunStart + 60s);
        firsts.insert(*agent.next_send());
    }
    EXPECT_EQ(firsts.size(), 100);
    EXPECT_LT(*firsts.begin(), kRunStart + 6s);
    EXPECT_GT(*firsts.rbegin(), kRunStart + 54s);
}

TEST(TemplateAgent, IsLateByItsJitterAndNoMore) {
    const Persona persona = read(
        "persona: p\nevents: {e: {payload: 1}}\n"
        "messages: [{name: m, events: [e], every: 10s, first: 0s, jitter: 50%}]\n");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    agent.start(kRunStart);
    std::set<Duration> lates;
    int number = 0;
    for (const Sent& sent : day_of(agent, kRunStart + 1000s)) {
        const Duration late = sent.at - (kRunStart + number++ * 10s);
        EXPECT_GE(late, 0s);
        EXPECT_LT(late, 5s);
        lates.insert(late);
    }
    EXPECT_GE(number, 99);
    EXPECT_GT(*lates.rbegin() - *lates.begin(), 4s);
}

TEST(TemplateAgent, SendsLessAtNight) {
    const Persona persona = read(
        "persona: p\nevents: {e: {payload: 1}}\nmessages:\n"
        "- name: m\n  events: [e]\n  every: 1m\n"
        "  rhythm: {day: 06:00..18:00, night: 10%, zone: \"+02:00\"}\n");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    agent.start(kRunStart);
    int day = 0;
    int night = 0;
    for (const Sent& sent : day_of(agent, kRunStart + 24h)) {  // The epoch begins at midnight, UTC.
        const bool is_day = sent.at >= kRunStart + 4h && sent.at < kRunStart + 16h;
        ++(is_day ? day : night);
    }
    EXPECT_EQ(day, 720);
    EXPECT_GT(night, 40);
    EXPECT_LT(night, 110);
}

TEST(TemplateAgent, FollowsThePeriodThatTheTwinAsksFor) {
    const Persona persona = read(
        "persona: p\ndesired: {every: {type: duration, default: 60s, min: 1s}}\n"
        "events: {e: {payload: 1}}\n"
        "messages: [{name: m, events: [e], every: \"desired:every\", first: 5s}]\n");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    agent.start(kRunStart);
    (void)agent.apply(object(R"({"every":10})"), nullptr, kRunStart + 1s);
    EXPECT_EQ(agent.next_send(), kRunStart + 5s);  // The first keeps its time.
    Workbench bench;
    agent.send_due(kRunStart + 5s, bench);
    EXPECT_EQ(agent.next_send(), kRunStart + 15s);
    (void)agent.apply(object(R"({"every":20})"), nullptr, kRunStart + 7s);
    EXPECT_EQ(agent.next_send(), kRunStart + 27s);
    (void)agent.apply(object(R"({"every":20,"other":1})"), nullptr, kRunStart + 9s);
    EXPECT_EQ(agent.next_send(), kRunStart + 27s);  // Nothing changed for it.
}

TEST(TemplateAgent, FlushesOnlyWhenItsFileSaysSo) {
    Workbench bench;
    const Persona silent = read(with_payload("1"));
    TemplateAgent keeps(silent, "d", kSeed, kAnchor);
    keeps.start(kRunStart);
    keeps.flush(kRunStart + 1s, bench);
    EXPECT_TRUE(bench.batch.parts.empty());
    const Persona persona = read(with_payload("1", "on_change: {flush: true}\n"));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    agent.start(kRunStart);
    const auto next = agent.next_send();
    agent.flush(kRunStart + 1s, bench);
    EXPECT_EQ(bodies(bench), std::vector<std::string>{"1"});
    EXPECT_EQ(agent.next_send(), next);
}

TEST(TemplateAgent, GivesALoadItsMessagesInTurn) {
    const Persona persona = read(
        "persona: p\nevents: {a: {payload: \"a\", count: 0}, b: {payload: \"b\", count: 0..1}}\n"
        "messages: [{name: m, events: [a]}, {name: n, events: [b, a], envelope: single}]\n");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    EXPECT_EQ(agent.next_send(), std::nullopt);
    Workbench bench;
    for (int i = 0; i < 40; ++i) {
        agent.emit(kRunStart, bench);
        ASSERT_EQ(bench.batch.parts.size(), i + 1);  // Each time exactly one, never none.
        EXPECT_EQ(bench.batch.parts.back().message, i % 2);
        EXPECT_EQ(bench.batch.parts.back().events, 1);
    }
    EXPECT_EQ(bodies(bench)[0], R"(["a"])");
}

TEST(TemplateAgent, MakesNothingOfflineWhenItsFileSaysSo) {
    const Persona persona = read(with_payload("\"{sequence}\"", "offline: {messages: nothing}\n"));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    agent.start(kRunStart);
    EXPECT_TRUE(day_of(agent, kRunStart + 10min).empty());
    agent.link_ready(kRunStart + 10min);
    const auto online = day_of(agent, kRunStart + 20min);
    ASSERT_EQ(online.size(), 10);
    EXPECT_EQ(online.front().body, "1");
    agent.link_lost(kRunStart + 20min);
    EXPECT_TRUE(day_of(agent, kRunStart + 30min).empty());
}

TEST(TemplateAgent, TellsHowLongItsMessagesMayWait) {
    const Persona persona =
        read(with_payload("1", "offline: {messages: newest, at_most: 5m, bytes_max: 64KiB}\n"));
    const Patience patience = TemplateAgent(persona, "d", kSeed, kAnchor).patience();
    EXPECT_EQ(patience.at_most, 5min);
    EXPECT_TRUE(patience.only_newest);
    EXPECT_EQ(patience.bytes_max, 65536);
}

TEST(TemplateAgent, WritesSecurityMessagesThatTheServiceAccepts) {
    const Persona persona = file("door-sensor");
    TemplateAgent agent(persona, "door-1", kSeed, kAnchor);
    agent.start(kRunStart);
    std::map<std::size_t, int> messages;
    for (const Sent& sent : day_of(agent, kRunStart + 3 * 24h)) {
        const auto verdict = defender::judge(sent.body, "", defender::Mode::kStrict);
        ASSERT_TRUE(verdict.accepted()) << verdict.where << ' ' << verdict.detail << sent.body;
        ++messages[sent.message];
    }
    EXPECT_GT(messages[0], 100);
    EXPECT_EQ(messages[1], 12);
}

TEST(TemplateAgent, MarksItsPartsAsWhatTheyAre) {
    const Persona door = file("door-sensor");
    TemplateAgent agent(door, "door-1", kSeed, kAnchor);
    Workbench bench;
    agent.emit(kRunStart, bench);
    EXPECT_EQ(bench.batch.parts[0].kind, MessageKind::kSecurity);
    EXPECT_EQ(bench.batch.parts[0].encoding, Encoding::kJson);
    EXPECT_EQ(door.source->messages[0].property_bag,
              "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1");
    const Persona thermostat = file("thermostat");
    TemplateAgent plain(thermostat, "t-1", kSeed, kAnchor);
    bench.batch.clear();
    plain.emit(kRunStart, bench);
    EXPECT_EQ(bench.batch.parts[0].kind, MessageKind::kTelemetry);
    EXPECT_EQ(bench.batch.parts[0].encoding, Encoding::kTemplate);
    EXPECT_EQ(thermostat.source->messages[1].property_bag,
              "&%24.ct=application%2Fjson&%24.ce=utf-8&alert=false&source=knob");
}

TEST(TemplateAgent, AllocatesNothingForAMessageOnceWarm) {
    for (const char* const name : {"door-sensor", "thermostat"}) {
        const Persona persona = file(name);
        TemplateAgent agent(persona, "device-with-a-long-name", kSeed, kAnchor);
        (void)agent.apply(object(R"({"guard":{"site":{"value":"a name of some length"}}})"),
                          nullptr, kRunStart);
        Workbench bench;
        const auto send = [&] {
            bench.batch.clear();
            for (int i = 0; i < 200; ++i) {
                agent.emit(kRunStart + i * 1s, bench);
            }
        };
        send();
        bench.batch.bytes.reserve(2 * bench.batch.bytes.size());
        const std::uint64_t before = support::allocations();
        send();
        EXPECT_EQ(support::allocations() - before, 0) << name;
    }
}

TEST(TemplateAgent, ReportsItsPropertiesBesideItsValues) {
    const Persona persona = *scenario::find_bundled_persona("none");
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    const auto first = agent.apply({}, nullptr, kRunStart);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->at("telemetryInterval"), 60);
    EXPECT_TRUE(first->at("firmware").at("version").as_string().starts_with("1.4."));
    const auto again = agent.apply({}, nullptr, kRunStart + 1h);
    EXPECT_EQ(again->at("firmware"), first->at("firmware"));  // Drawn once for a device.
}

}  // namespace
}  // namespace twinstorm::agent

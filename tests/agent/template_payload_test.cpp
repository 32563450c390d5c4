#include "agent/template_payload.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "agent/template_support.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 7;

// One message of a persona with this payload.
json::value say(const std::string& payload, TimePoint at = kRunStart,
                const std::string& more = "") {
    const Persona persona = read(with_payload(payload, more));
    TemplateAgent agent(persona, "dev'1", kSeed, kAnchor);
    return emitted(agent, at);
}

TEST(TemplatePayload, KeepsTheTypesOfConstants) {
    EXPECT_EQ(json::serialize(say(R"({a: 1, b: -2.50, c: 1e3, d: true, e: null, f: text,
                                      g: "1", h: "true", i: 007, j: [1, [x]], k: {}, l: "",
                                      "q\"": 'it''s "so"'})")),
              R"({"a":1,"b":-2.5E0,"c":1E3,"d":true,"e":null,"f":"text","g":"1","h":"true",)"
              R"("i":"007","j":[1,["x"]],"k":{},"l":"","q\"":"it's \"so\""})");
}

TEST(TemplatePayload, KeepsTheTypeOfAPlaceholderThatStandsAlone) {
    const json::value said = say(R"({id: "{device_id}", at: "{time}", unix: "{unix}",
        n: "{sequence}", u: "{uuid}", i: "{integer:5..5}", d: "{number:2.5..2.5:2}",
        b: "{boolean:100%}", c: "{choice:x}", w: "{walk:w:3..3:0}"})",
                                 kRunStart + 90s);
    EXPECT_EQ(said.at("id"), "dev'1");
    EXPECT_EQ(said.at("at"), "2026-01-01T00:01:30Z");
    EXPECT_EQ(said.at("unix"), 1'767'225'690);
    EXPECT_EQ(said.at("n"), 1);
    EXPECT_EQ(said.at("u").as_string().size(), 36);
    EXPECT_EQ(said.at("i"), 5);
    EXPECT_EQ(said.at("d"), 2.5);
    EXPECT_EQ(said.at("b"), true);
    EXPECT_EQ(said.at("c"), "x");
    EXPECT_EQ(said.at("w"), 3);
}

TEST(TemplatePayload, JoinsPlaceholdersWithinAText) {
    EXPECT_EQ(
        say(R"("a {integer:5..5}-{number:-1..-1:1} {boolean:0%} {{x}} {device_id}{sequence}")"),
        "a 5--1.0 false {x} dev'11");
}

TEST(TemplatePayload, MakesTextOfAnyPlaceholder) {
    EXPECT_EQ(
        json::serialize(say(R"(["{text:integer:5..5}", "a{text:sequence}", "{text:device_id}"])")),
        R"(["5","a1","dev'1"])");
}

TEST(TemplatePayload, SaysWhatTheTwinAsksFor) {
    const std::string keys =
        "desired:\n"
        "  s: {type: string, default: \"a\\\"b\"}\n  n.i: {type: integer, default: -4}\n"
        "  d: {type: duration, form: iso8601, default: 90m}\n"
        "  m: {type: duration, form: minutes, default: 90m}\n"
        "  l: {type: list, default: [x, \"y\\\"\"]}\n  t: {type: list, form: text, default: [x, "
        "y]}\n";
    EXPECT_EQ(json::serialize(say(R"({s: "{desired:s}", i: "{desired:n.i}", d: "{desired:d}",
                  m: "{desired:m}", l: "{desired:l}", t: "{desired:t}",
                  all: "{desired:s} {desired:n.i} {desired:d} {desired:m} {desired:l}"})",
                                  kRunStart, keys)),
              R"({"s":"a\"b","i":-4,"d":"PT1H30M","m":90,"l":["x","y\""],"t":"x,y",)"
              R"("all":"a\"b -4 PT1H30M 90 x,y\""})");
}

TEST(TemplatePayload, EscapesWhatAHostileTwinAsksFor) {
    const Persona persona = read(with_payload(R"({s: "{desired:s}", t: "<{desired:s}>"})",
                                              "desired: {s: {type: string, default: \"\"}}\n"));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    const std::string hostile = "\"}],\\\x01\n{time}</script>";
    (void)agent.apply({{"s", hostile}}, nullptr, kRunStart);
    const json::value said = emitted(agent, kRunStart);
    EXPECT_EQ(said.at("s"), json::string(hostile));
    EXPECT_EQ(said.at("t"), json::string("<" + hostile + ">"));
}

TEST(TemplatePayload, DrawsEveryValueOfARangeAndNoOther) {
    const Persona persona = read(with_payload(
        R"({i: "{integer:-2..2}", d: "{number:-0.2..0.25:1}", c: "{choice:a,b:1,c}"})"));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    std::set<std::int64_t> integers;
    std::set<int> decimals;
    std::set<std::string> choices;
    for (int i = 0; i < 300; ++i) {
        const json::value said = emitted(agent, kRunStart);
        integers.insert(said.at("i").as_int64());
        decimals.insert(static_cast<int>(std::lround(said.at("d").to_number<double>() * 10)));
        choices.emplace(said.at("c").as_string());
    }
    EXPECT_EQ(integers, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
    EXPECT_EQ(decimals, (std::set<int>{-2, -1, 0, 1, 2}));
    EXPECT_EQ(choices, (std::set<std::string>{"a", "b:1", "c"}));
}

TEST(TemplatePayload, IsTrueAsOftenAsItsShare) {
    const Persona persona = read(with_payload("\"{boolean:20%}\""));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    int yes = 0;
    for (int i = 0; i < 2000; ++i) {
        yes += emitted(agent, kRunStart).as_bool() ? 1 : 0;
    }
    EXPECT_GT(yes, 330);
    EXPECT_LT(yes, 470);
}

TEST(TemplatePayload, TakesTheWholeRangeOfIntegers) {
    const json::value said = say("\"{integer:-9007199254740992..9007199254740992}\"");
    EXPECT_LE(std::abs(said.as_int64()), 9007199254740992);
}

TEST(Walk, StaysInItsRangeAndGetsAbout) {
    const Persona persona = read(with_payload("\"{walk:room:20..30:1:10m}\""));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    double lowest = 99;
    double highest = 0;
    double before = -1;
    for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
        const double now = emitted(agent, kRunStart + minute * 1min).to_number<double>();
        ASSERT_GE(now, 20);
        ASSERT_LE(now, 30);
        if (before >= 0) {
            ASSERT_LT(std::abs(now - before), 3) << minute;  // It walks, it does not jump.
        }
        before = now;
        lowest = std::min(lowest, now);
        highest = std::max(highest, now);
    }
    EXPECT_LT(lowest, 21);
    EXPECT_GT(highest, 29);
}

TEST(Walk, IsAFunctionOfDeviceNameAndInstant) {
    const Persona persona = read(with_payload(
        R"({a: "{walk:room:0..1000}", b: "{walk:room:0..1000}", c: "{walk:hall:0..1000}"})"));
    TemplateAgent agent(persona, "d", kSeed, kAnchor);
    TemplateAgent other(persona, "e", kSeed, kAnchor);
    const json::value later = emitted(agent, kRunStart + 1h);
    (void)emitted(agent, kRunStart + 5h);
    EXPECT_EQ(emitted(agent, kRunStart + 1h), later);  // Whatever was said in between.
    EXPECT_EQ(later.at("a"), later.at("b"));
    EXPECT_NE(later.at("a"), later.at("c"));
    EXPECT_NE(emitted(other, kRunStart + 1h).at("a"), later.at("a"));
}

TEST(Walk, StartsBeforeTheRunAsWell) {
    for (int minute = -100; minute < 100; ++minute) {
        const double place = walk(kSeed, 10min, kVirtualEpoch + minute * 1min);
        EXPECT_GE(place, 0);
        EXPECT_LT(place, 1);
        EXPECT_LT(std::abs(place - walk(kSeed, 10min, kVirtualEpoch + minute * 1min + 1s)), 0.02);
    }
}

TEST(TemplatePayload, KnowsHowLongItCanGet) {
    const Persona persona = read(with_payload(
        R"({s: "{desired:s}", l: "{desired:l}", i: "{integer:-9007199254740992..0}", u: "{uuid}",
            c: "{choice:short,much longer}", id: "{device_id}", t: "{time}"})",
        "desired: {s: {type: string, default: \"\", max: 100}, "
        "l: {type: list, default: [], max: 64}}\n"));
    const std::string worst(128, '"');
    TemplateAgent agent(persona, worst, kSeed, kAnchor);
    json::array items;
    for (int i = 0; i < 64; ++i) {
        items.emplace_back(json::string(63, '\x01'));
    }
    (void)agent.apply({{"s", json::string(100, '\x01')}, {"l", items}}, nullptr, kRunStart);
    Workbench bench;
    agent.emit(kRunStart, bench);
    EXPECT_LE(bench.batch.bytes.size(),
              message_bytes_max(*persona.source, persona.source->messages[0]));
    EXPECT_GT(bench.batch.bytes.size(), 24'000);
}

}  // namespace
}  // namespace twinstorm::agent

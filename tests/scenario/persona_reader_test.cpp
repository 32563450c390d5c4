#include "twinstorm/scenario/persona_file.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/mistakes.h"
#include "scenario/support.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// As `check` prints them, for a file named `p`.
Lines mistakes_of(const std::string& yaml) {
    const auto persona = parse_persona(yaml, "p");
    Lines lines;
    if (!persona) {
        for (const Mistake& mistake : persona.error()) {
            lines.push_back(mistake.format());
        }
    }
    return lines;
}

// All but the line under test is right; it is line 1.
Lines with(const std::string& line) {
    return mistakes_of(line +
                       "\npersona: p\nevents: {e: {payload: {a: 1}}}\n"
                       "messages: [{name: m, events: [e]}]\n");
}

// The key stands in line 1, from column 11.
Lines with_desired(const std::string& key) {
    return with("desired: {" + key + "}");
}

// The payload stands in line 2, from column 24.
Lines with_payload(const std::string& payload) {
    return mistakes_of("persona: p\nevents: {e: {payload: " + payload +
                       "}}\nmessages: [{name: m, events: [e]}]\n"
                       "desired: {Key: {type: boolean, default: true}}\n");
}

// The rest of the message stands in line 3, from column 33.
Lines with_message(const std::string& rest) {
    return mistakes_of("persona: p\nevents: {e: {payload: 1}}\nmessages: [{name: m, events: [e], " +
                       rest +
                       "}]\ndesired: {k: {type: duration, default: 1s}, "
                       "b: {type: boolean, default: true}}\n");
}

TEST(PersonaReader, FindsAllMistakesInOneReading) {
    EXPECT_EQ(mistakes_of("persona: my sensor\n"
                          "modul_id: Guard\n"
                          "desired:\n"
                          "  level: {type: integr, default: 3}\n"
                          "  every: {type: duration, default: 5}\n"
                          "  mode: {type: enum, values: [on, off], default: auto}\n"
                          "reported: {form: miror}\n"
                          "events:\n"
                          "  reading:\n"
                          "    payload:\n"
                          "      id: \"{devce_id}\"\n"
                          "      level: \"{desired:levl}\"\n"
                          "      at: {time}\n"
                          "messages:\n"
                          "  - {name: m, events: [readng], every: 10}\n"),
              (Lines{"p:1:10: `my sensor` is not a name; expected 1 to 64 letters, digits, `-` or "
                     "`_`",
                     "p:2:1: unknown key `modul_id`; did you mean `module_id`?",
                     "p:4:17: unknown type `integr`; did you mean `integer`?",
                     "p:5:36: `5` is not a duration; expected a form such as `250ms`",
                     "p:6:50: the default `auto` is no value of its key; expected one of `on`, "
                     "`off`",
                     "p:7:18: unknown form of a report `miror`; did you mean `mirror`?",
                     "p:11:11: unknown placeholder `{devce_id}`; did you mean `device_id`?",
                     "p:12:14: unknown desired key `levl`; did you mean `level`?",
                     "p:13:11: a map where `time` stands in braces; expected a placeholder in "
                     "quotes: `\"{time}\"`",
                     "p:15:24: unknown event `readng`; did you mean `reading`?",
                     "p:15:40: `10` is not a duration; expected a form such as `250ms`"}));
}

TEST(PersonaReader, NamesWhatIsMissing) {
    EXPECT_EQ(mistakes_of("description: nothing\n"),
              (Lines{"p:1:1: key `persona` is missing", "p:1:1: key `events` is missing",
                     "p:1:1: key `messages` is missing"}));
    EXPECT_EQ(mistakes_of("[]"),
              (Lines{"p:1:1: a list where a map belongs, with the keys `persona`, `description`, "
                     "`module_id`, `twin`, `agent_version`, `value_objects`, `desired`, "
                     "`reported`, `on_change`, `events`, `messages`, `offline`, `connection`"}));
}

TEST(PersonaReader, RefusesWhatIsNoYamlOrNoText) {
    EXPECT_EQ(mistakes_of("persona: [\n").size(), 1);
    EXPECT_EQ(mistakes_of("persona: p\ndescription: \xff\n"),
              (Lines{"p:2:1: bytes that are no UTF-8; expected text in UTF-8"}));
    EXPECT_EQ(mistakes_of(std::string(kPersonaBytesMax + 1, '#')),
              (Lines{"p: 262145 bytes long; expected at most 262144"}));
    EXPECT_EQ(read_persona("/nowhere/p.yaml").error().front().format(),
              "/nowhere/p.yaml: this file cannot be read; expected a persona");
    EXPECT_THAT(with("description: SharedAccessKey=abc"),
                testing::ElementsAre(HasSubstr("p:1:14: a shared access key in the open")));
}

TEST(PersonaReader, HoldsADesiredKeyAgainstItsType) {
    EXPECT_EQ(with_desired("k: {type: integer, default: x}"),
              (Lines{"p:1:39: `x` is out of place; expected a whole number"}));
    EXPECT_EQ(with_desired("k: {type: number, default: inf}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: number, default: nan}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: integer, default: \"1\"}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: integer, default: 9, max: 8}"),
              (Lines{"p:1:39: the default `9` is no value of its key; expected one from `min` to "
                     "`max`"}));
    EXPECT_EQ(with_desired("k: {type: integer, default: 9, min: 9, max: 8}").size(), 2);
    EXPECT_EQ(with_desired("k: {type: boolean, default: true, min: 1}"),
              (Lines{"p:1:50: `min` and `max` do not fit this type; expected none"}));
    EXPECT_EQ(with_desired("k: {type: string, default: abc, max: 2}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: string, default: abc, max: 99999}"),
              (Lines{"p:1:48: `99999` is out of place; expected a whole number from 0 to 4096"}));
    EXPECT_EQ(with_desired("k: {type: list, default: [a, b], max: 1}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: list, default: [a], values: [b]}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: enum, default: a}"),
              (Lines{"p:1:14: key `values` is missing: an `enum` needs them"}));
    EXPECT_EQ(with_desired("k: {type: string, default: a, values: [a]}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: string, default: a, form: text}"),
              (Lines{"p:1:47: form `text` does not fit this type; expected none"}));
    EXPECT_EQ(with_desired("k: {type: list, default: [a], form: iso8601}").size(), 1);
    EXPECT_EQ(with_desired("k: {type: duration, default: 1s, form: array}").size(), 1);
    EXPECT_EQ(with_desired("k: 5").size(), 1);
}

TEST(PersonaReader, RefusesKeysThatNoTwinHas) {
    for (const char* const name : {"$k", "\"a b\"", "a..b", ".a", "a.", "a.b.c.d.e.f.g.h.i"}) {
        EXPECT_THAT(with_desired(std::string(name) + ": {type: boolean, default: true}"),
                    testing::ElementsAre(HasSubstr("is no key of a twin")))
            << name;
    }
    EXPECT_EQ(with_desired("a.b: {type: boolean, default: true}, "
                           "a: {type: boolean, default: true}"),
              (Lines{"p:1:48: `a.b` and `a` cannot both be keys; expected neither to be a part of "
                     "the other"}));
    EXPECT_EQ(with_desired("a: {type: boolean, default: true}, "
                           "a: {type: boolean, default: true}"),
              (Lines{"p:1:46: key `a` is written twice; expected it once"}));
}

TEST(PersonaReader, RefusesPlaceholdersThatAreNone) {
    const auto refused = [](const std::string& text) {
        const Lines lines = with_payload('"' + text + '"');
        return lines.size() == 1 && lines[0].starts_with("p:2:23: `{" + text.substr(1)) &&
               lines[0].find("is no such placeholder; expected ") != std::string::npos;
    };
    for (const char* const text : {"{integer}",
                                   "{integer:5}",
                                   "{integer:5..1}",
                                   "{integer:a..b}",
                                   "{integer:0.2..0.8}",
                                   "{number:1..}",
                                   "{number:1..2:10}",
                                   "{number:1..2:x}",
                                   "{number:0..1e99}",
                                   "{boolean:2}",
                                   "{boolean:120%}",
                                   "{choice}",
                                   "{walk:}",
                                   "{walk:a}",
                                   "{walk:a:1}",
                                   "{walk::1..2}",
                                   "{walk:a:1..2:1:10}",
                                   "{walk:a:1..2:1:1ms}",
                                   "{time:utc}",
                                   "{uuid:4}",
                                   "{device_id:}",
                                   "{number:0..9999999999999:9}"}) {
        EXPECT_TRUE(refused(text))
            << text << testing::PrintToString(with_payload('"' + std::string(text) + '"'));
    }
    EXPECT_EQ(with_payload("\"{}\"").size(), 1);
    EXPECT_EQ(with_payload("\"{desired:key}\""),
              (Lines{"p:2:23: unknown desired key `key`; did you mean `Key`?"}));
    EXPECT_EQ(
        with_payload("\"50% } {time}\""),
        (Lines{"p:2:23: `}` alone in a text; expected a placeholder such as `{time}`, or `}}` "
               "for the brace itself"}));
    EXPECT_EQ(with_payload("\"a {time\"").size(), 1);
    EXPECT_EQ(with_payload("\"{{time}} {time}\""), Lines{});
    EXPECT_EQ(with_payload("{a: 1, a: 2}").size(), 1);
}

TEST(PersonaReader, HoldsAMessageAgainstItsEventsAndKeys) {
    EXPECT_EQ(with_message("every: desired:k"),
              (Lines{"p:3:42: desired key `k` does not say how often; expected a duration with a "
                     "`min` of at least 100ms"}));
    EXPECT_EQ(with_message("every: desired:b").size(), 1);
    EXPECT_EQ(with_message("every: desired:x").size(), 1);
    EXPECT_EQ(with_message("every: 1ms"),
              (Lines{"p:3:42: `1ms` is out of range; expected 100ms to 366d"}));
    EXPECT_EQ(with_message("first: 5s"),
              (Lines{"p:3:42: no schedule that this could belong to; expected `every` beside it"}));
    EXPECT_EQ(with_message("every: 1m, first: 9s..5s"),
              (Lines{"p:3:53: `9s..5s` ends before it begins; expected the smaller value first"}));
    EXPECT_EQ(with_message("every: 1m, jitter: 5").size(), 1);
    EXPECT_EQ(with_message("every: 1m, rhythm: {day: 7..19, night: 1%, zone: CET}").size(), 2);
    EXPECT_EQ(with_message("every: 1m, rhythm: {day: 07:00..25:00, night: 0%}").size(), 1);
    EXPECT_EQ(with_message("kind: security"),
              (Lines{"p:3:31: the payload of `e` is neither a map nor a list of maps; expected one "
                     "of them in `json-1.0`"}));
    EXPECT_EQ(with_message("kind: security, envelope: array"), Lines{});
    EXPECT_EQ(with_message("properties: {$.mid: x}").size(), 1);
    EXPECT_EQ(with_message("properties: {a: [b]}").size(), 1);
    EXPECT_EQ(with_message("properties: {a: " + std::string(1025, 'x') + "}").size(), 1);
    EXPECT_EQ(with("messages: []").size(), 2);
}

TEST(PersonaReader, RefusesMessagesThatNoHubTakes) {
    EXPECT_EQ(mistakes_of("persona: p\nevents: {e: {payload: \"" + std::string(60'000, 'x') +
                          "\", count: 0..5}}\nmessages: [{name: m, events: [e]}]\n"),
              (Lines{"p:3:12: a message of up to 301688 bytes; expected at most 262144, with fewer "
                     "or smaller events"}));
    EXPECT_EQ(mistakes_of("persona: p\nevents: {e: {payload: \"" + std::string(60'000, 'x') +
                          "\", count: 0..5}}\nmessages: [{name: m, events: [e], "
                          "envelope: single}]\n"),
              Lines{});
    EXPECT_EQ(with_payload('"' + std::string(70'000, 'x') + '"').size(), 1);
    std::string many = "[";
    for (int i = 0; i < 600; ++i) {
        many += "\"{time}\", ";
    }
    EXPECT_THAT(with_payload(many + "]"), testing::Contains(HasSubstr("a payload of 1201 pieces")));
}

TEST(PersonaReader, HoldsEventsAgainstTheirLimits) {
    EXPECT_EQ(mistakes_of("persona: p\nevents: {}\nmessages: [{name: m, events: [e]}]\n"),
              (Lines{"p:2:9: an empty map where events belong; expected a map of 1 to 64 kinds",
                     "p:3:31: unknown event `e`; expected none"}));
    EXPECT_EQ(mistakes_of("persona: p\nevents: {e: {payload: [], count: 1..2000}}\n"
                          "messages: [{name: m, events: [e]}]\n")
                  .size(),
              2);
    std::string events = "persona: p\nevents:\n";
    for (int i = 0; i < 65; ++i) {
        events += "  e" + std::to_string(i) + ": {payload: 1}\n";
    }
    EXPECT_EQ(mistakes_of(events + "messages: [{name: m, events: [e1]}]\n").front(),
              "p:3:3: a larger map where events belong; expected a map of 1 to 64 kinds");
}

TEST(PersonaReader, RefusesATwinlessPersonaWithKeys) {
    EXPECT_EQ(mistakes_of("persona: p\ntwin: false\nreported: {form: none}\n"
                          "events: {e: {payload: 1}}\nmessages: [{name: m, events: [e]}]\n"),
              (Lines{"p:3:11: `reported` of a persona without a twin; expected none beside "
                     "`twin: false`"}));
    EXPECT_EQ(with("module_id: \"a b\"").size(), 1);
}

TEST(PersonaReader, KeepsTheNamesOfBundledAgentsFree) {
    EXPECT_EQ(
        mistakes_of("persona: legacy-c\nevents: {e: {payload: 1}}\n"
                    "messages: [{name: m, events: [e]}]\n"),
        (Lines{"p:1:10: `legacy-c` is a persona that comes with the program; expected another "
               "name"}));
}

TEST(PersonaReader, ReadsHabits) {
    EXPECT_EQ(with("connection: {retry_first: 1m, retry_max: 1s}").size(), 1);
    EXPECT_EQ(with("connection: {keep_alive: 1500ms}").size(), 1);
    EXPECT_EQ(with("offline: {bytes_max: 0B}").size(), 1);
    EXPECT_EQ(with("offline: {bytes_max: 5}").size(), 1);
    const auto persona = parse_persona(
        "persona: p\nmodule_id: M\nevents: {e: {payload: 1}}\nmessages: [{name: m, events: [e]}]\n"
        "connection: {sas_lifetime: 2h, renew_at: 50%, keep_alive: 60s, retry_first: 2s,\n"
        "             retry_max: 9s, retry_jitter: 10%, restarts: true, restart_after: 7s,\n"
        "             twin_wait: 40s}\n"
        "offline: {messages: newest, at_most: 3m, bytes_max: 4KiB}\n",
        "p");
    ASSERT_TRUE(persona.has_value());
    EXPECT_EQ(persona->name, "p");
    EXPECT_EQ(persona->module_id, "M");
    EXPECT_EQ(persona->family, agent::Family::kTemplate);
    EXPECT_EQ(persona->habits.sas_lifetime, 2h);
    EXPECT_EQ(persona->habits.renew_at_share, 0.5);
    EXPECT_EQ(persona->habits.keep_alive, 60s);
    EXPECT_EQ(persona->habits.retry_first, 2s);
    EXPECT_EQ(persona->habits.retry_max, 9s);
    EXPECT_EQ(persona->habits.retry_jitter, 0.1);
    EXPECT_TRUE(persona->habits.restarts);
    EXPECT_EQ(persona->habits.restart_after, 7s);
    EXPECT_EQ(persona->habits.twin_wait, 40s);
    EXPECT_EQ(persona->source->offline, agent::Offline::kNewest);
    EXPECT_EQ(persona->source->offline_at_most, 3min);
    EXPECT_EQ(persona->source->offline_bytes_max, 4096);
}

TEST(PersonaReader, CommentsChangeNothingThatCounts) {
    const std::string yaml =
        "persona: p\nevents: {e: {payload: 1}}\nmessages: [{name: m, events: [e]}]\n";
    const auto plain = parse_persona(yaml, "p");
    const auto commented = parse_persona("# Hello.\n" + yaml, "q");
    EXPECT_EQ(plain->source->canonical, commented->source->canonical);
    EXPECT_NE(plain->source->source, commented->source->source);
}

TEST(Mistakes, ThoseOfAnotherFileComeLast) {
    Mistakes mistakes("scenario.yaml", {});
    mistakes.add(parse_persona("persona: p\n", "p.yaml").error());
    mistakes.add({0, 9, 1}, "own");
    Lines lines;
    for (const Mistake& mistake : mistakes.take()) {
        lines.push_back(mistake.format());
    }
    EXPECT_EQ(lines, (Lines{"scenario.yaml:9:1: own", "p.yaml:1:1: key `events` is missing",
                            "p.yaml:1:1: key `messages` is missing"}));
}

}  // namespace
}  // namespace twinstorm::scenario

#include "twinstorm/agent/desired_state.h"

#include <chrono>
#include <string>

#include "agent/template_support.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;
using Names = std::vector<std::string>;

const std::string kKeys = R"(desired:
  armed: {type: boolean, default: true}
  level: {type: integer, default: 3, min: 1, max: 5}
  gain: {type: number, default: 0.5, min: -1, max: 1}
  site: {type: string, default: here, max: 8}
  send.every: {type: duration, form: seconds, default: 60s, min: 1s, max: 1h}
  send.snapshot: {type: duration, form: iso8601, default: 13h}
  mode: {type: enum, values: [on, "off", auto], default: auto}
  doors: {type: list, values: [front, back], default: [front], max: 2}
  tags: {type: list, form: text, default: [a, b]}
)";

json::object object(std::string_view text) {
    return json::parse(text).as_object();
}

// What an agent with these keys reports after it took this.
std::string reported(const std::string& more, std::string_view desired) {
    const Persona persona = read(with_payload("1", kKeys + more));
    DesiredState state(persona);
    const Names invalid = state.take(object(desired));
    const auto report = state.report(invalid);
    return report ? json::serialize(*report) : "nothing";
}

constexpr const char* kDefaults =
    R"({"armed":true,"level":3,"gain":5E-1,"site":"here","send":{"every":60,"snapshot":"PT13H"},)"
    R"("mode":"auto","doors":["front"],"tags":"a,b"})";

TEST(DesiredState, MirrorsTheDefaultsAtFirst) {
    EXPECT_EQ(reported("", "{}"), kDefaults);
}

TEST(DesiredState, MirrorsWhatTheTwinAsksFor) {
    EXPECT_EQ(reported("", R"({"armed":false,"level":5,"gain":-1,"site":"Köln","mode":"off",
                       "send":{"every":3600,"snapshot":"PT0.5S"},"doors":[],"tags":" x , y",
                       "$version":4})"),
              R"({"armed":false,"level":5,"gain":-1E0,"site":"Köln",)"
              R"("send":{"every":3600,"snapshot":"PT0.5S"},"mode":"off","doors":[],)"
              R"("tags":"x,y"})");
}

TEST(DesiredState, NullIsAbsent) {
    EXPECT_EQ(reported("", R"({"armed":null,"send":null,"doors":null})"), kDefaults);
    EXPECT_EQ(reported("", R"({"send":{"every":null}})"), kDefaults);
}

const std::string kState = "reported: {form: state}\n";

TEST(DesiredState, NamesEveryKeyOfAWrongTypeOrValue) {
    EXPECT_EQ(reported(kState, "{}"), R"({"latest_state":"success","latest_invalid_fields":null})");
    const std::string all = R"({"latest_state":"failed","latest_invalid_fields":)"
                            R"(["armed","level","gain","site","send.every","send.snapshot",)"
                            R"("mode","doors","tags"]})";
    for (const char* const desired :
         {R"({"armed":1,"level":"3","gain":"0","site":1,"send":{"every":"60","snapshot":60},
             "mode":true,"doors":"front","tags":["a"]})",
          R"({"armed":"true","level":6,"gain":1.5,"site":"too long a","mode":"Auto",
             "send":{"every":0,"snapshot":"13h"},"doors":["front","side"],
             "tags":",,,,,,,,,,,,,,,,,,"})",
          R"({"armed":[],"level":3.0,"gain":1e300,"site":{},"send":7,"mode":"",
             "doors":["front","back","front"],"tags":{}})",
          R"({"armed":{},"level":18446744073709551615,"gain":false,"site":["x"],
             "send":{"every":9223372036854775807,"snapshot":"P99999999Y"},"mode":["on"],
             "doors":[1],"tags":7})"}) {
        EXPECT_EQ(reported(kState, desired), all) << desired;
    }
}

TEST(DesiredState, TakesTheValidKeysBesideAnInvalidOneOrNot) {
    const char* const desired = R"({"level":9,"armed":false})";
    EXPECT_TRUE(reported("", desired).starts_with(R"({"armed":false,"level":3)"));
    const Persona persona =
        read(with_payload("1", kKeys + "on_change: {beside_invalid: rejected}\n"));
    DesiredState state(persona);
    (void)state.take(object(R"({"level":4})"));
    (void)state.take(object(desired));
    EXPECT_EQ(state.effective(0), DesiredValue(true));
    EXPECT_EQ(state.effective(1), DesiredValue(std::int64_t{4}));  // All of it stays as it was.
}

TEST(DesiredState, NamesUnknownKeysWhenItsFileSaysSo) {
    const char* const desired =
        R"({"$version":3,"level":2,"levle":1,"send":{"every":5,"evry":5},"x":{"y":1}})";
    EXPECT_EQ(reported(kState, desired),
              R"({"latest_state":"success","latest_invalid_fields":null})");
    EXPECT_EQ(reported(kState + "on_change: {unknown_keys: invalid}\n", desired),
              R"({"latest_state":"failed","latest_invalid_fields":["levle","send.evry","x"]})");
}

TEST(DesiredState, SpeaksTheDialectOfItsFile) {
    EXPECT_EQ(reported("reported: {form: state, state_key: s, success: ok, failed: bad, "
                       "invalid_key: i, invalid_as: text}\n",
                       R"({"level":0,"armed":0})"),
              R"({"s":"bad","i":"armed,level"})");
    EXPECT_EQ(reported("reported: {form: none}\n", R"({"level":0})"), "nothing");
}

TEST(DesiredState, WrapsValuesInObjects) {
    const std::string keys =
        "value_objects: true\ndesired:\n"
        "  a.level: {type: integer, default: 3}\n"
        "  a.every: {type: duration, form: iso8601, default: 5m}\n";
    const auto reported_by = [&](const std::string& more, std::string_view desired) {
        const Persona persona = read(with_payload("1", keys + more));
        DesiredState state(persona);
        const Names invalid = state.take(object(desired));
        return json::serialize(*state.report(invalid));
    };
    EXPECT_EQ(reported_by("", R"({"a":{"level":{"value":4}}})"),
              R"({"a":{"level":{"value":4},"every":{"value":"PT5M"}}})");
    EXPECT_EQ(reported_by(kState, R"({"a":{"level":4,"every":{"value":"PT1S"}}})"),
              R"({"latest_state":"failed","latest_invalid_fields":["a.level"]})");
    EXPECT_EQ(reported_by(kState, R"({"a":{"level":{"value":null},"every":{}}})"),
              R"({"latest_state":"success","latest_invalid_fields":null})");
}

// Whatever a twin holds: it is answered, and the answer fits into a twin.
TEST(DesiredState, AnswersHostileTwins) {
    json::object huge;
    for (int i = 0; i < 500; ++i) {
        huge["unknown-" + std::to_string(i) + std::string(300, 'x')] = i;
    }
    huge[std::string(127, 'y') + "\xe2\x82\xac"] = 1;  // A character where a long name is cut.
    huge["site"] = std::string(100'000, '"');
    huge["mode"] = "\"}],\x01\\";
    huge["tags"] = std::string(100'000, ',');
    const Persona persona =
        read(with_payload("1", kKeys + kState + "on_change: {unknown_keys: invalid}\n"));
    DesiredState state(persona);
    const Names invalid = state.take(huge);
    EXPECT_EQ(invalid.size(), DesiredState::kInvalidNamesMax);
    EXPECT_EQ((Names{invalid.begin(), invalid.begin() + 3}), (Names{"site", "mode", "tags"}));
    const std::string report = json::serialize(*state.report(invalid));
    EXPECT_LT(report.size(), 10'000);
    EXPECT_EQ(json::parse(report).at("latest_state"), "failed");
    const Persona joins =
        read(with_payload("1", kKeys + "reported: {form: state, invalid_as: text}\n"
                                       "on_change: {unknown_keys: invalid}\n"));
    const auto joined = DesiredState(joins).report(invalid);
    EXPECT_LE(joined->at("latest_invalid_fields").as_string().size(), 4096);
    EXPECT_GT(joined->at("latest_invalid_fields").as_string().size(), 3900);
    json::object deep;
    for (int i = 0; i < 30; ++i) {
        deep = json::object{{"send", std::move(deep)}};
    }
    EXPECT_EQ(state.take(deep), Names{"send.send"});
}

TEST(DesiredState, CutsALongNameBetweenCharacters) {
    const Persona persona =
        read(with_payload("1", kKeys + kState + "on_change: {unknown_keys: invalid}\n"));
    DesiredState state(persona);
    json::object desired;
    desired[std::string(127, 'y') + "\xe2\x82\xac"] = 1;
    EXPECT_EQ(state.take(desired), Names{std::string(127, 'y')});
}

TEST(DesiredState, KeepsNothingForDefaults) {
    const Persona persona = read(with_payload("1", kKeys));
    DesiredState state(persona);
    (void)state.take(object(R"({"level":3,"site":"here"})"));
    EXPECT_EQ(&state.effective(3), &persona.source->desired[3].standard);
    EXPECT_LE(sizeof(DesiredState), 64);
}

}  // namespace
}  // namespace twinstorm::agent

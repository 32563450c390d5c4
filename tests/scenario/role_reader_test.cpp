#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

plan::Group group_of(const std::string& rest) {
    const auto plan =
        parse_scenario(with_groups({"{group: g, devices: 3, " + rest + "}"}), "s", {});
    EXPECT_TRUE(plan) << rest;
    return plan ? plan->groups.at(0) : plan::Group();
}

// The rest stands in line 5, from column 26.
Lines mistakes_of(const std::string& rest) {
    return mistakes(with_groups({"{group: g, devices: 3, " + rest + "}"}));
}

std::vector<std::string> names(const plan::Group& group) {
    std::vector<std::string> found;
    for (const plan::Role& role : group.roles) {
        found.push_back(role.persona.name);
    }
    return found;
}

TEST(RoleReader, TakesEveryBundledPersona) {
    for (const char* name : {"micro-linux", "legacy-c", "legacy-cs", "micro-rtos", "none"}) {
        EXPECT_THAT(names(group_of(std::string("persona: ") + name)), ElementsAre(name));
    }
    EXPECT_THAT(mistakes_of("persona: micro-linus"),
                ElementsAre("s:5:35: unknown persona `micro-linus`; did you mean `micro-linux`?, "
                            "or the path of a persona file"));
    EXPECT_THAT(mistakes_of("persona: {name: none}"),
                ElementsAre("s:5:35: a map where text belongs"));
}

TEST(RoleReader, PutsSeveralOnOneDevice) {
    const plan::Group group = group_of(
        "security_messages: {rate: 2/s}, encoding: json-1.0-ext, persona: [legacy-c, {name: "
        "micro-linux, start: later, encoding: flatbuffers-2.3, security_messages: {in_flight: 4}}, "
        "none]");
    EXPECT_THAT(names(group), ElementsAre("legacy-c", "micro-linux", "none"));
    EXPECT_EQ(group.roles[0].persona.module_id, agent::kLegacyModuleId);
    EXPECT_EQ(group.roles[0].persona.options.encoding, agent::Encoding::kJsonExtended);
    EXPECT_EQ(group.roles[1].persona.options.encoding, agent::Encoding::kFlatBuffers);
    EXPECT_FALSE(group.roles[0].starts_later);
    EXPECT_TRUE(group.roles[1].starts_later);
    EXPECT_TRUE(std::holds_alternative<plan::OpenLoad>(group.load_of(group.roles[0])));
    EXPECT_TRUE(std::holds_alternative<plan::ClosedLoad>(group.load_of(group.roles[1])));
    EXPECT_EQ(group.roles[2].persona.module_id, "");
}

TEST(RoleReader, RefusesTwoThatSpeakAsOne) {
    EXPECT_THAT(mistakes_of("persona: [legacy-c, micro-linux, legacy-cs]"),
                ElementsAre("s:5:59: `legacy-c` and `legacy-cs` would both speak as module "
                            "`azureiotsecurity`; expected one of them"));
    EXPECT_THAT(mistakes_of("persona: [micro-rtos, {name: none}]"),
                ElementsAre("s:5:48: `micro-rtos` and `none` would both speak as the device "
                            "itself; expected one of them"));
    EXPECT_THAT(mistakes_of("persona: []"),
                ElementsAre(HasSubstr("s:5:35: 0 personas; expected 1 to 8")));
}

TEST(RoleReader, TakesEveryOption) {
    const plan::Group group = group_of(
        "profile: camera, encoding: json-1.0-as-shipped, agent: {messages: per-collector, "
        "unknown_keys: invalid, beside_invalid: rejected, invalid_fields: text, patch_is_whole: "
        "true, first_collection: {min: 5s, max: 10s}}");
    const agent::AgentOptions& options = group.roles[0].persona.options;
    EXPECT_FALSE(options.mixed_kinds);
    EXPECT_EQ(options.kind, host::Kind::kCamera);
    EXPECT_EQ(options.encoding, agent::Encoding::kJsonAsShipped);
    EXPECT_EQ(options.bundling, agent::Bundling::kPerCollector);
    EXPECT_EQ(options.unknown_keys, agent::UnknownKeys::kInvalid);
    EXPECT_EQ(options.beside_invalid, agent::BesideInvalid::kRejected);
    EXPECT_TRUE(options.invalid_fields_as_text);
    EXPECT_TRUE(options.patch_is_whole);
    EXPECT_EQ(options.first_collection_min, Duration(5s));
    EXPECT_EQ(options.first_collection_max, Duration(10s));
    const auto usual = group_of("profile: mixed, agent: {invalid_fields: list}");
    EXPECT_TRUE(usual.roles[0].persona.options.mixed_kinds);
    EXPECT_FALSE(usual.roles[0].persona.options.invalid_fields_as_text);
}

TEST(RoleReader, ReportsOptionsThatAreNone) {
    EXPECT_THAT(mistakes_of("profile: toaster"),
                ElementsAre("s:5:35: unknown profile `toaster`; expected one of `gateway`, "
                            "`camera`, `industrial-pc`, `kiosk`, `sensor`, `mixed`"));
    EXPECT_THAT(mistakes_of("encoding: json-1.1"),
                ElementsAre("s:5:36: unknown encoding `json-1.1`; did you mean `json-1.0`?"));
    EXPECT_THAT(mistakes_of("agent: {messages: per-tock, jitter: 5s}"),
                ElementsAre("s:5:44: unknown bundling `per-tock`; did you mean `per-tick`?",
                            "s:5:54: unknown key `jitter`; expected one of `messages`, "
                            "`unknown_keys`, `beside_invalid`, `invalid_fields`, "
                            "`patch_is_whole`, `first_collection`"));
    EXPECT_THAT(mistakes_of("agent: {first_collection: {min: 9s, max: 8s}}"),
                ElementsAre("s:5:52: `max` is shorter than `min`; expected it to be at least as "
                            "long"));
    EXPECT_THAT(mistakes_of("agent: {first_collection: {min: 9s}}"),
                ElementsAre("s:5:52: key `max` is missing"));
    EXPECT_THAT(mistakes_of("persona: none, encoding: json-1.0"),
                ElementsAre(HasSubstr("s:5:51: options of the bundled agents beside a persona that "
                                      "is written down")));
    EXPECT_THAT(mistakes_of("persona: [micro-linux, {name: none, profile: kiosk}]"),
                ElementsAre(HasSubstr("options of the bundled agents")));
    EXPECT_THAT(mistakes_of("persona: [micro-linux, none], profile: kiosk"), IsEmpty())
        << "the group's options count for those that take any";
}

TEST(RoleReader, TakesTheHabitsOfAGroupForAllItsPersonas) {
    const plan::Group group =
        group_of("persona: [legacy-cs, none], sas_lifetime: 10m, keep_alive: 60s");
    for (const plan::Role& role : group.roles) {
        EXPECT_EQ(role.persona.habits.sas_lifetime, Duration(10min));
        EXPECT_EQ(role.persona.habits.keep_alive, 60s);
    }
}

TEST(RoleReader, TakesSharesOfIdentities) {
    const auto shares =
        group_of("identities: {absent: 2%, never_connected: 5%, rejected: 1%}").identities;
    EXPECT_DOUBLE_EQ(shares.absent, 0.02);
    EXPECT_DOUBLE_EQ(shares.never_connected, 0.05);
    EXPECT_DOUBLE_EQ(shares.rejected, 0.01);
    EXPECT_THAT(mistakes_of("identities: {absent: 60%, rejected: 41%}"),
                ElementsAre("s:5:38: the shares of a group's identities add up to more than "
                            "100%"));
    EXPECT_THAT(mistakes_of("identities: {absent: 0.5}").size(), 1u);
    EXPECT_THAT(mistakes_of("identities: {lost: 1%}"),
                ElementsAre("s:5:39: unknown key `lost`; expected one of `absent`, "
                            "`never_connected`, `rejected`"));
}

class PersonaFiles : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_ / "personas");
        write("personas/meter.yaml",
              "persona: meter\nmodule_id: meter\nevents: {reading: {payload: {a: 1}}}\n"
              "messages: [{name: m, kind: telemetry, events: [reading], every: 60s}]\n");
        write("personas/broken.yaml", "persona: broken\ncolour: red\n");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void write(const char* name, const char* text) { std::ofstream(folder_ / name) << text; }
    [[nodiscard]] auto parse(const std::string& persona) const {
        return parse_scenario(with_groups({"{group: a, devices: 1, persona: " + persona + "}",
                                           "{group: b, devices: 1, persona: " + persona + "}"}),
                              (folder_ / "s.yaml").string(), {});
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) / "role_reader_test";
};

TEST_F(PersonaFiles, AreLookedForBesideTheScenario) {
    const auto plan = parse("[personas/meter.yaml, micro-linux]");
    ASSERT_TRUE(plan) << plan.error().front().format();
    EXPECT_THAT(names(plan->groups[1]), ElementsAre("meter", "micro-linux"));
    EXPECT_EQ(plan->groups[0].roles[0].persona.source, plan->groups[1].roles[0].persona.source)
        << "read once";
}

TEST_F(PersonaFiles, TellTheirMistakesOnceAndAtTheirPlace) {
    const auto plan = parse("personas/broken.yaml");
    ASSERT_FALSE(plan);
    Lines lines;
    for (const Mistake& mistake : plan.error()) {
        lines.push_back(mistake.format());
    }
    EXPECT_THAT(lines, ::testing::Contains(HasSubstr("personas/broken.yaml:2:1: unknown key "
                                                     "`colour`")));
    EXPECT_EQ(std::count_if(
                  lines.begin(), lines.end(),
                  [](const std::string& line) { return line.find("colour") != std::string::npos; }),
              1);
    EXPECT_FALSE(parse("personas/missing.yaml"));
}

}  // namespace
}  // namespace twinstorm::scenario

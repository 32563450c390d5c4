#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

plan::Group group_of(const std::string& group) {
    const auto plan = parse_scenario(with_groups({group}), "s", {});
    EXPECT_TRUE(plan) << group;
    return plan ? plan->groups.at(0) : plan::Group();
}

Lines mistakes_of(const std::string& group) {
    return mistakes(with_groups({group}));
}

TEST(FleetReader, HasDefaults) {
    const plan::Group group = group_of("{group: g, devices: 3}");
    EXPECT_EQ(group.name, "g");
    EXPECT_EQ(group.devices, 3u);
    EXPECT_EQ(group.device_id(2), "g-00002");
    EXPECT_EQ(group.transport, plan::Transport::kAsio);
    EXPECT_TRUE(std::holds_alternative<plan::PersonaSchedule>(group.security_messages));
    ASSERT_EQ(group.roles.size(), 1u);
    EXPECT_EQ(group.roles[0].persona.name, "micro-linux");
    EXPECT_EQ(group.roles[0].persona.habits.sas_lifetime, Duration(1h));
    EXPECT_EQ(group.roles[0].persona.habits.keep_alive, 240s);
    EXPECT_FALSE(group.roles[0].starts_later);
    EXPECT_FALSE(group.identities.any());
}

TEST(FleetReader, TakesEveryKey) {
    const plan::Group group = group_of(
        "{group: g, devices: 3, id: 'x{index}', persona: micro-linux, auth: sas, transport: paho, "
        "sas_lifetime: 5m, keep_alive: 1767s, security_messages: {rate: 30/m, arrivals: "
        "constant}}");
    EXPECT_EQ(group.device_id(2), "x2");
    EXPECT_EQ(group.transport, plan::Transport::kPaho);
    EXPECT_EQ(group.roles[0].persona.habits.sas_lifetime, Duration(5min));
    EXPECT_EQ(group.roles[0].persona.habits.keep_alive, 1767s);
    const auto& open = std::get<plan::OpenLoad>(group.security_messages);
    EXPECT_DOUBLE_EQ(open.rate, 0.5);
    EXPECT_EQ(open.arrivals, load::ArrivalKind::kConstant);
    const auto poisson = group_of("{group: g, devices: 3, security_messages: {rate: 1/s}}");
    EXPECT_EQ(std::get<plan::OpenLoad>(poisson.security_messages).arrivals,
              load::ArrivalKind::kPoisson);
    const auto closed = group_of("{group: g, devices: 3, security_messages: {in_flight: 16}}");
    EXPECT_EQ(std::get<plan::ClosedLoad>(closed.security_messages).in_flight, 16u);
}

TEST(FleetReader, ReportsMissingUnknownAndDoubledKeys) {
    EXPECT_THAT(mistakes_of("{}"),
                ElementsAre("s:5:3: key `group` is missing", "s:5:3: key `devices` is missing"));
    EXPECT_THAT(mistakes_of("{group: g, devcies: 1, devices: 2, devices: 3}"),
                ElementsAre("s:5:14: unknown key `devcies`; did you mean `devices`?",
                            "s:5:38: key `devices` is written twice; expected it once"));
    EXPECT_THAT(mistakes_of("{group: g, devices: 2, colour: red}"),
                ElementsAre("s:5:26: unknown key `colour`; expected one of `group`, `devices`, "
                            "`id`, `persona`, `auth`, `transport`, `security_messages`, "
                            "`sas_lifetime`, `keep_alive`, `profile`, `encoding`, `agent`, "
                            "`identities`"));
    EXPECT_EQ(mistakes_of("g").size(), 1u);
}

TEST(FleetReader, LimitsDevices) {
    for (const char* wrong : {"0", "1000001", "-1", "many", "1.5", "'5'"}) {
        EXPECT_THAT(mistakes_of(std::string("{group: g, devices: ") + wrong + "}").size(), 1u)
            << wrong;
    }
    EXPECT_THAT(mistakes_of("{group: g, devices: 0}"),
                ElementsAre("s:5:23: `0` is out of place; expected a whole number from 1 to "
                            "1000000"));
    EXPECT_THAT(mistakes(with_groups({"{group: a, devices: 600000}", "{group: b, devices: 400000}",
                                      "{group: c, devices: 1}", "{group: d, devices: 1}"})),
                ElementsAre("s:7:23: 1000001 devices in all groups up to here; expected at most "
                            "1000000"));
}

TEST(FleetReader, LimitsPahoOverAllGroups) {
    EXPECT_THAT(mistakes(with_groups(
                    {"{group: a, devices: 1000, transport: paho}", "{group: b, devices: 5000}"})),
                IsEmpty());
    EXPECT_THAT(mistakes(with_groups({"{group: a, devices: 600, transport: paho}",
                                      "{group: b, devices: 401, transport: paho}"})),
                ElementsAre("s:6:23: 1001 devices on paho, whose library has two threads for all "
                            "of them; expected at most 1000"));
}

TEST(FleetReader, SaysWhatIsNotServedYet) {
    EXPECT_THAT(
        mistakes_of("{group: g, devices: 1, auth: x509-ca, transport: asio-websocket}"),
        ElementsAre("s:5:32: auth `x509-ca` is not supported yet; expected one of `sas`",
                    "s:5:52: transport `asio-websocket` is not supported yet; expected one of "
                    "`asio`, `paho`"));
    for (const char* auth : {"x509-self-signed", "dps-symmetric", "dps-x509"}) {
        EXPECT_EQ(mistakes_of(std::string("{group: g, devices: 1, auth: ") + auth + "}"),
                  Lines{"s:5:32: auth `" + std::string(auth) +
                        "` is not supported yet; expected one of `sas`"});
    }
}

TEST(FleetReader, WantsUniqueGroupsAndIds) {
    EXPECT_THAT(
        mistakes(with_groups({"{group: g, devices: 1, id: a}", "{group: g, devices: 1, id: b}"})),
        ElementsAre("s:6:11: group `g` is there twice; expected another name"));
    EXPECT_THAT(mistakes(with_groups({"{group: a, devices: 20, id: 'gw-{index}'}",
                                      "{group: b, devices: 5, id: 'gw-1{index}'}"})),
                ElementsAre("s:6:30: device `gw-10` is also in group `a`; expected other ids"));
    EXPECT_THAT(mistakes(with_groups({"{group: a, devices: 10, id: 'gw-{index}'}",
                                      "{group: b, devices: 5, id: 'gw-1{index}'}"})),
                IsEmpty());
    EXPECT_THAT(mistakes(with_groups(
                    {"{group: a, devices: 10, id: 'b-{index:05}'}", "{group: b, devices: 5}"})),
                ElementsAre("s:6:3: device `b-00000` is also in group `a`; expected other ids"));
    EXPECT_THAT(
        mistakes(with_groups({"{group: a, devices: 400000}", "{group: ab, devices: 400000}"})),
        IsEmpty());
}

TEST(FleetReader, ChecksIds) {
    const std::string allowed =
        "; expected 1 to 128 of the characters `A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ; $ '`";
    EXPECT_EQ(mistakes_of("{group: g, devices: 10, id: 'a b{index}'}"),
              Lines{"s:5:31: `a b9` is no device id" + allowed});
    EXPECT_EQ(mistakes_of("{group: g, devices: 10, id: ''}"),
              Lines{"s:5:31: `` is one id for 10 devices; expected `{index}` in it"});
    EXPECT_EQ(mistakes_of("{group: g, devices: 1, id: ''}"),
              Lines{"s:5:30: `` is no device id" + allowed});
    EXPECT_THAT(mistakes_of("{group: g, devices: 10, id: '" + std::string(127, 'a') + "{index}'}"),
                IsEmpty());
    EXPECT_EQ(
        mistakes_of("{group: g, devices: 11, id: '" + std::string(127, 'a') + "{index}'}").size(),
        1u);
    EXPECT_THAT(mistakes_of("{group: g, devices: 2, id: fixed}"),
                ElementsAre("s:5:30: `fixed` is one id for 2 devices; expected `{index}` in it"));
    EXPECT_THAT(mistakes_of("{group: g, devices: 1, id: fixed}"), IsEmpty());
    EXPECT_THAT(mistakes_of("{group: g, devices: 2, id: 'a{number}'}"),
                ElementsAre("s:5:30: `a{number}` is no id pattern; expected a form such as "
                            "`gw-{index:05}`"));
    EXPECT_THAT(mistakes_of("{group: g, devices: 2, id: [a]}"),
                ElementsAre("s:5:30: a list where text belongs"));
}

TEST(FleetReader, ChecksTimes) {
    EXPECT_THAT(mistakes_of("{group: g, devices: 1, sas_lifetime: 4m, keep_alive: 1768s}"),
                ElementsAre("s:5:40: `4m` is out of range; expected 5m to 30d",
                            "s:5:56: `1768s` is out of range; expected 1s to 1767s"));
    EXPECT_THAT(mistakes_of("{group: g, devices: 1, sas_lifetime: 31d, keep_alive: 1500ms}"),
                ElementsAre("s:5:40: `31d` is out of range; expected 5m to 30d",
                            "s:5:57: `1500ms` is not whole seconds, as MQTT counts them"));
}

TEST(FleetReader, ChecksTheLoad) {
    const auto of = [](const std::string& load) {
        return mistakes_of("{group: g, devices: 1, security_messages: " + load + "}");
    };
    EXPECT_THAT(of("{}"), ElementsAre("s:5:45: security messages need exactly one of `rate` and "
                                      "`in_flight`"));
    EXPECT_THAT(of("{rate: 1/s, in_flight: 1}"),
                ElementsAre("s:5:45: security messages need exactly one of `rate` and "
                            "`in_flight`"));
    EXPECT_THAT(of("{rate: 2}"),
                ElementsAre("s:5:52: `2` is not a rate; expected a form such as `100/s`"));
    EXPECT_THAT(of("{rate: 2/s, arrivals: poison}"),
                ElementsAre("s:5:67: unknown arrivals `poison`; did you mean `poisson`?"));
    EXPECT_THAT(of("{in_flight: 1001}"),
                ElementsAre("s:5:57: `1001` is out of place; expected a whole number from 1 to "
                            "1000"));
    EXPECT_THAT(of("{in_flight: 1, arrivals: poisson}"),
                ElementsAre("s:5:70: `arrivals` says nothing beside `in_flight`; expected `rate`"));
    EXPECT_THAT(of("2/s"), ElementsAre("s:5:45: `2/s` where a map belongs, with the keys `rate`, "
                                       "`arrivals`, `in_flight`"));
}

TEST(FleetReader, WantsGroups) {
    EXPECT_THAT(mistakes("name: n\nhub: {mock: {}}\nfleet: []\n" + kPhases),
                ElementsAre("s:3:8: 0 groups; expected 1 to 1000"));
    EXPECT_THAT(mistakes("name: n\nhub: {mock: {}}\nfleet:\n" + kPhases),
                ElementsAre("s:3:1: 0 groups; expected 1 to 1000"));
    EXPECT_THAT(mistakes("name: n\nhub: {mock: {}}\nfleet: {group: g}\n" + kPhases),
                ElementsAre("s:3:8: a map where a list of groups belongs"));
}

}  // namespace
}  // namespace twinstorm::scenario

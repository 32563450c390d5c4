#include "support/security_message_rules.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace twinstorm::test {
namespace {

namespace json = boost::json;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The example that was validated with the published JSON Schema files.
constexpr const char* kGolden = R"({"AgentVersion":"0.0.5",
 "AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf","MessageSchemaVersion":"1.0","Events":[
 {"Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09+02:00",
  "TimestampUTC":"2024-05-06T07:08:09Z","Category":"Triggered","Name":"Login",
  "EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0",
  "Payload":[{"ProcessId":2211,"UserId":"1000","UserName":"pi","Operation":"login",
              "Executable":"/usr/sbin/sshd","RemoteAddress":"203.0.113.7","RemotePort":"51514",
              "LocalPort":"22","Result":"Fail"}]},
 {"Id":"9c647395-b913-4997-a732-a7fe7303b649","TimestampLocal":"2024-05-06T09:08:09+02:00",
  "TimestampUTC":"2024-05-06T07:08:09Z","Category":"Periodic","Name":"ListeningPorts",
  "EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0",
  "Payload":[{"Protocol":"tcp","LocalAddress":"0.0.0.0","LocalPort":"8888",
              "RemoteAddress":"0.0.0.0","RemotePort":"*","ExtraDetails":{"Pid":"812"}}]}]})";

constexpr const char* kProcessItem =
    R"({"Executable":"/bin/ls","ProcessId":7,"ParentProcessId":1,"UserId":"0","CommandLine":"ls"})";
constexpr const char* kFlowItem =
    R"({"RemoteAddress":"::1","RemotePort":"0","Direction":"In","Protocol":"tcp","ProcessId":0,
        "Executable":"/bin/nc"})";

// The golden message with one event of this name, category and payload item.
json::object message(const char* name, const char* category, const char* item) {
    json::object whole = json::parse(kGolden).as_object();
    json::array& events = whole["Events"].as_array();
    events.resize(1);
    json::object& event = events[0].as_object();
    event["Name"] = name;
    event["Category"] = category;
    event["Payload"] = json::array{json::parse(item)};
    return whole;
}

json::object& event_of(json::object& whole) {
    return whole["Events"].as_array()[0].as_object();
}

json::object& item_of(json::object& whole) {
    return event_of(whole)["Payload"].as_array()[0].as_object();
}

TEST(SecurityMessageRules, TheGoldenExamplePasses) {
    EXPECT_THAT(violations(json::parse(kGolden)), IsEmpty());
}

TEST(SecurityMessageRules, SoDoTheBuildingBlocksOfTheseTests) {
    EXPECT_THAT(violations(message("ProcessCreate", "Triggered", kProcessItem)), IsEmpty());
    EXPECT_THAT(violations(message("ConnectionCreate", "Triggered", kFlowItem)), IsEmpty());
    EXPECT_THAT(violations(message("SystemInformation", "Periodic", "{}")), IsEmpty());
}

TEST(SecurityMessageRules, AMissingOrUnknownKeyAnywhereIsNamed) {
    for (const char* key : {"AgentVersion", "AgentId", "MessageSchemaVersion", "Events"}) {
        json::object whole = json::parse(kGolden).as_object();
        whole.erase(key);
        EXPECT_THAT(violations(whole), ElementsAre("message misses " + std::string(key)));
    }
    for (const char* key : {"Id", "TimestampLocal", "TimestampUTC", "Category", "Name", "EventType",
                            "IsEmpty", "PayloadSchemaVersion", "Payload"}) {
        json::object whole = json::parse(kGolden).as_object();
        event_of(whole).erase(key);
        EXPECT_THAT(violations(whole), testing::Contains("Events[0] misses " + std::string(key)));
    }
    for (const char* key : {"ProcessId", "Operation", "Executable", "Result"}) {
        json::object whole = json::parse(kGolden).as_object();
        item_of(whole).erase(key);
        EXPECT_THAT(violations(whole),
                    ElementsAre("Events[0].Payload[0] misses " + std::string(key)));
    }
    json::object whole = json::parse(kGolden).as_object();
    whole["mti"] = 1;
    event_of(whole)["Extra"] = 1;
    item_of(whole)["Extra"] = 1;
    EXPECT_THAT(violations(whole), ElementsAre("message has the unknown key mti",
                                               "Events[0] has the unknown key Extra",
                                               "Events[0].Payload[0] has the unknown key Extra"));
}

TEST(SecurityMessageRules, ALoginNamesItsUserByIdOrByName) {
    json::object whole = json::parse(kGolden).as_object();
    item_of(whole).erase("UserId");
    EXPECT_THAT(violations(whole), IsEmpty());
    item_of(whole).erase("UserName");
    EXPECT_THAT(violations(whole), ElementsAre("Events[0].Payload[0] misses UserId or UserName"));
}

struct Rejected {
    const char* what;
    json::object whole;
    const char* complaint;
};

// What the shipped agents really send, and the published schema rejects.
TEST(SecurityMessageRules, TheTableOfRejectedForms) {
    const auto changed = [](json::object whole, const auto& change) {
        change(whole);
        return whole;
    };
    const json::object process = message("ProcessCreate", "Triggered", kProcessItem);
    const json::object flow = message("ConnectionCreate", "Triggered", kFlowItem);
    const Rejected rejected[] = {
        {"aggregated", message("ProcessCreate", "Aggregated", kProcessItem), "wrong Category"},
        {"number in the details",
         changed(process,
                 [](auto& m) {
                     item_of(m)["ExtraDetails"] = {{"HitCount", 3}};
                 }),
         "wrong ExtraDetails"},
        {"port as a number", changed(flow, [](auto& m) { item_of(m)["RemotePort"] = 0; }),
         "wrong RemotePort"},
        {"hash at the top", changed(process, [](auto& m) { item_of(m)["Hash"] = "ab"; }),
         "unknown key Hash"},
        {"no zone",
         changed(process, [](auto& m) { event_of(m)["TimestampLocal"] = "2024-05-06T09:08:09"; }),
         "wrong TimestampLocal"},
        {"result in capitals",
         message("OSBaseline", "Periodic",
                 R"({"Description":"d","CceId":"1","Result":"FAIL","Error":"",
                     "Severity":"Warning"})"),
         "wrong Result"},
        {"hardware in one field",
         message("ConnectedHardware", "Periodic", R"({"ConnectedHardware":"usb"})"),
         "misses HardwareCategory"},
        {"no user id", changed(process, [](auto& m) { item_of(m).erase("UserId"); }),
         "misses UserId"},
        {"heartbeat", message("Heartbeat", "Periodic", "{}"), "unknown Name"},
    };
    for (const Rejected& one : rejected) {
        EXPECT_THAT(violations(one.whole), testing::Contains(HasSubstr(one.complaint))) << one.what;
    }
}

TEST(SecurityMessageRules, SomeOddFormsAreAccepted) {
    json::object whole = json::parse(kGolden).as_object();
    event_of(whole)["TimestampLocal"] = "2024-05-06T09:08:09Z";  // Local time, but marked UTC.
    event_of(whole)["TimestampUTC"] = "2024-05-06 07:08:09Z";    // A blank for the T.
    EXPECT_THAT(violations(whole), IsEmpty());
}

TEST(SecurityMessageRules, EmptinessDependsOnTheCategory) {
    json::object periodic = message("SystemInformation", "Periodic", "{}");
    event_of(periodic)["Payload"] = json::array();
    EXPECT_THAT(violations(periodic), ElementsAre("Events[0] has no payload"));
    event_of(periodic)["IsEmpty"] = true;
    EXPECT_THAT(violations(periodic), IsEmpty());
    json::object triggered = message("ProcessCreate", "Triggered", kProcessItem);
    event_of(triggered)["IsEmpty"] = true;
    EXPECT_THAT(violations(triggered),
                ElementsAre("Events[0] is Triggered and says that it is empty"));
    event_of(triggered)["IsEmpty"] = false;
    event_of(triggered)["Payload"] = json::array();
    EXPECT_THAT(violations(triggered), ElementsAre("Events[0] has no payload"));
}

TEST(SecurityMessageRules, ContainersOfAWrongTypeAreNamedNotFollowed) {
    for (const char* wrong : {"null", "7", "[]", "\"x\""}) {
        EXPECT_THAT(violations(json::parse(wrong)), ElementsAre("message is no object"));
    }
    json::object whole = json::parse(kGolden).as_object();
    whole["Events"] = json::object();
    EXPECT_THAT(violations(whole), ElementsAre("message has a wrong Events"));
    whole["Events"] = json::array();
    EXPECT_THAT(violations(whole), ElementsAre("message has no events"));
    whole["Events"] = json::array{1};
    EXPECT_THAT(violations(whole), ElementsAre("Events[0] is no object"));
    json::object odd = message("ProcessCreate", "Triggered", "[]");
    EXPECT_THAT(violations(odd), ElementsAre("Events[0].Payload[0] is no object"));
}

TEST(SecurityMessageRules, NameAndTypeBelongTogether) {
    json::object whole = message("ProcessCreate", "Periodic", kProcessItem);
    event_of(whole)["EventType"] = "Operational";
    EXPECT_THAT(violations(whole),
                ElementsAre("Events[0] has an EventType that its Name does not allow",
                            "Events[0] has a Category that its Name does not allow"));
}

void expect_each(const std::function<bool(std::string_view)>& form,
                 std::initializer_list<const char*> right,
                 std::initializer_list<const char*> wrong) {
    for (const char* text : right) {
        EXPECT_TRUE(form(text)) << text;
    }
    for (const char* text : wrong) {
        EXPECT_FALSE(form(text)) << text;
    }
}

TEST(SecurityMessageRules, FormsOfSingleValues) {
    expect_each(is_guid, {"072f3eca-3db0-45ba-8174-fa383bc93caf"},
                {"", "072f3eca3db045ba8174fa383bc93caf", "072f3eca-3db0-45ba-8174-fa383bc93cag",
                 "{072f3eca-3db0-45ba-8174-fa383bc93c}", "072f3eca-3db0-45ba-8174-fa383bc93caf "});
    expect_each(is_date_time,
                {"2024-05-06T07:08:09Z", "2024-02-29T23:59:60Z", "2024-05-06T07:08:09.123456Z",
                 "2024-05-06T07:08:09.5-08:00"},
                {"", "2024-05-06", "2024-05-06T07:08:09", "2023-02-29T00:00:00Z",
                 "2024-13-01T00:00:00Z", "2024-05-06T24:00:00Z", "2024-05-06T07:60:09Z",
                 "2024-05-06T07:08:09.Z", "2024-05-06T07:08:09+2:00", "2024-05-06T07:08:09+24:00",
                 "2024-05-06x07:08:09Z", "2024-05-06T07:08:09ZZ", "2024-05-06T07:08:09."});
    expect_each(is_port, {"22", "0", "65535", "*", "53248-53250", "22,53", "22,1-2,*"},
                {"", "65536", "-1", "22,", ",22", "22 ", "ssh", "1-", "-", "000022"});
    expect_each(is_address, {"203.0.113.7", "0.0.0.0", "::", "2001:db8::1"},
                {"", "localhost", "203.0.113", "203.0.113.256", "203.0.113.7:80", "::g"});
}

}  // namespace
}  // namespace twinstorm::test

#include "defender/json_message.h"

#include <string>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace twinstorm::defender {
namespace {

namespace json = boost::json;

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
constexpr const char* kCheckItem =
    R"({"Description":"d","CceId":"1","Result":"Fail","Error":"","Severity":"Warning"})";

json::object golden() {
    return json::parse(kGolden).as_object();
}

json::object& event_of(json::object& whole) {
    return whole["Events"].as_array()[0].as_object();
}

json::object& item_of(json::object& whole) {
    return event_of(whole)["Payload"].as_array()[0].as_object();
}

// The golden message with one event of this name, category and payload item.
json::object message(const char* name, const char* category, const char* item,
                     const char* event_type = "Security") {
    json::object whole = golden();
    whole["Events"].as_array().resize(1);
    json::object& event = event_of(whole);
    event["Name"] = name;
    event["Category"] = category;
    event["EventType"] = event_type;
    event["Payload"] = json::array{json::parse(item)};
    return whole;
}

// `accepted`, or `reason where [detail]`.
std::string verdict(const json::value& whole, Mode mode = Mode::kStrict) {
    const Flaw found = check_json_message(json::serialize(whole), mode);
    if (!found) {
        return "accepted";
    }
    return std::string(name(found->reason)) + " " + found->where +
           (found->detail.empty() ? "" : " [" + found->detail + "]");
}

TEST(JsonMessage, TheGoldenExamplePasses) {
    EXPECT_FALSE(check_json_message(kGolden, Mode::kStrict));
    EXPECT_FALSE(check_json_message(kGolden, Mode::kAsShipped));
}

struct Item {
    const char* name;
    const char* category;
    const char* event_type;
    const char* smallest;  // Each required member, and nothing else.
};

constexpr Item kItems[] = {
    {"ProcessCreate", "Triggered", "Security", kProcessItem},
    {"ProcessTerminate", "Triggered", "Security",
     R"({"Executable":"/bin/ls","ProcessId":7,"ExitStatus":-1})"},
    {"ConnectionCreate", "Triggered", "Security", kFlowItem},
    {"ListeningPorts", "Periodic", "Security", R"({"LocalPort":"22","Protocol":"tcp6"})"},
    {"LocalUsers", "Periodic", "Security",
     R"({"GroupIds":"0;1","GroupNames":"root;bin","UserId":"0","UserName":"root"})"},
    {"FirewallConfiguration", "Periodic", "Security", R"({"Enabled":true,"Action":"Allow"})"},
    {"OSBaseline", "Periodic", "Security", kCheckItem},
    {"ConnectedHardware", "Periodic", "Security",
     R"({"HardwareCategory":"a","HardwareSubCategory":"b","HardwareName":"c"})"},
    {"Diagnostic", "Triggered", "Diagnostic",
     R"({"Severity":"Warning","Message":"m","ProcessId":1,"ThreadId":2})"},
    {"ConfigurationError", "Triggered", "Operational",
     R"({"ConfigurationName":"n","ErrorType":"Conflict","UsedConfiguration":"u","Message":"m"})"},
    {"DroppedEventsStatistics", "Periodic", "Operational",
     R"({"Queue":"High","CollectedEvents":1,"DroppedEvents":0})"},
    {"MessageStatistics", "Periodic", "Operational",
     R"({"MessagesSent":1,"MessagesUnder4KB":1,"TotalFailed":0})"},
};

TEST(JsonMessage, EveryEventNeedsEachOfItsRequiredMembers) {
    for (const Item& item : kItems) {
        json::object whole = message(item.name, item.category, item.smallest, item.event_type);
        EXPECT_EQ(verdict(whole), "accepted") << item.name;
        const json::object members = item_of(whole);
        for (const auto& member : members) {
            json::object changed = whole;
            item_of(changed).erase(member.key());
            EXPECT_EQ(verdict(changed),
                      "missing-member Events[0].Payload[0]." + std::string(member.key()))
                << item.name;
            item_of(changed)[member.key()] = nullptr;
            EXPECT_EQ(verdict(changed),
                      "wrong-type Events[0].Payload[0]." + std::string(member.key()))
                << item.name;
        }
    }
    EXPECT_EQ(verdict(message("SystemInformation", "Periodic", "{}")), "accepted");
}

TEST(JsonMessage, AMissingOrUnknownMemberAnywhereIsNamed) {
    for (const char* key : {"AgentVersion", "AgentId", "MessageSchemaVersion", "Events"}) {
        json::object whole = golden();
        whole.erase(key);
        EXPECT_EQ(verdict(whole), "missing-member " + std::string(key));
    }
    for (const char* key : {"Id", "TimestampLocal", "TimestampUTC", "Category", "Name", "EventType",
                            "IsEmpty", "PayloadSchemaVersion", "Payload"}) {
        json::object whole = golden();
        event_of(whole).erase(key);
        EXPECT_EQ(verdict(whole), "missing-member Events[0]." + std::string(key));
    }
    json::object whole = golden();
    item_of(whole)["Extra"] = 1;
    EXPECT_EQ(verdict(whole), "unknown-member Events[0].Payload[0] [Extra]");
    whole = golden();
    event_of(whole)["Extra"] = 1;
    EXPECT_EQ(verdict(whole), "unknown-member Events[0] [Extra]");
    whole = golden();
    whole["mti"] = 1;
    EXPECT_EQ(verdict(whole), "unknown-member  [mti]");
}

TEST(JsonMessage, TheOrderOfMembersIsFree) {
    json::object whole = golden();
    json::object turned;
    for (auto member = whole.end(); member != whole.begin();) {
        --member;
        turned[member->key()] = member->value();
    }
    json::object event;
    for (auto member = event_of(turned).end(); member != event_of(turned).begin();) {
        --member;
        event[member->key()] = member->value();
    }
    event_of(turned) = event;
    EXPECT_EQ(verdict(turned), "accepted");
}

TEST(JsonMessage, ALoginNamesItsUserByIdOrByName) {
    json::object whole = golden();
    item_of(whole).erase("UserId");
    EXPECT_EQ(verdict(whole), "accepted");
    item_of(whole).erase("UserName");
    EXPECT_EQ(verdict(whole), "missing-member Events[0].Payload[0].UserId");
}

struct Deviation {
    const char* what;
    json::object whole;
    const char* strict;
    bool shipped = true;  // Processed in the other mode.
};

// What the shipped agents and the docs really send, and the published schema rejects.
TEST(JsonMessage, TheTableOfDeviations) {
    const auto changed = [](json::object whole, const auto& change) {
        change(whole);
        return whole;
    };
    const json::object process = message("ProcessCreate", "Triggered", kProcessItem);
    const json::object flow = message("ConnectionCreate", "Triggered", kFlowItem);
    const json::object check = message("OSBaseline", "Periodic", kCheckItem);
    const auto details = [](auto& m) { item_of(m)["ExtraDetails"] = {{"HitCount", 3}}; };
    const Deviation deviations[] = {
        {"aggregated", message("ProcessCreate", "Aggregated", kProcessItem),
         "category Events[0].Category [Aggregated]"},
        {"aggregated flow", message("ConnectionCreate", "Aggregated", kFlowItem),
         "category Events[0].Category [Aggregated]"},
        {"number in the details", changed(process, details),
         "wrong-type Events[0].Payload[0].ExtraDetails [HitCount]"},
        {"port as a number", changed(flow, [](auto& m) { item_of(m)["RemotePort"] = 0; }),
         "wrong-type Events[0].Payload[0].RemotePort"},
        {"hash at the top", changed(process, [](auto& m) { item_of(m)["Hash"] = "ab"; }),
         "unknown-member Events[0].Payload[0] [Hash]"},
        {"no zone",
         changed(process, [](auto& m) { event_of(m)["TimestampLocal"] = "2024-05-06T09:08:09"; }),
         "timestamp-form Events[0].TimestampLocal [2024-05-06T09:08:09]"},
        {"result in capitals", changed(check, [](auto& m) { item_of(m)["Result"] = "FAIL"; }),
         "value Events[0].Payload[0].Result [FAIL]"},
        {"hardware in one field",
         message("ConnectedHardware", "Periodic", R"({"ConnectedHardware":"usb"})"),
         "unknown-member Events[0].Payload[0] [ConnectedHardware]"},
        {"no user id", changed(process, [](auto& m) { item_of(m).erase("UserId"); }),
         "missing-member Events[0].Payload[0].UserId"},
        {"heartbeat", message("Heartbeat", "Periodic", "{}"),
         "unknown-event Events[0].Name [Heartbeat]", false},
        {"login, aggregated",
         changed(golden(), [](auto& m) { event_of(m)["Category"] = "Aggregated"; }),
         "category Events[0].Category [Aggregated]", false},
        {"severity in capitals",
         changed(check, [](auto& m) { item_of(m)["Severity"] = "WARNING"; }),
         "value Events[0].Payload[0].Severity [WARNING]", false},
        {"port beyond ports", changed(flow, [](auto& m) { item_of(m)["RemotePort"] = 65536; }),
         "wrong-type Events[0].Payload[0].RemotePort", false},
        {"flag in the details",
         changed(process,
                 [](auto& m) {
                     item_of(m)["ExtraDetails"] = {{"HitCount", true}};
                 }),
         "wrong-type Events[0].Payload[0].ExtraDetails [HitCount]", false},
    };
    for (const Deviation& one : deviations) {
        EXPECT_EQ(verdict(one.whole), one.strict) << one.what;
        EXPECT_EQ(verdict(one.whole, Mode::kAsShipped) == "accepted", one.shipped) << one.what;
    }
}

TEST(JsonMessage, SomeOddFormsAreAccepted) {
    json::object whole = golden();
    event_of(whole)["TimestampLocal"] = "2024-05-06T09:08:09Z";  // Local time, but marked UTC.
    event_of(whole)["TimestampUTC"] = "2024-05-06 07:08:09Z";    // A blank for the T.
    EXPECT_EQ(verdict(whole), "accepted");
}

TEST(JsonMessage, EmptinessDependsOnTheCategory) {
    json::object periodic = message("SystemInformation", "Periodic", "{}");
    event_of(periodic)["Payload"] = json::array();
    EXPECT_EQ(verdict(periodic), "emptiness Events[0].Payload");
    event_of(periodic)["IsEmpty"] = true;
    EXPECT_EQ(verdict(periodic), "accepted");
    json::object triggered = message("ProcessCreate", "Triggered", kProcessItem);
    event_of(triggered)["IsEmpty"] = true;
    EXPECT_EQ(verdict(triggered), "emptiness Events[0].IsEmpty");
    event_of(triggered)["IsEmpty"] = false;
    event_of(triggered)["Payload"] = json::array();
    EXPECT_EQ(verdict(triggered), "emptiness Events[0].Payload");
}

TEST(JsonMessage, ContainersOfAWrongTypeAreNamedNotFollowed) {
    for (const char* wrong : {"null", "7", "[]", "\"x\""}) {
        EXPECT_EQ(verdict(json::parse(wrong)), "wrong-type ") << wrong;
    }
    json::object whole = golden();
    whole["Events"] = json::object();
    EXPECT_EQ(verdict(whole), "wrong-type Events");
    whole["Events"] = json::array();
    EXPECT_EQ(verdict(whole), "emptiness Events");
    whole["Events"] = json::array{1};
    EXPECT_EQ(verdict(whole), "wrong-type Events[0]");
    EXPECT_EQ(verdict(message("ProcessCreate", "Triggered", "[]")),
              "wrong-type Events[0].Payload[0]");
    whole = message("ProcessCreate", "Triggered", kProcessItem);
    item_of(whole)["ExtraDetails"] = "x";
    EXPECT_EQ(verdict(whole), "wrong-type Events[0].Payload[0].ExtraDetails");
}

TEST(JsonMessage, NameTypeAndCategoryBelongTogether) {
    json::object whole = message("ProcessCreate", "Triggered", kProcessItem, "Operational");
    EXPECT_EQ(verdict(whole), "event-type Events[0].EventType [Operational]");
    EXPECT_EQ(verdict(message("ProcessCreate", "Periodic", kProcessItem)),
              "category Events[0].Category [Periodic]");
    EXPECT_EQ(verdict(message("ProcessCreate", "Often", kProcessItem)),
              "category Events[0].Category [Often]");
    EXPECT_EQ(verdict(message("ProcessCreate", "Triggered", kProcessItem, "Other")),
              "event-type Events[0].EventType [Other]");
}

TEST(JsonMessage, VersionsIdsAndFormsHaveTheirOwnReasons) {
    json::object whole = golden();
    whole["MessageSchemaVersion"] = "2.0";
    EXPECT_EQ(verdict(whole), "schema-version MessageSchemaVersion [2.0]");
    whole = golden();
    whole["AgentId"] = "asc_security_module";
    EXPECT_EQ(verdict(whole), "id-form AgentId [asc_security_module]");
    whole = golden();
    event_of(whole)["PayloadSchemaVersion"] = "1.1";
    EXPECT_EQ(verdict(whole), "payload-version Events[0].PayloadSchemaVersion [1.1]");
    whole = golden();
    item_of(whole)["RemotePort"] = "ssh";
    EXPECT_EQ(verdict(whole), "port-form Events[0].Payload[0].RemotePort [ssh]");
    whole = golden();
    item_of(whole)["RemoteAddress"] = "host";
    EXPECT_EQ(verdict(whole), "address-form Events[0].Payload[0].RemoteAddress [host]");
    whole = golden();
    whole["Events"].as_array()[1].as_object()["Id"] = "";
    EXPECT_EQ(verdict(whole), "id-form Events[1].Id");
}

TEST(JsonMessage, AnyPrefixAndAnyChangedByteIsJudged) {
    const std::string whole = kGolden;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const Flaw cut = check_json_message(std::string_view(whole).substr(0, i), Mode::kStrict);
        ASSERT_TRUE(cut) << i;
        EXPECT_EQ(cut->reason, Reason::kNotJson) << i;
        std::string changed = whole;
        changed[i] = '\x01';
        EXPECT_TRUE(check_json_message(changed, Mode::kAsShipped)) << i;
    }
    for (const std::string& odd : {std::string(100'000, '['), std::string(10, '\0'), whole + "x",
                                   std::string("\xEF\xBB\xBF{}")}) {
        const Flaw found = check_json_message(odd, Mode::kStrict);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->reason, Reason::kNotJson);
    }
}

TEST(JsonMessage, ManyEventsAreJudgedToTheLast) {
    json::object whole = golden();
    json::array& events = whole["Events"].as_array();
    while (events.size() < 400) {
        events.push_back(events[0]);
    }
    EXPECT_EQ(verdict(whole), "accepted");
    events[399].as_object()["Payload"].as_array()[0].as_object()["Result"] = "Maybe";
    EXPECT_EQ(verdict(whole), "value Events[399].Payload[0].Result [Maybe]");
}

}  // namespace
}  // namespace twinstorm::defender

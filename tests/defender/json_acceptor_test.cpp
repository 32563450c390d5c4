#include "defender/json_acceptor.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "defender/json_message.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::defender {
namespace {

constexpr std::string_view kLogin = R"({"AgentVersion":"0.0.5",
 "AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf","MessageSchemaVersion":"1.0","Events":[
 {"Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09+02:00",
  "TimestampUTC":"2024-05-06T07:08:09Z","Category":"Triggered","Name":"Login",
  "EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0",
  "Payload":[{"ProcessId":2211,"UserId":"1000","UserName":"pi","Operation":"login",
              "Executable":"/usr/bin/\"sshd\"","RemoteAddress":"203.0.113.7","RemotePort":"51514",
              "LocalPort":"22","Result":"Fail","ExtraDetails":{"a":"b","c":"\\"}}]},
 {"Category":"Periodic","EventType":"Security","Name":"ListeningPorts",
  "PayloadSchemaVersion":"1.0","Id":"9c647395-b913-4997-a732-a7fe7303b649",
  "TimestampLocal":"2024-05-06T09:08:09+02:00","TimestampUTC":"2024-05-06T07:08:09Z",
  "IsEmpty":true,"Payload":[]}]} )";
// What shipped agents send, and the schema refuses.
constexpr std::string_view kShipped =
    R"({"AgentVersion":"1","AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf",)"
    R"("MessageSchemaVersion":"1.0","Events":[{"Category":"Aggregated","EventType":"Security",)"
    R"("Name":"ConnectionCreate","PayloadSchemaVersion":"1.0","IsEmpty":false,)"
    R"("Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09",)"
    R"("TimestampUTC":"2024-05-06T07:08:09Z","Payload":[{"RemoteAddress":"::1","RemotePort":0,)"
    R"("Direction":"In","Protocol":"tcp","ProcessId":-12,"Executable":"nc",)"
    R"("ExtraDetails":{"HitCount":7}}]}]})";

// Three events, of which the first and the last have all in common between times and payload.
constexpr std::string_view kRow =
    R"({"AgentVersion":"1","AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf",)"
    R"("MessageSchemaVersion":"1.0","Events":[)"
    R"({"Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09Z",)"
    R"("TimestampUTC":"2024-05-06T09:08:09Z","Category":"Triggered","Name":"ProcessTerminate",)"
    R"("EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[)"
    R"({"Executable":"/bin/first","ProcessId":1,"ExitStatus":0}]},)"
    R"({"Id":"8fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:10Z",)"
    R"("TimestampUTC":"2024-05-06T09:08:10Z","Category":"Periodic","Name":"LocalUsers",)"
    R"("EventType":"Security","IsEmpty":true,"PayloadSchemaVersion":"1.0","Payload":[]},)"
    R"({"Id":"9fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:11Z",)"
    R"("TimestampUTC":"2024-05-06T09:08:11Z","Category":"Triggered","Name":"ProcessTerminate",)"
    R"("EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0","Payload":[)"
    R"({"Executable":"/bin/last","ProcessId":2,"ExitStatus":"last"}]}]})";

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
    std::string result(text);
    result.replace(result.find(what), what.size(), with);
    return result;
}

void expect_wrong(std::span<const std::string> bodies) {
    for (const std::string& body : bodies) {
        EXPECT_FALSE(is_plainly_right(body, Mode::kStrict)) << body;
        EXPECT_TRUE(find_flaw(body, Mode::kStrict)) << body;
    }
}

TEST(JsonAcceptor, WhatAgentsSendIsPlainlyRight) {
    EXPECT_TRUE(is_plainly_right(kLogin, Mode::kStrict));
    EXPECT_TRUE(is_plainly_right(kLogin, Mode::kAsShipped));
    EXPECT_TRUE(is_plainly_right(kShipped, Mode::kAsShipped));
    EXPECT_FALSE(is_plainly_right(kShipped, Mode::kStrict));
}

// What an event has in common with one before it says nothing of the rest.
TEST(JsonAcceptor, EachEventOfAKindIsReadToItsEnd) {
    const std::string row = replaced(kRow, "\"last\"", "0");
    EXPECT_TRUE(is_plainly_right(row, Mode::kStrict));
    EXPECT_FALSE(find_flaw(row, Mode::kStrict));
    const std::string wrong[] = {
        std::string(kRow),
        replaced(row, "{\"Executable\":\"/bin/last\",\"ProcessId\":2,\"ExitStatus\":0}", ""),
        replaced(row, "{\"Executable\":\"/bin/last\",\"ProcessId\":2,\"ExitStatus\":0}]", "]"),
        replaced(row, "\"Id\":\"9fddeb54-8ea7-4bd5-a723-bade5bc56fc5\",", ""),
        replaced(row, "\"TimestampLocal\":\"2024-05-06T09:08:11Z\",", ""),
        replaced(row, "\"2024-05-06T09:08:11Z\",\"Category\":\"Triggered\"",
                 "\"2024-05-06T09:08:11Z\",\"Category\":\"Periodic\""),
    };
    expect_wrong(wrong);
    // Told twice: not plain, whatever it comes to.
    const std::string twice = replaced(row, "\"9fddeb54-8ea7-4bd5-a723-bade5bc56fc5\",",
                                       "\"9fddeb54-8ea7-4bd5-a723-bade5bc56fc5\",\"Category\":"
                                       "\"Triggered\",");
    EXPECT_FALSE(is_plainly_right(twice, Mode::kStrict));
}

// Right, but not plainly: the close look has to say so.
TEST(JsonAcceptor, RareFormsAreLeftToTheCloseLook) {
    const std::string rare[] = {
        replaced(kLogin, "pi", "\xC3\xBC"),
        replaced(kLogin, "pi", "\\u00fc"),
        replaced(kLogin, "\"Fail\"", "\"\\u0046ail\""),
        replaced(kLogin, "2211", "1234567890123456789"),
        replaced(kLogin, "\"AgentVersion\":\"0.0.5\"",
                 "\"AgentVersion\":\"0.0.5\",\"AgentVersion\":\"0.0.5\""),
    };
    for (const std::string& body : rare) {
        EXPECT_FALSE(is_plainly_right(body, Mode::kStrict)) << body;
        EXPECT_FALSE(check_json_message(body, Mode::kStrict)) << body;
    }
}

TEST(JsonAcceptor, WhatIsWrongIsNeverPlainlyRight) {
    const std::string wrong[] = {
        replaced(kLogin, "\"UserId\":\"1000\",\"UserName\":\"pi\",", ""),
        replaced(kLogin, "2211", "02211"),
        replaced(kLogin, "2211", "-0.5"),
        replaced(kLogin, "2211", "22x"),
        replaced(kLogin, "false", "fals"),
        replaced(kLogin, "false", "true"),
        replaced(kLogin, "true", "false"),
        replaced(kLogin, "2024-05-06T09:08:09+02:00", ""),
        replaced(kLogin, "\\\\", "\\x"),
        replaced(kLogin, "\"Login\"", "\"Logout\""),
        replaced(kLogin, "Triggered", "Aggregated"),
        replaced(kLogin, ",\"Payload\":[]", ""),
        replaced(kLogin, "[]", "[7]"),
        std::string(kLogin) + "x",
    };
    expect_wrong(wrong);
}

// Its yes must be a yes of the close look, whatever is done to a right message.
TEST(JsonAcceptor, AcceptsNothingThatTheCloseLookRefuses) {
    Random random(20'240'506);
    constexpr std::string_view kPieces[] = {"\"", "\\",   "{",        "}",      "[",   "]",
                                            ",",  ":",    "0",        "-",      "1.0", "true",
                                            " ",  "\x01", "\xC3\xA9", "\"Id\":"};
    const std::string bodies[] = {std::string(kLogin), std::string(kShipped),
                                  replaced(kRow, "\"last\"", "0")};
    std::size_t accepted = 0;
    for (int i = 0; i < 60'000; ++i) {
        std::string body(bodies[static_cast<std::size_t>(i) % std::size(bodies)]);
        const std::size_t from = random.bits() % body.size();
        const std::string_view piece = kPieces[random.bits() % std::size(kPieces)];
        switch (random.bits() % 4) {
            case 0:
                body.replace(from, piece.size(), piece);
                break;
            case 1:
                body.insert(from, piece);
                break;
            case 2:
                body.erase(from, random.bits() % 20);
                break;
            default:
                body.replace(from, 8, body.substr(random.bits() % body.size(), 8));
        }
        for (const Mode mode : {Mode::kStrict, Mode::kAsShipped}) {
            if (is_plainly_right(body, mode)) {
                ++accepted;
                ASSERT_FALSE(find_flaw(body, mode)) << body;
            }
        }
    }
    EXPECT_GT(accepted, 1'000U);
}

}  // namespace
}  // namespace twinstorm::defender

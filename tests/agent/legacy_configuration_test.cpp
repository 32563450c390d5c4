#include "twinstorm/agent/legacy_configuration.h"

#include <chrono>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

boost::json::object section(const std::string& inside) {
    return boost::json::parse("{\"" + std::string(kLegacyObjectName) + "\":" + inside + "}")
        .as_object();
}

LegacyOutcome parse(const std::string& inside, Family family = Family::kLegacyC) {
    return parse_legacy_configuration(section(inside), family);
}

// What the batch script of the service writes.
constexpr const char* kDefaultDocument = R"({
    "highPriorityMessageFrequency":{"value":"PT7M"},"lowPriorityMessageFrequency":{"value":"PT5H"},
    "snapshotFrequency":{"value":"PT13H"},"maxLocalCacheSizeInBytes":{"value":2560000},
    "maxMessageSizeInBytes":{"value":204800},"eventPriorityListeningPorts":{"value":"High"},
    "eventPriorityLocalUsers":{"value":"High"},"eventPriorityLogin":{"value":"High"},
    "eventPriorityProcessCreate":{"value":"Low"},"eventPriorityProcessTerminate":{"value":"Low"},
    "eventPrioritySystemInformation":{"value":"Low"},
    "eventPriorityConnectionCreate":{"value":"Low"},
    "eventPriorityFirewallConfiguration":{"value":"Low"},"eventPriorityOSBaseline":{"value":"Low"},
    "eventPriorityConnectedHardware":{"value":"Low"},
    "eventPriorityConfigurationError":{"value":"Low"},
    "eventPriorityDroppedEventsStatistics":{"value":"Low"},
    "eventPriorityMessageStatistics":{"value":"Low"},"eventPriorityDiagnostic":{"value":"Low"},
    "aggregationEnabledProcessCreate":{"value":true},
    "aggregationEnabledConnectionCreate":{"value":true},
    "aggregationEnabledProcessTerminate":{"value":true},
    "aggregationIntervalProcessCreate":{"value":"PT1H"},
    "aggregationIntervalConnectionCreate":{"value":"PT1H"},
    "aggregationIntervalProcessTerminate":{"value":"PT1H"}})";

TEST(LegacyConfiguration, AnAbsentObjectMeansTheDefaults) {
    for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
        const LegacyOutcome outcome = parse_legacy_configuration({}, family);
        EXPECT_TRUE(outcome.usable);
        EXPECT_EQ(outcome.configuration.high_frequency, Duration(7min));
        EXPECT_EQ(outcome.configuration.low_frequency, Duration(5h));
        EXPECT_EQ(outcome.configuration.snapshot_frequency, Duration(13h));
        EXPECT_EQ(outcome.configuration.message_bytes_max, 204'800u);
        EXPECT_EQ(outcome.configuration.priority(LegacyEvent::kLogin), LegacyPriority::kHigh);
        EXPECT_EQ(outcome.configuration.priority(LegacyEvent::kDiagnostic), LegacyPriority::kLow);
        boost::json::object null;
        null[kLegacyObjectName] = nullptr;
        EXPECT_EQ(legacy_reported(outcome, family),
                  legacy_reported(parse_legacy_configuration(null, family), family));
    }
    // What the agent in C has built in is larger than what the documents say.
    EXPECT_EQ(parse_legacy_configuration({}, Family::kLegacyC).configuration.cache_bytes_max,
              10'485'760u);
    EXPECT_EQ(parse_legacy_configuration({}, Family::kLegacyCs).configuration.cache_bytes_max,
              2'560'000u);
}

TEST(LegacyConfiguration, TheAgentInCReportsAsDocumented) {
    const auto expected = boost::json::parse(R"({
 "maxLocalCacheSizeInBytes":{"value":2560000},"maxMessageSizeInBytes":{"value":204800},
 "highPriorityMessageFrequency":{"value":"PT7M"},"lowPriorityMessageFrequency":{"value":"PT5H"},
 "snapshotFrequency":{"value":"PT13H"},"baselineCustomChecksEnabled":{"value":false},
 "eventPriorityOSBaseline":{"value":"low"},"eventPriorityConnectionCreate":{"value":"low"},
 "eventPriorityDiagnostic":{"value":"low"},"eventPriorityFirewallConfiguration":{"value":"low"},
 "eventPriorityListeningPorts":{"value":"high"},"eventPriorityLocalUsers":{"value":"high"},
 "eventPriorityLogin":{"value":"high"},"eventPriorityOperational":{"value":"high"},
 "eventPriorityProcessCreate":{"value":"low"},"eventPrioritySystemInformation":{"value":"low"},
 "aggregationEnabledProcessCreate":{"value":true},
 "aggregationIntervalProcessCreate":{"value":"PT1H"},
 "aggregationEnabledConnectionCreate":{"value":true},
 "aggregationIntervalConnectionCreate":{"value":"PT1H"}})");
    const auto reported = legacy_reported(parse(kDefaultDocument), Family::kLegacyC);
    EXPECT_EQ(reported.at(kLegacyObjectName), expected) << boost::json::serialize(reported);
}

TEST(LegacyConfiguration, TheAgentInCsReportsEveryKeyItKnows) {
    const auto reported =
        legacy_reported(parse(kDefaultDocument, Family::kLegacyCs), Family::kLegacyCs);
    const auto& object = reported.at(kLegacyObjectName).as_object();
    const boost::json::value document = boost::json::parse(kDefaultDocument);
    for (const auto& [key, value] : document.as_object()) {
        ASSERT_TRUE(object.contains(key)) << key;
        EXPECT_EQ(object.at(key), value) << key;
    }
    EXPECT_EQ(object.at("hubResourceId").at("value"), "");
    EXPECT_FALSE(object.contains("eventPriorityOperational"));
    EXPECT_FALSE(object.contains("baselineCustomChecksFilePath"));
}

TEST(LegacyConfiguration, ValuesAreTakenAndMirrored) {
    const LegacyOutcome outcome = parse(R"({
        "highPriorityMessageFrequency":{"value":"P1DT2H"},
        "lowPriorityMessageFrequency":{"value":"P1W"},"snapshotFrequency":{"value":"PT0.5S"},
        "eventPriorityLogin":{"value":"oFF"},"eventPriorityOperational":{"value":"Off"},
        "aggregationEnabledProcessCreate":{"value":false},
        "aggregationIntervalConnectionCreate":{"value":"PT120M"},
        "baselineCustomChecksEnabled":{"value":true},
        "baselineCustomChecksFilePath":{"value":"/etc/checks.xml"},
        "baselineCustomChecksFileHash":{"value":null},"colour":{"value":"red"},"flat":7})");
    ASSERT_TRUE(outcome.usable);
    EXPECT_EQ(outcome.configuration.priority(LegacyEvent::kMessageStatistics),
              LegacyPriority::kOff);
    EXPECT_FALSE(outcome.configuration.aggregates[0]);
    const auto reported = legacy_reported(outcome, Family::kLegacyC).at(kLegacyObjectName);
    EXPECT_EQ(reported.at("highPriorityMessageFrequency").at("value"), "P1DT2H");
    EXPECT_EQ(reported.at("lowPriorityMessageFrequency").at("value"), "P7D");
    EXPECT_EQ(reported.at("snapshotFrequency").at("value"), "PT0.5S");
    EXPECT_EQ(reported.at("eventPriorityLogin").at("value"), "off");
    EXPECT_EQ(reported.at("aggregationIntervalConnectionCreate").at("value"), "PT2H");
    EXPECT_EQ(reported.at("baselineCustomChecksFilePath").at("value"), "/etc/checks.xml");
    EXPECT_FALSE(reported.as_object().contains("baselineCustomChecksFileHash"));
}

TEST(LegacyConfiguration, OneWrongValueSpoilsTheObject) {
    for (const char* wrong : {
             "7",
             "[]",
             R"("text")",
             R"({"snapshotFrequency":"PT13H"})",
             R"({"snapshotFrequency":{}})",
             R"({"snapshotFrequency":{"value":13}})",
             R"({"snapshotFrequency":{"value":""}})",
             R"({"snapshotFrequency":{"value":"P"}})",
             R"({"snapshotFrequency":{"value":"PT"}})",
             R"({"snapshotFrequency":{"value":"13H"}})",
             R"({"snapshotFrequency":{"value":"PT1.5H3M"}})",
             R"({"snapshotFrequency":{"value":"-PT1H"}})",
             R"({"snapshotFrequency":{"value":"PT99999999999999999999H"}})",
             R"({"eventPriorityLogin":{"value":"Medium"}})",
             R"({"eventPriorityLogin":{"value":1}})",
             R"({"aggregationEnabledProcessCreate":{"value":"true"}})",
             R"({"maxMessageSizeInBytes":{"value":8191}})",
             R"({"maxMessageSizeInBytes":{"value":262145}})",
             R"({"maxMessageSizeInBytes":{"value":"204800"}})",
             R"({"maxMessageSizeInBytes":{"value":-1}})",
             R"({"maxLocalCacheSizeInBytes":{"value":8192}})",
             R"({"maxLocalCacheSizeInBytes":{"value":1e300}})",
             R"({"baselineCustomChecksFilePath":{"value":[1,[2,[3]]]}})",
         }) {
        for (const Family family : {Family::kLegacyC, Family::kLegacyCs}) {
            const LegacyOutcome outcome = parse(wrong, family);
            EXPECT_FALSE(outcome.usable) << wrong;
            EXPECT_TRUE(outcome.mistakes[static_cast<std::size_t>(LegacyMistake::kTypeMismatch)]);
        }
    }
    const std::string endless(100'000, '\'');
    EXPECT_FALSE(
        parse(R"({"hubResourceId":{"value":")" + endless + "\"}}", Family::kLegacyCs).usable);
}

bool makes(const LegacyOutcome& outcome, LegacyMistake mistake) {
    return outcome.mistakes[static_cast<std::size_t>(mistake)];
}

TEST(LegacyConfiguration, PoorChoicesAreMistakesButUsable) {
    LegacyOutcome outcome = parse(R"({"maxMessageSizeInBytes":{"value":10000}})");
    EXPECT_TRUE(outcome.usable);
    EXPECT_TRUE(makes(outcome, LegacyMistake::kOddMessageSize));
    EXPECT_FALSE(makes(outcome, LegacyMistake::kCacheBelowMessage));
    outcome = parse(R"({"maxLocalCacheSizeInBytes":{"value":9000}})");
    EXPECT_TRUE(makes(outcome, LegacyMistake::kCacheBelowMessage));
    EXPECT_FALSE(makes(outcome, LegacyMistake::kOddMessageSize));
    outcome = parse(R"({"highPriorityMessageFrequency":{"value":"PT6H"}})");
    EXPECT_TRUE(outcome.usable);
    EXPECT_TRUE(makes(outcome, LegacyMistake::kHighAboveLow));
    EXPECT_EQ(parse("{}").mistakes, (std::array<bool, kLegacyMistakeCount>{}));
}

TEST(LegacyConfiguration, DurationsBeyondTenYearsCountAsTenYears) {
    const LegacyOutcome outcome = parse(R"({"snapshotFrequency":{"value":"P60Y"}})");
    ASSERT_TRUE(outcome.usable);
    EXPECT_EQ(outcome.configuration.snapshot_frequency, Duration(10 * 366 * 24h));
}

}  // namespace
}  // namespace twinstorm::agent

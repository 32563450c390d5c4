#include "twinstorm/agent/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace twinstorm::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ConfigurationOutcome parse(const char* desired) {
    return parse_configuration(boost::json::parse(desired).as_object());
}

constexpr const char* kDocumentedSample = R"({
    "CollectorsCore_PriorityIntervals":"30,120,1440","IothubModule_MessageTimeout":2880,
    "Baseline_Disabled":false,"Baseline_MessageFrequency":"Low","Baseline_GroupsDisabled":"",
    "Baseline_ChecksDisabled":"","SystemInformation_Disabled":false,
    "SystemInformation_MessageFrequency":"Low","SystemInformation_HardwareVendor":"Contoso",
    "SystemInformation_HardwareModel":"EV-1","SystemInformation_HardwareSerialNumber":"000017",
    "SystemInformation_FirmwareVendor":"Contoso","SystemInformation_FirmwareVersion":"1.4.2",
    "SBoM_Disabled":false,"SBoM_MessageFrequency":"Low","Heartbeat_Disabled":false,
    "Heartbeat_MessageFrequency":"Low","Login_Disabled":false,"Login_MessageFrequency":"Medium",
    "Login_UsePAM":false,"NetworkActivity_Disabled":false,
    "NetworkActivity_MessageFrequency":"Medium","NetworkActivity_Devices":"eth0",
    "NetworkActivity_CacheSize":256,"NetworkActivity_PacketBufferSize":2097152,
    "Process_Disabled":false,"Process_MessageFrequency":"Medium","Process_PollingInterval":100000,
    "Process_Mode":1,"Process_CacheSize":256,"LogCollector_Disabled":false,
    "LogCollector_MessageFrequency":"Low","FileSystem_Disabled":false,
    "FileSystem_MessageFrequency":"Low","FileSystem_Recursive":true,
    "FileSystem_Paths":"/etc,/usr/local/bin","FileSystem_CacheSize":256,
    "Peripheral_Disabled":false,"Peripheral_MessageFrequency":"Low","Peripheral_CacheSize":256,
    "Statistics_Disabled":false,"Statistics_MessageFrequency":"Low","Statistics_CacheSize":256,
    "$version":7})";

TEST(Configuration, AnEmptyTwinMeansTheDocumentedDefaults) {
    const ConfigurationOutcome outcome = parse("{}");
    const Configuration& configuration = outcome.configuration;
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    EXPECT_THAT(configuration.interval_minutes, ElementsAre(30u, 120u, 1440u));
    EXPECT_EQ(configuration.message_timeout_minutes, 2880u);
    EXPECT_EQ(configuration.process_cache_size, 256);
    EXPECT_EQ(configuration.network_cache_size, 256);
    for (std::size_t i = 0; i < kCollectorCount; ++i) {
        const auto collector = static_cast<Collector>(i);
        const bool is_medium = collector == Collector::kLogin ||
                               collector == Collector::kNetworkActivity ||
                               collector == Collector::kProcess;
        EXPECT_FALSE(configuration[collector].disabled) << i;
        EXPECT_EQ(configuration[collector].frequency,
                  is_medium ? Priority::kMedium : Priority::kLow)
            << i;
    }
}

TEST(Configuration, TheDocumentedSampleIsTheDefault) {
    const ConfigurationOutcome outcome = parse(kDocumentedSample);
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    EXPECT_EQ(outcome.configuration, Configuration());
}

TEST(Configuration, EveryDocumentedKeyIsChecked) {
    boost::json::object sample = boost::json::parse(kDocumentedSample).as_object();
    sample.erase("$version");
    for (const auto& entry : sample) {
        const boost::json::object wrong{{entry.key(), boost::json::object{{"value", 1}}}};
        const ConfigurationOutcome outcome = parse_configuration(wrong);
        EXPECT_THAT(outcome.invalid_fields, ElementsAre(std::string(entry.key())));
        EXPECT_EQ(outcome.configuration, Configuration());
        const boost::json::object absent{{entry.key(), nullptr}};
        EXPECT_THAT(parse_configuration(absent).invalid_fields, IsEmpty()) << entry.key();
    }
}

TEST(Configuration, EachCollectorHasItsOwnSwitchAndFrequency) {
    constexpr const char* kNames[] = {
        "Baseline", "SystemInformation", "SBoM",       "Heartbeat",  "Login",     "NetworkActivity",
        "Process",  "LogCollector",      "FileSystem", "Peripheral", "Statistics"};
    for (std::size_t i = 0; i < kCollectorCount; ++i) {
        const std::string name = kNames[i];
        const ConfigurationOutcome outcome =
            parse_configuration({{name + "_Disabled", true}, {name + "_MessageFrequency", "High"}});
        EXPECT_THAT(outcome.invalid_fields, IsEmpty());
        Configuration expected;
        expected.collectors[i] = {true, Priority::kHigh};
        EXPECT_EQ(outcome.configuration, expected) << name;
    }
}

TEST(Configuration, ValuesAreTaken) {
    const ConfigurationOutcome outcome = parse(R"({
        "CollectorsCore_PriorityIntervals":" 2, 7 ,1440","IothubModule_MessageTimeout":60,
        "Process_CacheSize":12,"NetworkActivity_CacheSize":100000})");
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    // 7 is no multiple of 2: the documents say that it should be, not that it must.
    EXPECT_THAT(outcome.configuration.interval_minutes, ElementsAre(2u, 7u, 1440u));
    EXPECT_EQ(outcome.configuration.message_timeout_minutes, 60u);
    EXPECT_EQ(outcome.configuration.process_cache_size, 12);
    EXPECT_EQ(outcome.configuration.network_cache_size, 65535);
}

TEST(Configuration, TimesBeyondTenYearsCountAsTenYears) {
    const ConfigurationOutcome outcome = parse(R"({
        "CollectorsCore_PriorityIntervals":"1,2,99999999999999",
        "IothubModule_MessageTimeout":9223372036854775807})");
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    EXPECT_EQ(outcome.configuration.interval_minutes[2], 10u * 366 * 24 * 60);
    EXPECT_EQ(outcome.configuration.message_timeout_minutes, 10u * 366 * 24 * 60);
}

TEST(Configuration, WrongIntervalsKeepTheDefault) {
    for (const char* wrong :
         {"", ",", ",,", "30", "30,120", "30,120,", ",120,1440", "30,120,1440,", "30,120,1440,5",
          "0,120,1440", "-30,120,1440", "+30,120,1440", "30.5,120,1440", "30,120,x",
          "30 1,120,1440", "0x1e,120,1440", "30;120;1440", "30,120,99999999999999999999999999"}) {
        const ConfigurationOutcome outcome =
            parse_configuration({{"CollectorsCore_PriorityIntervals", wrong}});
        EXPECT_THAT(outcome.invalid_fields, ElementsAre("CollectorsCore_PriorityIntervals"))
            << wrong;
        EXPECT_EQ(outcome.configuration, Configuration());
    }
}

TEST(Configuration, WrongValuesOfEachTypeAreNamed) {
    struct Wrong {
        const char* key;
        const char* value;
    };
    constexpr Wrong kWrong[] = {
        {"CollectorsCore_PriorityIntervals", "[30,120,1440]"},
        {"CollectorsCore_PriorityIntervals", "30"},
        {"IothubModule_MessageTimeout", "0"},
        {"IothubModule_MessageTimeout", "-1"},
        {"IothubModule_MessageTimeout", "\"2880\""},
        {"IothubModule_MessageTimeout", "2880.5"},
        {"Process_Mode", "0"},
        {"Process_Mode", "4"},
        {"Process_Mode", "-1"},
        {"Process_Mode", "\"1\""},
        {"Process_Disabled", "\"true\""},
        {"Process_Disabled", "1"},
        {"Process_MessageFrequency", "\"high\""},
        {"Process_MessageFrequency", "\"Off\""},
        {"Process_MessageFrequency", "2"},
        {"Login_UsePAM", "\"False\""},
        {"Baseline_GroupsDisabled", "[\"Time Synchronization\"]"},
        {"FileSystem_Paths", "7"},
        {"FileSystem_Recursive", "{}"},
        {"Process_CacheSize", "0"},
        {"Process_CacheSize", "true"},
    };
    for (const Wrong& wrong : kWrong) {
        const boost::json::object desired{{wrong.key, boost::json::parse(wrong.value)}};
        const ConfigurationOutcome outcome = parse_configuration(desired);
        EXPECT_THAT(outcome.invalid_fields, ElementsAre(wrong.key)) << wrong.value;
        EXPECT_EQ(outcome.configuration, Configuration()) << wrong.key << ' ' << wrong.value;
    }
}

TEST(Configuration, ValidKeysBesideInvalidOnesApplyAndMistakesComeInAStableOrder) {
    const ConfigurationOutcome outcome = parse(R"({
        "Statistics_CacheSize":-1,"Process_Mode":9,"Process_MessageFrequency":"High",
        "Heartbeat_Disabled":"no","CollectorsCore_PriorityIntervals":"never"})");
    EXPECT_THAT(outcome.invalid_fields,
                ElementsAre("CollectorsCore_PriorityIntervals", "Heartbeat_Disabled",
                            "Process_Mode", "Statistics_CacheSize"));
    EXPECT_EQ(outcome.configuration[Collector::kProcess].frequency, Priority::kHigh);
}

TEST(Configuration, UnknownKeysAreIgnored) {
    const ConfigurationOutcome outcome = parse(R"({
        "$version":7,"process_mode":9,"Process_Colour":"red","SBOM_Disabled":1,"Process":{},
        "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration":{"a":{"value":[]}}})");
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    EXPECT_EQ(outcome.configuration, Configuration());
}

TEST(Configuration, TheReportedPatchSaysHowItWent) {
    EXPECT_EQ(boost::json::serialize(reported_patch(parse("{}"))),
              R"({"latest_state":"success","latest_invalid_fields":null})");
    EXPECT_EQ(boost::json::serialize(reported_patch(parse(R"({"Process_Mode":9})"))),
              R"({"latest_state":"failed","latest_invalid_fields":["Process_Mode"]})");
}

}  // namespace
}  // namespace twinstorm::agent

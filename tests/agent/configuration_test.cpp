#include "twinstorm/agent/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const AgentOptions kOptions;

ConfigurationOutcome parse(const char* desired) {
    return parse_configuration(boost::json::parse(desired).as_object(), kOptions);
}

boost::json::object patch(const char* desired, const AgentOptions& options = kOptions) {
    return reported_patch(parse_configuration(boost::json::parse(desired).as_object(), options),
                          options);
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

// But for what it says of its own: the hardware, and folders to watch.
TEST(Configuration, TheDocumentedSampleIsTheDefault) {
    ConfigurationOutcome outcome = parse(kDocumentedSample);
    EXPECT_THAT(outcome.invalid_fields, IsEmpty());
    EXPECT_EQ(outcome.configuration.overrides,
              (HardwareOverrides{"Contoso", "EV-1", "000017", "Contoso", "1.4.2"}));
    EXPECT_TRUE(outcome.configuration.paths_watched.any());
    outcome.configuration.overrides = {};
    outcome.configuration.paths_watched.reset();
    EXPECT_EQ(outcome.configuration, Configuration());
}

TEST(Configuration, EveryDocumentedKeyIsChecked) {
    boost::json::object sample = boost::json::parse(kDocumentedSample).as_object();
    sample.erase("$version");
    for (const auto& entry : sample) {
        const boost::json::object wrong{{entry.key(), boost::json::object{{"value", 1}}}};
        const ConfigurationOutcome outcome = parse_configuration(wrong, kOptions);
        EXPECT_THAT(outcome.invalid_fields, ElementsAre(std::string(entry.key())));
        EXPECT_EQ(outcome.configuration, Configuration());
        const boost::json::object absent{{entry.key(), nullptr}};
        EXPECT_THAT(parse_configuration(absent, kOptions).invalid_fields, IsEmpty()) << entry.key();
    }
}

TEST(Configuration, EachCollectorHasItsOwnSwitchAndFrequency) {
    constexpr const char* kNames[] = {
        "Baseline", "SystemInformation", "SBoM",       "Heartbeat",  "Login",     "NetworkActivity",
        "Process",  "LogCollector",      "FileSystem", "Peripheral", "Statistics"};
    for (std::size_t i = 0; i < kCollectorCount; ++i) {
        const std::string name = kNames[i];
        const ConfigurationOutcome outcome = parse_configuration(
            {{name + "_Disabled", true}, {name + "_MessageFrequency", "High"}}, kOptions);
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
            parse_configuration({{"CollectorsCore_PriorityIntervals", wrong}}, kOptions);
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
        const ConfigurationOutcome outcome = parse_configuration(desired, kOptions);
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

TEST(Configuration, UnknownKeysAreInvalidWhereThePersonaSaysSo) {
    AgentOptions options;
    options.unknown_keys = UnknownKeys::kInvalid;
    const auto outcome = parse_configuration(
        boost::json::parse(R"({"$version":7,"Process_Mode":1,"process_mode":9,"SBOM_Disabled":1,
            "SBoM_Disabled":true,"Heartbeat_MessageFrequency":"Low","Gone_Key":null})")
            .as_object(),
        options);
    EXPECT_THAT(outcome.invalid_fields, ElementsAre("process_mode", "SBOM_Disabled"));
}

TEST(Configuration, CachesAndSourcesAreTaken) {
    const Configuration configuration =
        parse(R"({"FileSystem_CacheSize":1,"Peripheral_CacheSize":2,"Statistics_CacheSize":3,
                  "Login_UsePAM":true,"NetworkActivity_Devices":"wlan0, eth1"})")
            .configuration;
    EXPECT_EQ(configuration.file_system_cache_size, 1);
    EXPECT_EQ(configuration.peripheral_cache_size, 2);
    EXPECT_EQ(configuration.statistics_cache_size, 3);
    EXPECT_TRUE(configuration.login_uses_pam);
    EXPECT_FALSE(configuration.captures_eth0);
    EXPECT_TRUE(parse(R"({"NetworkActivity_Devices":"wlan0, eth0"})").configuration.captures_eth0);
}

std::vector<std::string> watched(const char* desired) {
    std::vector<std::string> paths;
    const auto& all = host::catalogue().paths;
    const Configuration configuration = parse(desired).configuration;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (configuration.paths_watched[i]) {
            paths.push_back(all[i]);
        }
    }
    return paths;
}

TEST(Configuration, NothingIsWatchedUnlessAFolderIsNamed) {
    EXPECT_THAT(watched("{}"), IsEmpty());
    EXPECT_THAT(watched(R"({"FileSystem_Paths":""})"), IsEmpty());
    EXPECT_THAT(watched(R"({"FileSystem_Paths":"/et"})"), IsEmpty());  // No folder of that name.
    EXPECT_THAT(watched(R"({"FileSystem_Paths":["/etc"]})"), IsEmpty());
    EXPECT_EQ(watched(R"({"FileSystem_Paths":"/"})").size(), host::catalogue().paths.size());
    const auto etc = watched(R"({"FileSystem_Paths":" /etc , /nowhere"})");
    EXPECT_THAT(etc, Not(IsEmpty()));
    EXPECT_THAT(etc, Each(StartsWith("/etc/")));
    EXPECT_EQ(watched(R"({"FileSystem_Paths":"/etc/"})"), etc);
}

TEST(Configuration, WithoutRecursionOnlyAFoldersOwnFilesAreWatched) {
    const auto children = watched(R"({"FileSystem_Paths":"/etc","FileSystem_Recursive":false})");
    EXPECT_THAT(children, Not(IsEmpty()));
    for (const std::string& path : children) {
        EXPECT_EQ(path.find('/', 5), std::string::npos) << path;
    }
    EXPECT_LT(children.size(), watched(R"({"FileSystem_Paths":"/etc"})").size());
}

TEST(Configuration, ChecksAreDisabledByIdAndByGroup) {
    const auto& checks = host::catalogue().checks;
    const boost::json::object desired{{"Baseline_ChecksDisabled", "9.9.9.9, " + checks[0].id + ","},
                                      {"Baseline_GroupsDisabled", checks.back().group}};
    const auto disabled = parse_configuration(desired, kOptions).configuration.checks_disabled;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        EXPECT_EQ(disabled[i],
                  checks[i].id == checks[0].id || checks[i].group == checks.back().group)
            << i;
    }
    EXPECT_LT(disabled.count(), checks.size());
}

TEST(Configuration, HostileTwinsAreBounded) {
    AgentOptions options;
    options.unknown_keys = UnknownKeys::kInvalid;
    boost::json::object desired;
    for (int i = 0; i < 1'000; ++i) {
        desired["x" + std::to_string(i) + std::string(900, '\\')] = i;
    }
    desired["FileSystem_Paths"] = std::string(100'000, ',') + std::string(100'000, '/');
    desired["CollectorsCore_PriorityIntervals"] = std::string(100'000, '1');
    desired["SystemInformation_HardwareModel"] = std::string(kOverrideBytesMax + 1, 'x');
    desired["SystemInformation_HardwareVendor"] = std::string(kOverrideBytesMax, '"');
    boost::json::value deep = 1;
    for (int i = 0; i < 30; ++i) {
        deep = boost::json::object{{"a", std::move(deep)}};
    }
    desired["Process_Mode"] = std::move(deep);
    const auto outcome = parse_configuration(desired, options);
    EXPECT_THAT(outcome.invalid_fields, Contains("SystemInformation_HardwareModel"));
    EXPECT_THAT(outcome.invalid_fields, Contains("Process_Mode"));
    EXPECT_LE(outcome.invalid_fields.size(), kInvalidFieldsMax);
    EXPECT_LT(boost::json::serialize(reported_patch(outcome, options)).size(), 32'768u);
    EXPECT_EQ(outcome.configuration.overrides.hardware_vendor, std::string(kOverrideBytesMax, '"'));
}

TEST(Configuration, TheReportedPatchSaysHowItWent) {
    EXPECT_EQ(boost::json::serialize(patch("{}")),
              R"({"latest_state":"success","latest_invalid_fields":null})");
    EXPECT_EQ(
        boost::json::serialize(patch(R"({"Process_Mode":9,"Login_UsePAM":1})")),
        R"({"latest_state":"failed","latest_invalid_fields":["Login_UsePAM","Process_Mode"]})");
    AgentOptions options;
    options.invalid_fields_as_text = true;
    EXPECT_EQ(boost::json::serialize(patch(R"({"Process_Mode":9,"Login_UsePAM":1})", options)),
              R"({"latest_state":"failed","latest_invalid_fields":"Login_UsePAM,Process_Mode"})");
}

}  // namespace
}  // namespace twinstorm::agent

#include "twinstorm/query/path.h"

#include <vector>

#include <gtest/gtest.h>
#include <boost/json/value.hpp>

#include "query/documents.h"
#include "query/path_parser.h"

namespace twinstorm::query {
namespace {

using Segments = std::vector<std::string>;

Segments segments(std::string_view text, const Scope& scope = {}) {
    Cursor cursor(text);
    const Path path = resolve(cursor, parse_path(cursor), scope);
    EXPECT_FALSE(cursor.failed()) << cursor.error()->detail;
    EXPECT_TRUE(cursor.at_end()) << cursor.rest();
    return path.segments();
}

TEST(Path, FindsWhatIsThere) {
    const boost::json::object twin = device_twin();
    EXPECT_EQ(*Path({"tags", "location", "region"}).find(twin), "US");
    EXPECT_EQ(*Path({"properties", "desired", "$version"}).find(twin), 3);
    EXPECT_TRUE(Path({"x509Thumbprint", "primaryThumbprint"}).find(twin)->is_null());
}

TEST(Path, FindsNothingBesideOrBelow) {
    const boost::json::object twin = device_twin();
    EXPECT_EQ(Path().find(twin), nullptr);
    EXPECT_EQ(Path({"tags", "Site"}).find(twin), nullptr);
    EXPECT_EQ(Path({"tags", "site", "more"}).find(twin), nullptr);
    EXPECT_EQ(Path({"tags", "list", "0"}).find(twin), nullptr);
    EXPECT_EQ(Path({"x509Thumbprint", "primaryThumbprint", "x"}).find(twin), nullptr);
}

TEST(Path, KnowsItsRoots) {
    EXPECT_EQ(Path().roots(), Roots{});
    EXPECT_EQ(Path({"deviceId"}).roots(), Roots{Root::kHeader});
    EXPECT_EQ(Path({"tags", "properties"}).roots(), Roots{Root::kTags});
    EXPECT_EQ(Path({"configurations", "c", "status"}).roots(), Roots{Root::kConfigurations});
    EXPECT_EQ(Path({"properties", "desired", "x"}).roots(), Roots{Root::kDesired});
    EXPECT_EQ(Path({"properties", "reported", "$version"}).roots(), Roots{Root::kReported});
    EXPECT_EQ(Path({"properties", "reported", "$metadata", "x"}).roots(),
              Roots{Root::kReportedMetadata});
    EXPECT_EQ(Path({"properties", "desired"}).roots(),
              (Roots{Root::kDesired, Root::kDesiredMetadata}));
    EXPECT_EQ(Path({"properties"}).roots(), (Roots{Root::kDesired, Root::kDesiredMetadata,
                                                   Root::kReported, Root::kReportedMetadata}));
    EXPECT_EQ(Path({"properties", "other"}).roots(), Roots{});
}

TEST(PathParser, SplitsAtDotsOutsideOfBrackets) {
    EXPECT_EQ(segments("tags.location.region"), (Segments{"tags", "location", "region"}));
    EXPECT_EQ(segments("tags.[[odd.name]].x"), (Segments{"tags", "odd.name", "x"}));
    EXPECT_EQ(segments("configurations.[[a b-c]].status"),
              (Segments{"configurations", "a b-c", "status"}));
    EXPECT_EQ(segments("tags.[[a]]]"), (Segments{"tags", "a]"}));
    EXPECT_EQ(segments("[[group]].x"), (Segments{"group", "x"}));
    EXPECT_EQ(segments("properties.reported.$metadata.x.$lastUpdated"),
              (Segments{"properties", "reported", "$metadata", "x", "$lastUpdated"}));
    EXPECT_EQ(segments("properties.reported.2nd"), (Segments{"properties", "reported", "2nd"}));
    EXPECT_EQ(segments("tags.größe"), (Segments{"tags", "größe"}));
}

TEST(PathParser, TakesWordsOfTheLanguageAfterADot) {
    EXPECT_EQ(segments("tags.from"), (Segments{"tags", "from"}));
    EXPECT_EQ(segments("tags.in.NOT.select"), (Segments{"tags", "in", "NOT", "select"}));
    EXPECT_EQ(segments("true.x"), (Segments{"true", "x"}));
}

TEST(PathParser, BringsTheHubsNamesToTheirUsualSpelling) {
    EXPECT_EQ(segments("DEVICEID"), Segments{"deviceId"});
    EXPECT_EQ(segments("LastActivityTime"), Segments{"lastActivityTime"});
    EXPECT_EQ(segments("Properties.Desired.Interval"),
              (Segments{"properties", "desired", "Interval"}));
    EXPECT_EQ(segments("Capabilities.IoTEdge"), (Segments{"capabilities", "iotEdge"}));
    EXPECT_EQ(segments("x509thumbprint.PrimaryThumbprint"),
              (Segments{"x509Thumbprint", "primaryThumbprint"}));
    EXPECT_EQ(segments("TAGS.DeviceId"), (Segments{"tags", "DeviceId"}));
    EXPECT_EQ(segments("own.Name"), (Segments{"own", "Name"}));
}

TEST(PathParser, DropsTheCollection) {
    const Scope aliased{.source = Source::kDevices, .alias = "c"};
    EXPECT_EQ(segments("c.tags.x", aliased), (Segments{"tags", "x"}));
    EXPECT_EQ(segments("C.deviceId", aliased), Segments{"deviceId"});
    EXPECT_EQ(segments("tags.c", aliased), (Segments{"tags", "c"}));
    EXPECT_EQ(segments("devices.deviceId"), Segments{"deviceId"});
    const Scope modules{.source = Source::kModules};
    EXPECT_EQ(segments("devices.modules.moduleId", modules), Segments{"moduleId"});
    EXPECT_EQ(segments("devices.deviceId", modules), Segments{"deviceId"});
    const Scope jobs{.source = Source::kJobs};
    EXPECT_EQ(segments("devices.jobs.jobId", jobs), Segments{"jobId"});
    EXPECT_EQ(segments("JobType", jobs), Segments{"jobType"});
    EXPECT_EQ(segments("devices.jobs.createdTimeUtc", jobs), Segments{"createdDateTimeUtc"});
}

}  // namespace
}  // namespace twinstorm::query

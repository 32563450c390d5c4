#include "twinstorm/query/query.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "query/documents.h"

namespace twinstorm::query {
namespace {

Query query(std::string_view text) {
    auto parsed = parse(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().detail);
    return parsed ? std::move(*parsed) : Query({});
}

// The row, from no more of the twin than the query asks for.
std::string row(std::string_view text) {
    const Query parsed = query(text);
    const boost::json::object twin = module_twin();
    const boost::json::object part = parsed.project(cut(twin, parsed.row_roots()));
    EXPECT_EQ(part, parsed.project(twin)) << text;
    return boost::json::serialize(part);
}

TEST(Query, OfAStarAnswersTwins) {
    const Query all = query("SELECT * FROM devices");
    EXPECT_EQ(all.source(), Source::kDevices);
    EXPECT_EQ(all.item_type(), ItemType::kTwin);
    EXPECT_TRUE(all.selects_all());
    EXPECT_FALSE(all.aggregates());
    EXPECT_EQ(all.top(), std::nullopt);
    EXPECT_TRUE(all.roots().empty());
    EXPECT_EQ(all.row_roots(), Roots::all());
    EXPECT_TRUE(all.matches(device_twin()));
    EXPECT_EQ(all.project(device_twin()), device_twin());
}

TEST(Query, ReadsTheThreeCollections) {
    EXPECT_EQ(query("select * from DEVICES").source(), Source::kDevices);
    EXPECT_EQ(query("SELECT * FROM devices.modules").source(), Source::kModules);
    EXPECT_EQ(query("SELECT * FROM devices.modules").item_type(), ItemType::kTwin);
    EXPECT_EQ(query("SELECT * FROM devices.jobs").source(), Source::kJobs);
    EXPECT_EQ(query("SELECT * FROM devices.jobs").item_type(), ItemType::kDeviceJob);
}

TEST(Query, FindsEveryMicroAgent) {
    const Query agents =
        query("SELECT * FROM devices.modules WHERE moduleId = 'DefenderIotMicroAgent'");
    EXPECT_TRUE(agents.matches(module_twin()));
    EXPECT_FALSE(agents.matches(device_twin()));
    EXPECT_EQ(agents.roots(), Roots{Root::kHeader});
}

TEST(Query, FindsJobsAsMicrosoftsExamplesDo) {
    const Query jobs = query(
        "SELECT * FROM devices.jobs\n  WHERE devices.jobs.deviceId = 'dev-0001'\n"
        "    AND devices.jobs.jobType = 'scheduleUpdateTwin'\n"
        "    AND devices.jobs.status = 'completed'\n"
        "    AND devices.jobs.createdTimeUtc > '2016-09-01'");
    EXPECT_TRUE(jobs.matches(job_document()));
    EXPECT_EQ(jobs.roots(), Roots{Root::kHeader});
    EXPECT_TRUE(query("SELECT * FROM devices.jobs WHERE outcome.deviceMethodResponse.status = 200")
                    .matches(job_document()));
    EXPECT_FALSE(query("SELECT * FROM devices.jobs WHERE jobId = 'j2'").matches(job_document()));
}

TEST(Query, ReadsAnAliasOfTheCollection) {
    for (const char* text : {"SELECT * FROM devices c WHERE c.tags.site = 'a'",
                             "SELECT * FROM devices AS c WHERE c.tags.site = 'a'",
                             "SELECT * FROM devices c WHERE tags.site = 'a'",
                             "SELECT * FROM devices WHERE devices.tags.site = 'a'"}) {
        EXPECT_TRUE(query(text).matches(device_twin())) << text;
        EXPECT_EQ(query(text).roots(), Roots{Root::kTags}) << text;
    }
    EXPECT_EQ(row("SELECT c.deviceId FROM devices c"), R"({"deviceId":"dev-0001"})");
}

TEST(Query, LimitsWithTop) {
    EXPECT_EQ(query("SELECT TOP 5 * FROM devices").top(), 5U);
    EXPECT_EQ(query("SELECT top 18446744073709551615 * FROM devices").top(), 18446744073709551615U);
    EXPECT_EQ(query("SELECT TOP 2 deviceId FROM devices").top(), 2U);
}

TEST(Query, ProjectsColumns) {
    EXPECT_EQ(row("SELECT deviceId, tags.site AS s FROM devices"),
              R"({"deviceId":"dev-0001","s":"a"})");
    EXPECT_EQ(row("select DeviceId, LastActivityTime from devices"),
              R"({"deviceId":"dev-0001","lastActivityTime":"2026-01-02T03:04:05.1234567Z"})");
    EXPECT_EQ(row("SELECT tags.location, tags.[[odd.name]] FROM devices"),
              R"({"location":{"region":"US","plant":"Redmond43"},"odd.name":"odd"})");
    EXPECT_EQ(row("SELECT properties.reported.$version FROM devices.modules"), R"({"$version":4})");
    EXPECT_EQ(query("SELECT deviceId FROM devices").item_type(), ItemType::kRaw);
}

TEST(Query, LeavesMissingPropertiesOut) {
    EXPECT_EQ(row("SELECT deviceId, tags.no AS n FROM devices"), R"({"deviceId":"dev-0001"})");
    EXPECT_EQ(row("SELECT tags.no FROM devices"), "{}");
}

TEST(Query, AsksForTheRootsOfItsRows) {
    EXPECT_EQ(query("SELECT deviceId FROM devices WHERE tags.x = 1").roots(), Roots{Root::kTags});
    EXPECT_EQ(query("SELECT deviceId FROM devices WHERE tags.x = 1").row_roots(),
              Roots{Root::kHeader});
    EXPECT_EQ(query("SELECT COUNT() AS n FROM devices").row_roots(), Roots{});
    EXPECT_EQ(query("SELECT COUNT() AS n FROM devices GROUP BY properties.desired.x").row_roots(),
              Roots{Root::kDesired});
    EXPECT_EQ(row("SELECT properties FROM devices").substr(0, 26), R"({"properties":{"desired":{)");
}

TEST(Query, NamesItsColumns) {
    const Query named = query(
        "SELECT tags.site, COUNT(), AVG(tags.x), MAX(tags.x) AS high, COUNT() AS count "
        "FROM devices GROUP BY tags.site");
    std::string names;
    for (const Column& column : named.columns()) {
        names += column.name + " ";
    }
    EXPECT_EQ(names, "site $1 $2 high count ");
    EXPECT_TRUE(named.aggregates());
    EXPECT_EQ(named.item_type(), ItemType::kRaw);
}

TEST(Query, TakesAFunctionsNameAsAProperty) {
    const Query counts = query("SELECT count, tags.min FROM devices");
    EXPECT_FALSE(counts.aggregates());
    EXPECT_EQ(counts.columns().front().path, Path({"count"}));
}

TEST(Query, IgnoresBlanksAndLines) {
    EXPECT_TRUE(query("\n SELECT\t*\r\nFROM\n devices \nWHERE tags.x = 1 \n").selects_all());
    EXPECT_TRUE(query("SELECT*FROM devices WHERE(tags.site='a')").matches(device_twin()));
}

TEST(Query, AggregatesModulesWithoutGroups) {
    EXPECT_TRUE(query("SELECT COUNT() AS n FROM devices.modules").aggregates());
}

}  // namespace
}  // namespace twinstorm::query

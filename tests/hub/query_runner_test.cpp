#include "hub/query_runner.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

constexpr int kDevices = 24;

hub::Options options() {
    hub::Options options;
    options.partitions = 6;
    options.throttle = false;
    return options;
}

class QueryRunner : public HubFixture, public ::testing::Test {
protected:
    QueryRunner() : HubFixture(options(), 3) {
        std::string items;
        for (int i = 0; i < kDevices; ++i) {
            items += fmt::format(R"({}{{"id":"d-{:02}","tags":{{"site":"{}","n":{}}},)"
                                 R"("properties":{{"desired":{{"x":{}}}}}}})",
                                 i == 0 ? "" : ",", i, i % 2 == 0 ? "a" : "b", i, i);
            items += fmt::format(R"(,{{"id":"d-{:02}","moduleId":"agent"}})", i);
        }
        EXPECT_EQ(rest("POST", "/devices", "[" + items + "]").status, 200U);
    }

    RestAnswer query(const std::string& text, const RestOptions& options = {}) {
        const auto answer =
            ask("POST", "/devices/query",
                boost::json::serialize(boost::json::object{{"query", text}}), options);
        for (int turn = 0; answer->status == 0 && turn < 100; ++turn) {
            for (const auto& other : other_loops) {
                other->pass(Duration::zero());
            }
            loop.pass(Duration::zero());
            settle();
        }
        return *answer;
    }

    // The ids of all pages, and how many pages there were.
    std::pair<std::vector<std::string>, int> pages(
        const std::string& text, const std::string& size,
        const std::function<void()>& between = [] {}) {
        std::vector<std::string> ids;
        RestOptions options{.item_count = size};
        for (int count = 1;; ++count) {
            const RestAnswer page = query(text, options);
            EXPECT_EQ(page.status, 200U);
            for (const auto& row : page.body.as_array()) {
                ids.emplace_back(row.at("deviceId").as_string());
            }
            options.continuation = page.continuation;
            if (page.continuation.empty() || count > kDevices) {
                return {ids, count};
            }
            between();
        }
    }
};

TEST_F(QueryRunner, AnswersInOrderFromAllShards) {
    const RestAnswer all = query("SELECT * FROM devices");
    EXPECT_EQ(all.item_type, "Twin");
    EXPECT_EQ(all.content_type, "application/json; charset=utf-8");
    ASSERT_EQ(all.body.as_array().size(), static_cast<std::size_t>(kDevices));
    EXPECT_TRUE(all.continuation.empty());
    for (int i = 0; i < kDevices; ++i) {
        EXPECT_EQ(all.text(fmt::format("/{}/deviceId", i)), fmt::format("d-{:02}", i));
    }
    EXPECT_EQ(all.body.at(5), rest("GET", "/twins/d-05").body);
}

TEST_F(QueryRunner, FindsByEveryPartOfATwin) {
    const std::pair<const char*, std::size_t> cases[] = {
        {"tags.site = 'a'", 12},
        {"properties.desired.x >= 20", 4},
        {"properties.desired.$version = 2", 24},
        {"is_defined(properties.desired.$metadata.x.$lastUpdated)", 24},
        {"properties.reported.$version = 1 AND tags.n < 3", 3},
        {"connectionState = 'Connected'", 0},
        {"deviceId IN ['d-07','d-03','none','d-07']", 2},
        {"deviceId = 'd-07' AND tags.site = 'a'", 0},
    };
    for (const auto& [condition, count] : cases) {
        const RestAnswer answer = query(std::string("SELECT * FROM devices WHERE ") + condition);
        EXPECT_EQ(answer.body.as_array().size(), count) << condition;
    }
}

TEST_F(QueryRunner, ReadsModules) {
    const RestAnswer all =
        query("SELECT * FROM devices.modules WHERE moduleId = 'agent'", {.item_count = "10"});
    ASSERT_EQ(all.body.as_array().size(), 10U);
    EXPECT_EQ(all.text("/9/deviceId"), "d-09");
    EXPECT_EQ(all.text("/9/moduleId"), "agent");
    EXPECT_EQ(pages("SELECT * FROM devices.modules", "5").first.size(), 24U);
}

TEST_F(QueryRunner, PagesToTheEnd) {
    const auto [ids, count] = pages("SELECT deviceId FROM devices WHERE tags.site = 'b'", "5");
    EXPECT_EQ(ids.size(), 12U);
    EXPECT_EQ(count, 3);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    // A last page that is just full is the last all the same.
    EXPECT_EQ(pages("SELECT deviceId FROM devices", "12").second, 2);
}

TEST_F(QueryRunner, NeitherRepeatsNorMissesWhenOthersComeAndGo) {
    int round = 0;
    const auto [ids, count] = pages("SELECT deviceId FROM devices", "5", [&] {
        if (round == 0) {
            EXPECT_EQ(rest("DELETE", "/devices/d-04").status, 204U);  // The last one shown.
            EXPECT_EQ(rest("DELETE", "/devices/d-05").status, 204U);  // The next one.
            EXPECT_EQ(rest("PUT", "/devices/d-00a", "{}").status, 200U);
            EXPECT_EQ(rest("PUT", "/devices/d-99", "{}").status, 200U);
        }
        ++round;
    });
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
    EXPECT_EQ(ids.size(), 24U);  // d-05 went unseen, d-99 came in time.
    EXPECT_EQ(ids.back(), "d-99");
    EXPECT_EQ(count, 5);
}

TEST_F(QueryRunner, StopsAtTheTop) {
    EXPECT_EQ(pages("SELECT TOP 7 deviceId FROM devices", "5").first.size(), 7U);
    EXPECT_EQ(pages("SELECT TOP 5 deviceId FROM devices", "5").second, 1);
}

TEST_F(QueryRunner, Projects) {
    const RestAnswer answer =
        query("SELECT deviceId, tags.n AS number FROM devices WHERE tags.n = 3");
    EXPECT_EQ(answer.item_type, "Raw");
    EXPECT_EQ(boost::json::serialize(answer.body), R"([{"deviceId":"d-03","number":3}])");
}

TEST_F(QueryRunner, AggregatesOverAllShards) {
    const RestAnswer sums =
        query("SELECT tags.site, COUNT() AS n, SUM(tags.n) AS s FROM devices GROUP BY tags.site");
    EXPECT_EQ(sums.item_type, "Raw");
    ASSERT_EQ(sums.body.as_array().size(), 2U);
    EXPECT_EQ(sums.number("/0/n"), 12);
    EXPECT_EQ(sums.number("/0/s") + sums.number("/1/s"), kDevices * (kDevices - 1) / 2);
    EXPECT_EQ(query("SELECT COUNT() AS n FROM devices WHERE tags.n > 90").number("/0/n"), 0);
}

TEST_F(QueryRunner, PagesAggregates) {
    const char* const text = "SELECT tags.n, COUNT() AS c FROM devices GROUP BY tags.n";
    std::set<std::int64_t> seen;
    RestOptions options{.item_count = "10"};
    for (int page = 0; page < 3; ++page) {
        const RestAnswer answer = query(text, options);
        for (const auto& row : answer.body.as_array()) {
            seen.insert(row.at("n").as_int64());
        }
        options.continuation = answer.continuation;
        EXPECT_EQ(answer.continuation.empty(), page == 2);
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kDevices));
}

TEST_F(QueryRunner, EndsAPageThatGrowsTooLarge) {
    const std::string text(4000, 'x');
    std::string members;
    for (int i = 0; i < 8; ++i) {
        members += fmt::format(R"({}"k{}":"{}")", i == 0 ? "" : ",", i, text);
    }
    for (int i = 0; i < 100; ++i) {
        const std::string path = fmt::format("/twins/e-{:03}", i);
        ASSERT_EQ(rest("PUT", fmt::format("/devices/e-{:03}", i), "{}").status, 200U);
        ASSERT_EQ(rest("PATCH", path, R"({"properties":{"desired":{)" + members + "}}}").status,
                  200U);
    }
    const auto [ids, count] = pages("SELECT * FROM devices WHERE STARTSWITH(deviceId, 'e-')", "");
    EXPECT_EQ(ids.size(), 100U);
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 100U);
    EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace twinstorm::testing

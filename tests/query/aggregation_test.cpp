#include "twinstorm/query/aggregation.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "query/documents.h"

namespace twinstorm::query {
namespace {

using Documents = std::vector<std::string>;

Query query(std::string_view text) {
    auto parsed = parse(text);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
    return parsed ? std::move(*parsed) : Query({});
}

Documents tagged(const std::vector<std::string>& tags) {
    Documents documents;
    for (const std::string& tag : tags) {
        documents.push_back(R"({"tags":)" + tag + "}");
    }
    return documents;
}

void add_all(Aggregation& aggregation, const Documents& documents) {
    for (const std::string& json : documents) {
        ASSERT_TRUE(aggregation.add(document(json)));
    }
}

// The rows of one shard, which those of any split in two must equal.
std::string rows(std::string_view text, const Documents& documents) {
    const Query parsed = query(text);
    Aggregation whole(parsed);
    add_all(whole, documents);
    for (std::size_t split = 0; split <= documents.size(); ++split) {
        const auto middle = documents.begin() + static_cast<std::ptrdiff_t>(split);
        Aggregation front(parsed);
        Aggregation back(parsed);
        add_all(front, {documents.begin(), middle});
        add_all(back, {middle, documents.end()});
        EXPECT_TRUE(back.merge(front));
        EXPECT_EQ(back.rows(), whole.rows()) << "split at " << split;
    }
    return boost::json::serialize(whole.rows());
}

TEST(Aggregation, CountsDocumentsAndProperties) {
    const Documents documents = tagged({R"({"x":1})", R"({"x":null})", "{}"});
    EXPECT_EQ(rows("SELECT COUNT() AS n FROM devices", documents), R"([{"n":3}])");
    EXPECT_EQ(rows("SELECT COUNT(tags.x) AS n, COUNT() FROM devices", documents),
              R"([{"n":2,"$1":3}])");
}

TEST(Aggregation, OfNothingIsOneRow) {
    EXPECT_EQ(rows("SELECT COUNT() AS n, SUM(tags.x) AS s, AVG(tags.x) AS a, MIN(tags.x) AS m "
                   "FROM devices",
                   {}),
              R"([{"n":0}])");
}

TEST(Aggregation, OfNothingInGroupsIsNoRow) {
    EXPECT_EQ(rows("SELECT tags.x, COUNT() AS n FROM devices GROUP BY tags.x", {}), "[]");
}

TEST(Aggregation, GroupsByAProperty) {
    EXPECT_EQ(rows("SELECT tags.site AS s, COUNT() AS n FROM devices GROUP BY tags.site",
                   tagged({R"({"site":"b"})", R"({"site":"a"})", R"({"site":"b"})", "{}",
                           R"({"site":null})", "{}"})),
              R"([{"s":null,"n":1},{"s":"a","n":1},{"s":"b","n":2},{"n":2}])");
}

TEST(Aggregation, KeepsValuesOfDifferentTypesApart) {
    EXPECT_EQ(rows("SELECT tags.x, COUNT() AS n FROM devices GROUP BY tags.x",
                   tagged({R"({"x":1})", R"({"x":"1"})", R"({"x":1.0})", R"({"x":true})",
                           R"({"x":[1]})", R"({"x":{"a":1}})"})),
              R"([{"x":true,"n":1},{"x":1,"n":2},{"x":"1","n":1},{"x":[1],"n":1},)"
              R"({"x":{"a":1},"n":1}])");
}

TEST(Aggregation, GroupsBySeveralProperties) {
    EXPECT_EQ(rows("SELECT tags.b, tags.a FROM devices GROUP BY tags.a, tags.b",
                   tagged({R"({"a":"x","b":"yz"})", R"({"a":"xy","b":"z"})", R"({"a":"x"})",
                           R"({"b":"x"})", R"({"a":"x","b":"yz"})"})),
              R"([{"b":"yz","a":"x"},{"a":"x"},{"b":"z","a":"xy"},{"b":"x"}])");
}

TEST(Aggregation, SumsNumbersOnly) {
    EXPECT_EQ(rows("SELECT SUM(tags.x) AS s, AVG(tags.x) AS a FROM devices",
                   tagged({R"({"x":1})", R"({"x":4})", R"({"x":"7"})", R"({"x":true})", "{}"})),
              R"([{"s":5,"a":2.5E0}])");
    EXPECT_EQ(rows("SELECT SUM(tags.x) AS s FROM devices",
                   tagged({R"({"x":1})", R"({"x":0.5})", R"({"x":2.0})"})),
              R"([{"s":3.5E0}])");
}

TEST(Aggregation, SumsIntegersExactly) {
    const std::string large = R"({"x":4503599627370495})";
    EXPECT_EQ(rows("SELECT SUM(tags.x) AS s FROM devices", tagged({large, large, large, large})),
              R"([{"s":18014398509481980}])");
}

TEST(Aggregation, GoesOnWithFractionsOverTheLargestInteger) {
    const Query parsed = query("SELECT SUM(tags.x) AS s FROM devices");
    Aggregation aggregation(parsed);
    add_all(aggregation, tagged({R"({"x":9223372036854775807})", R"({"x":9223372036854775807})",
                                 R"({"x":18446744073709551615})"}));
    const boost::json::array result = aggregation.rows();
    EXPECT_DOUBLE_EQ(result.at(0).at("s").to_number<double>(), 36893488147419103231.0);
}

TEST(Aggregation, FindsTheEnds) {
    EXPECT_EQ(rows("SELECT MIN(tags.x) AS low, MAX(tags.x) AS high FROM devices",
                   tagged({R"({"x":3})", R"({"x":-1.5})", R"({"x":2})", R"({"x":[9]})", "{}"})),
              R"([{"low":-1.5E0,"high":3}])");
    EXPECT_EQ(rows("SELECT MIN(tags.t) AS first, MAX(tags.t) AS last FROM devices",
                   tagged({R"({"t":"2026-02-01"})", R"({"t":"2026-01-31"})"})),
              R"([{"first":"2026-01-31","last":"2026-02-01"}])");
    EXPECT_EQ(rows("SELECT MIN(tags.x) AS low, MAX(tags.x) AS high FROM devices",
                   tagged({R"({"x":"a"})", R"({"x":3})", R"({"x":true})", R"({"x":null})"})),
              R"([{"low":null,"high":"a"}])");
}

TEST(Aggregation, AnswersNoMoreRowsThanTop) {
    EXPECT_EQ(rows("SELECT TOP 1 tags.x, COUNT() AS n FROM devices GROUP BY tags.x",
                   tagged({R"({"x":"b"})", R"({"x":"a"})"})),
              R"([{"x":"a","n":1}])");
}

TEST(Aggregation, HasALimitOfGroups) {
    const Query parsed = query("SELECT tags.x FROM devices GROUP BY tags.x");
    Aggregation front(parsed);
    Aggregation back(parsed);
    boost::json::object tags{{"x", 0}};
    const auto add = [&](Aggregation& to, std::size_t number) {
        tags["x"] = number;
        return to.add({{"tags", tags}});
    };
    for (std::size_t i = 0; i < kGroupsMax; ++i) {
        ASSERT_TRUE(add(front, i));
    }
    EXPECT_TRUE(add(front, 0)) << "a known group";
    const auto refused = add(front, kGroupsMax);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(front.rows().size(), kGroupsMax);

    ASSERT_TRUE(add(back, kGroupsMax));
    EXPECT_FALSE(back.merge(front));
}

}  // namespace
}  // namespace twinstorm::query

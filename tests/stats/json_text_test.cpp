#include "stats/json_text.h"

#include <limits>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "stats/json_document.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;

TEST(JsonText, SpreadsTwoLevelsAndKeepsTheRestOnTheirLine) {
    const json::value document = json::parse(
        R"({"name": "a", "rows": [{"x": 1, "y": [1, 2]}, {}], "empty": [], "none": {},
            "inner": {"on": true, "off": null}})");
    EXPECT_EQ(json_text(document.as_object()), R"({
  "name": "a",
  "rows": [
    {"x": 1, "y": [1, 2]},
    {}
  ],
  "empty": [],
  "none": {},
  "inner": {
    "on": true,
    "off": null
  }
}
)");
    EXPECT_EQ(json_text({}), "{}\n");
}

TEST(JsonText, WritesFloatsShortAndExact) {
    struct Row {
        double number;
        const char* text;
    };
    for (const Row& row :
         {Row{0.1, "0.1"}, Row{0.5, "0.5"}, Row{20, "20"}, Row{-0.0, "0"}, Row{-1.25, "-1.25"},
          Row{1e300, "1e+300"}, Row{1.0 / 3, "0.3333333333333333"},
          Row{std::numeric_limits<double>::infinity(), "null"},
          Row{std::numeric_limits<double>::quiet_NaN(), "null"}}) {
        EXPECT_EQ(json_text({{"a", row.number}}), std::string("{\n  \"a\": ") + row.text + "\n}\n");
    }
    Random random(9);
    for (int i = 0; i < 1'000; ++i) {
        const double number = (random.unit() - 0.5) * 1e6;
        EXPECT_EQ(parse_json(json_text({{"a", number}})).value().at("a").as_double(), number);
    }
}

TEST(JsonText, EscapesTextAndKeepsWholeNumbersWhole) {
    const json::object object{{"say \"hi\"", "line\nend\t\\ \x01 ü"},
                              {"most", std::numeric_limits<std::uint64_t>::max()},
                              {"least", std::numeric_limits<std::int64_t>::min()}};
    EXPECT_EQ(json::parse(json_text(object)), json::value(object));
}

TEST(JsonText, TextThatIsNoUtf8StillMakesReadableJson) {
    EXPECT_EQ(json_text({{"a", "caf\xe9"}}), "{\n  \"a\": \"caf?\"\n}\n");
}

}  // namespace
}  // namespace twinstorm::stats

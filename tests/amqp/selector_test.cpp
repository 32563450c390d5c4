#include "amqp/selector.h"

#include <gtest/gtest.h>

namespace twinstorm::amqp {
namespace {

using Position = events::Position;
using Kind = Position::Kind;

TEST(Selector, ReadsTheThreeAnnotations) {
    EXPECT_EQ(parse_selector("amqp.annotation.x-opt-offset > '-1'").value(),
              (Position{.kind = Kind::kOffset, .value = -1, .inclusive = false}));
    EXPECT_EQ(parse_selector("amqp.annotation.x-opt-sequence-number >= '12'").value(),
              (Position{.kind = Kind::kSequenceNumber, .value = 12}));
    EXPECT_EQ(parse_selector("amqp.annotation.x-opt-enqueued-time > '1767225600000'").value(),
              (Position{.kind = Kind::kEnqueuedTime, .value = 1767225600000, .inclusive = false}));
    EXPECT_EQ(parse_selector("amqp.annotation.x-opt-offset > '@latest'").value().kind,
              Kind::kLatest);
}

TEST(Selector, BlanksAndQuotesMayBeMissing) {
    EXPECT_EQ(parse_selector("amqp.annotation.x-opt-sequence-number>=7").value(),
              (Position{.kind = Kind::kSequenceNumber, .value = 7}));
}

TEST(Selector, RefusesAllElse) {
    for (const std::string_view text :
         {"", ">", "amqp.annotation.x-opt-offset", "amqp.annotation.x-opt-offset = '1'",
          "amqp.annotation.x-opt-offset > ''", "amqp.annotation.x-opt-offset > '1", "color > '1'",
          "amqp.annotation.x-opt-offset > '1' OR 1",
          "amqp.annotation.x-opt-sequence-number > '@latest'",
          "amqp.annotation.x-opt-offset > '99999999999999999999'"}) {
        EXPECT_FALSE(parse_selector(text).has_value()) << text;
    }
}

TEST(Selector, IsFoundAmongOtherFilters) {
    const auto text = [](Value::Kind kind, std::string_view of) {
        Value value{.kind = kind};
        value.text = of;
        return value;
    };
    const auto described = [&text](Value descriptor) {
        Value value{.kind = Value::Kind::kDescribed};
        value.items = {std::move(descriptor),
                       text(Value::Kind::kString, "amqp.annotation.x-opt-offset > '5'")};
        return value;
    };
    Value filters{.kind = Value::Kind::kMap};
    EXPECT_EQ(starting_position(filters).value().kind, Kind::kEarliest);
    filters.items = {text(Value::Kind::kSymbol, "other"),
                     described(text(Value::Kind::kSymbol, "other"))};
    EXPECT_EQ(starting_position(filters).value().kind, Kind::kEarliest);
    filters.items.push_back(text(Value::Kind::kSymbol, "selector"));
    filters.items.push_back(
        described(text(Value::Kind::kSymbol, "apache.org:selector-filter:string")));
    EXPECT_EQ(starting_position(filters).value().value, 5);
    filters.items[3].items[0] =
        Value{.kind = Value::Kind::kUnsigned, .width = 8, .number = 77567109365764};
    EXPECT_EQ(starting_position(filters).value().value, 5);
}

}  // namespace
}  // namespace twinstorm::amqp

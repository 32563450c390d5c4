#include "stats/json_cursor.h"

#include <cmath>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace twinstorm::stats {
namespace {

struct Document {
    explicit Document(const char* text) : value(boost::json::parse(text)) {}

    [[nodiscard]] JsonCursor root() { return {value, error}; }
    [[nodiscard]] std::string message() const { return error ? error->message() : ""; }

    boost::json::value value;
    std::optional<Error> error;
};

TEST(JsonCursor, ReadsEveryKind) {
    Document document(R"({"count": 18446744073709551615, "small": 7, "share": 0.5, "on": true,
                          "text": "two", "none": null})");
    const JsonCursor root = document.root();
    EXPECT_EQ(root.at("count").count(), ~std::uint64_t{0});
    EXPECT_EQ(root.at("small").count32(), 7u);
    EXPECT_EQ(root.at("small").number(), 7.0);
    EXPECT_EQ(root.at("share").number(), 0.5);
    EXPECT_TRUE(root.at("on").flag());
    EXPECT_EQ(root.at("text").text(), "two");
    EXPECT_TRUE(std::isnan(root.at("none").number()));
    EXPECT_EQ(root.optional_count("small"), 7u);
    EXPECT_EQ(root.optional_count("none"), std::nullopt);
    EXPECT_EQ(root.optional_number("missing"), std::nullopt);
    EXPECT_EQ(document.message(), "");
}

TEST(JsonCursor, NamesThePlaceOfAMistake) {
    struct Row {
        const char* text;
        void (*read)(const JsonCursor&);
        const char* message;
    };
    const Row rows[] = {
        {R"({})", [](const JsonCursor& at) { (void)at.at("a"); },
         "a: expected this member, which is missing"},
        {R"({"a": {}})", [](const JsonCursor& at) { (void)at.at("a").at("b").at("c"); },
         "a.b: expected this member, which is missing"},
        {R"([])", [](const JsonCursor& at) { (void)at.at("a"); },
         "the document: expected an object"},
        {R"({"a": -1})", [](const JsonCursor& at) { (void)at.at("a").count(); },
         "a: expected a whole number, not negative"},
        {R"({"a": 1.5})", [](const JsonCursor& at) { (void)at.at("a").count(); },
         "a: expected a whole number, not negative"},
        {R"({"a": 4294967296})", [](const JsonCursor& at) { (void)at.at("a").count32(); },
         "a: expected a whole number below 2^32"},
        {R"({"a": "1"})", [](const JsonCursor& at) { (void)at.optional_number("a"); },
         "a: expected a number"},
        {R"({"a": 1})", [](const JsonCursor& at) { (void)at.at("a").flag(); },
         "a: expected true or false"},
        {R"({"a": 1})", [](const JsonCursor& at) { (void)at.at("a").text(); },
         "a: expected a string"},
        {R"({"a": 1})", [](const JsonCursor& at) { at.at("a").each_item([](auto&) {}); },
         "a: expected an array"},
        {R"({"a": 1})", [](const JsonCursor& at) { at.at("a").each_member([](auto, auto&) {}); },
         "a: expected an object"},
        {R"({"a": [{"b": 1}, {}]})",
         [](const JsonCursor& at) {
             at.at("a").each_item([](const JsonCursor& item) { (void)item.at("b").count(); });
         },
         "a[1].b: expected this member, which is missing"},
    };
    for (const Row& row : rows) {
        Document document(row.text);
        row.read(document.root());
        EXPECT_EQ(document.message(), row.message);
    }
}

TEST(JsonCursor, KeepsTheFirstMistakeAndReadsNothingAfterIt) {
    Document document(R"({"a": "x", "b": 5, "c": [1, 2]})");
    const JsonCursor root = document.root();
    EXPECT_EQ(root.at("a").count(), 0u);
    EXPECT_EQ(root.at("b").count(), 0u);
    EXPECT_FALSE(root.has("b"));
    root.at("c").each_item([](const JsonCursor&) { FAIL() << "visited after a mistake"; });
    EXPECT_EQ(document.message(), "a: expected a whole number, not negative");
    EXPECT_EQ(document.error->code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace twinstorm::stats

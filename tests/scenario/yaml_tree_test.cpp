#include "scenario/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::scenario {
namespace {

std::string fault(const std::string& yaml) {
    const auto tree = parse_yaml(yaml, 0);
    if (tree) {
        return "none";
    }
    const Place& place = tree.error().place;
    return std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
           tree.error().text;
}

TEST(YamlTree, KnowsWhereValuesStand) {
    const auto tree = parse_yaml("# head\na: 1\nb:\n  - {c: \"2\"}\nd:\n", 3);
    ASSERT_TRUE(tree);
    ASSERT_EQ(tree->kind, Value::Kind::kMap);
    const Value* const a = tree->find("a");
    EXPECT_EQ(a->scalar, "1");
    EXPECT_FALSE(a->quoted);
    EXPECT_EQ(a->place.text, 3);
    EXPECT_EQ(a->place.line, 2);
    EXPECT_EQ(a->place.column, 4);
    const Value& item = tree->find("b")->items.at(0);
    EXPECT_TRUE(item.flow);
    EXPECT_EQ(item.place.line, 4);
    EXPECT_EQ(item.place.column, 5);
    EXPECT_TRUE(item.find("c")->quoted);
    EXPECT_EQ(item.entries.at(0).place.column, 6);
    const Value* const left_out = tree->find("d");
    EXPECT_EQ(left_out->kind, Value::Kind::kNull);
    EXPECT_EQ(left_out->place.line, 5) << "at its key, not at what comes next";
    EXPECT_EQ(tree->find("e"), nullptr);
}

TEST(YamlTree, IsEmptyForAnEmptyText) {
    for (const char* yaml : {"", "\n\n", "# only a comment\n"}) {
        const auto tree = parse_yaml(yaml, 0);
        ASSERT_TRUE(tree) << yaml;
        EXPECT_EQ(tree->kind, Value::Kind::kNull);
        EXPECT_EQ(tree->place.line, 1);
    }
}

TEST(YamlTree, NamesTheFirstFault) {
    EXPECT_EQ(fault("a: 1\n b: 2\n"), "2:3 not well-formed YAML: illegal map value");
    EXPECT_EQ(fault("a: \"b"), "1:6 not well-formed YAML: illegal EOF in scalar");
    EXPECT_EQ(fault("a: 1\n---\nb: 2\n"), "2:1 a second document; expected one");
    EXPECT_EQ(fault("a: &x 1\nb: *x\n"),
              "1:4 anchors are not supported; expected the value itself");
    EXPECT_EQ(fault("a: !!str 1\n"), "1:4 tags are not supported; expected the value alone");
    EXPECT_EQ(fault("a: !b {c: d}\n"), "1:4 tags are not supported; expected the value alone");
    EXPECT_EQ(fault("a: {[1]: 2}\n"), "1:5 a key that is no plain text");
    EXPECT_EQ(fault("? \n: 2\n").substr(4), "a key that is no plain text");
}

TEST(YamlTree, LimitsSizeAndNesting) {
    EXPECT_EQ(fault(std::string(kScenarioBytesMax, '#')), "none");
    EXPECT_EQ(fault(std::string(kScenarioBytesMax + 1, '#')),
              "1:1 1048577 bytes long; expected at most 1048576");
    const std::string deep = std::string(kNestingMax, '[') + std::string(kNestingMax, ']');
    EXPECT_EQ(fault(deep), "none");
    EXPECT_EQ(fault("[" + deep + "]"), "1:17 nested too deeply; expected at most 16 levels");
    EXPECT_THAT(fault(std::string(100'000, '[')),
                ::testing::EndsWith("nested too deeply; expected at most 16 levels"));
}

TEST(YamlTree, FaultsOfBytesThatAreNoText) {
    for (const std::string& yaml :
         {std::string("\0", 1), std::string("a: \0b", 5), std::string("\xff\xfe"),
          std::string("\t- a"), std::string("%YAML 9.9\n---\na"), std::string("{"),
          std::string("]"), std::string("- a\nb: c"), std::string("'"), std::string("*"),
          std::string("&")}) {
        const auto tree = parse_yaml(yaml, 0);
        if (!tree) {
            EXPECT_GE(tree.error().place.line, 1);
            EXPECT_FALSE(tree.error().text.empty());
        }
    }
}

bool same(const Value& a, const Value& b) {
    if (a.kind != b.kind || a.scalar != b.scalar || a.quoted != b.quoted ||
        a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(a.items[i], b.items[i])) {
            return false;
        }
    }
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        if (a.entries[i].key != b.entries[i].key || !same(a.entries[i].value, b.entries[i].value)) {
            return false;
        }
    }
    return true;
}

TEST(YamlTree, IsTheSameAfterBeingWritten) {
    for (const char* yaml :
         {"a: 1\nb: \"1\"\nc: {d: [x, 'y: z', ~, true, \"true\", 100%, \"gw-{index:05}\"]}\ne:\n",
          "- a\n- - b\n  - {c: d}\n- []\n- {}\n", "text", "\"# no comment\"",
          "a: \"line\\nbreak \\\"quoted\\\" \\u00e9\"\n"}) {
        const auto tree = parse_yaml(yaml, 0);
        ASSERT_TRUE(tree) << yaml;
        const std::string written = emit_yaml(*tree);
        const auto again = parse_yaml(written, 0);
        ASSERT_TRUE(again) << written;
        EXPECT_TRUE(same(*tree, *again)) << written;
    }
}

}  // namespace
}  // namespace twinstorm::scenario

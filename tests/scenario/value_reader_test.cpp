#include "scenario/value_reader.h"

#include <gtest/gtest.h>

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

// Reads one value with `read`, and gives its only mistake.
template <class Read>
std::string mistake_of(const std::string& yaml, Read read) {
    Mistakes mistakes("s", {});
    (void)read(parse_yaml(yaml, 0).value(), mistakes);
    const std::vector<Mistake> found = mistakes.take();
    return found.size() == 1 ? found[0].format() : std::to_string(found.size()) + " mistakes";
}

TEST(ValueReader, Counts) {
    const auto read = [](const Value& value, Mistakes& mistakes) {
        return read_count(value, {1, 20}, mistakes);
    };
    EXPECT_EQ(mistake_of("1", read), "0 mistakes");
    EXPECT_EQ(mistake_of("20", read), "0 mistakes");
    EXPECT_EQ(mistake_of("21", read),
              "s:1:1: `21` is out of place; expected a whole number from 1 to 20");
    for (const char* wrong : {"0", "-1", "1.5", "1e1", "\"5\"", "five", "0x5", "[]", "{}", "~",
                              "99999999999999999999999"}) {
        EXPECT_EQ(mistake_of(wrong, read).substr(0, 6), "s:1:1:") << wrong;
    }
}

TEST(ValueReader, Flags) {
    EXPECT_EQ(mistake_of("true", read_flag), "0 mistakes");
    EXPECT_EQ(mistake_of("yes", read_flag),
              "s:1:1: `yes` is out of place; expected `true` or `false`");
    EXPECT_EQ(mistake_of("\"true\"", read_flag).substr(0, 6), "s:1:1:");
    EXPECT_EQ(mistake_of("[true]", read_flag),
              "s:1:1: a list is out of place; expected `true` or `false`");
}

TEST(ValueReader, NumbersWithUnits) {
    const auto duration = [](const Value& value, Mistakes& mistakes) {
        return read_duration(value, {1s, 60s, "1s to 60s"}, mistakes);
    };
    EXPECT_EQ(mistake_of("1m", duration), "0 mistakes");
    EXPECT_EQ(mistake_of("61s", duration), "s:1:1: `61s` is out of range; expected 1s to 60s");
    EXPECT_EQ(mistake_of("5", duration),
              "s:1:1: `5` is not a duration; expected a form such as `250ms`");
    EXPECT_EQ(mistake_of("{a: b}", duration),
              "s:1:1: a map where a duration such as `250ms` belongs");
    EXPECT_EQ(mistake_of("100", read_rate),
              "s:1:1: `100` is not a rate; expected a form such as `100/s`");
    EXPECT_EQ(mistake_of("0/s", read_rate),
              "s:1:1: `0/s` is out of range; expected more than 0, at most 1000000/s");
    EXPECT_EQ(mistake_of("1000001/s", read_rate).substr(0, 6), "s:1:1:");
    EXPECT_EQ(mistake_of("99", read_share),
              "s:1:1: `99` is not a share; expected a form such as `99%`");
    EXPECT_EQ(mistake_of("0%", read_share), "s:1:1: `0%` is out of range; expected more than 0%");
}

TEST(ValueReader, Names) {
    EXPECT_EQ(mistake_of("Warm-up_2", read_name), "0 mistakes");
    EXPECT_EQ(mistake_of("a.b", read_name),
              "s:1:1: `a.b` is not a name; expected 1 to 64 letters, digits, `-` or `_`");
    EXPECT_EQ(mistake_of("\"\"", read_name).substr(0, 6), "s:1:1:");
    EXPECT_EQ(mistake_of(std::string(65, 'a'), read_name).substr(0, 6), "s:1:1:");
    EXPECT_EQ(mistake_of("[a]", read_name), "s:1:1: a list where text belongs");
}

TEST(ValueReader, Choices) {
    const auto read = [](const Value& value, Mistakes& mistakes) {
        return read_choice(value, choices("fleet[].transport"), mistakes);
    };
    EXPECT_EQ(mistake_of("paho", read), "0 mistakes");
    EXPECT_EQ(mistake_of("asio-websocket", read),
              "s:1:1: transport `asio-websocket` is not supported yet; expected one of `asio`, "
              "`paho`");
    EXPECT_EQ(mistake_of("aiso", read), "s:1:1: unknown transport `aiso`; did you mean `asio`?");
    EXPECT_EQ(mistake_of("quic", read),
              "s:1:1: unknown transport `quic`; expected one of `asio`, `paho`");
}

TEST(Mistakes, AreOneLineEachInTheOrderOfTheFile) {
    Mistakes mistakes("s", {"a.b", "c\nd"});
    mistakes.add({2, 0, 0}, "fourth");
    mistakes.add({0, 2, 1}, "second\nline\x1b[0m");
    mistakes.add({1, 0, 0}, "third");
    mistakes.add({0, 1, 9}, "first " + std::string(kMistakeBytesMax, 'x'));
    const std::vector<Mistake> found = mistakes.take();
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].format().substr(0, 13), "s:1:9: first ");
    EXPECT_EQ(found[0].text.size(), kMistakeBytesMax + 4);
    EXPECT_EQ(found[1].format(), "s:2:1: second line [0m");
    EXPECT_EQ(found[2].format(), "--set: `a.b`: third");
    EXPECT_EQ(found[3].format(), "--set: `c d`: fourth");
}

TEST(Mistakes, AreCountedBeyondTheirLimit) {
    Mistakes mistakes("s", {});
    for (std::size_t i = 0; i < kMistakesMax + 5; ++i) {
        mistakes.add({0, 1, 1}, "wrong");
    }
    const std::vector<Mistake> found = mistakes.take();
    ASSERT_EQ(found.size(), kMistakesMax + 1);
    EXPECT_EQ(found.back().format(), "s: and 5 more mistakes");
}

}  // namespace
}  // namespace twinstorm::scenario

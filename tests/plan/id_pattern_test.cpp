#include "twinstorm/plan/id_pattern.h"

#include <gtest/gtest.h>

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {
namespace {

TEST(IdPattern, NumbersDevices) {
    EXPECT_EQ(IdPattern::parse("gw-{index:05}")->format(7), "gw-00007");
    EXPECT_EQ(IdPattern::parse("gw-{index:05}")->format(123456), "gw-123456") << "never cut";
    EXPECT_EQ(IdPattern::parse("{index}")->format(0), "0");
    EXPECT_EQ(IdPattern::parse("a{index:02}b")->format(3), "a03b");
}

TEST(IdPattern, MayNameOneDevice) {
    const auto pattern = IdPattern::parse("the-one");
    ASSERT_TRUE(pattern);
    EXPECT_FALSE(pattern->indexed);
    EXPECT_EQ(pattern->format(0), "the-one");
}

TEST(IdPattern, RefusesOtherForms) {
    for (const char* wrong :
         {"{", "}", "}{", "{}", "{number}", "{index:5}", "{index:0}", "{index:010}", "{index:}",
          "{index}{index}", "{index:0x}", "{index "}) {
        EXPECT_FALSE(IdPattern::parse(wrong)) << wrong;
    }
    EXPECT_EQ(IdPattern::parse("gw-{i}").error().detail,
              "`gw-{i}` is no id pattern; expected a form such as `gw-{index:05}`");
}

TEST(Plan, NamesItsDevices) {
    Plan plan;
    plan.groups.resize(2);
    plan.groups[0].devices = 3;
    plan.groups[0].id_pattern = "a-{index:02}";
    plan.groups[1].devices = 4;
    EXPECT_EQ(plan.device_count(), 7u);
    EXPECT_EQ(plan.groups[0].device_id(2), "a-02");
    EXPECT_EQ(name(Transport::kAsio), "asio");
    EXPECT_EQ(name(Transport::kPaho), "paho");
}

}  // namespace
}  // namespace twinstorm::plan

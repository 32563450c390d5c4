#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The patch stands in line 6, from column 68.
std::string with_patch(const std::string& patch) {
    return with_phases(
        {"{name: c, connect: {rate: 1/s}}",
         "{name: s, duration: 1s, twin_updates: {rate: 1/s,         patch: " + patch + "}}"});
}

Lines patches_of(const std::string& patch) {
    const auto plan = parse_scenario(with_patch(patch), "s", {});
    Lines texts;
    if (plan) {
        for (const auto& object : plan->phases.at(1).twin_updates->patches) {
            texts.push_back(boost::json::serialize(object));
        }
    }
    return texts;
}

Lines mistakes_of(const std::string& patch) {
    return mistakes(with_patch(patch));
}

TEST(PatchReader, TurnsPlainValuesIntoJson) {
    EXPECT_THAT(patches_of("{A_Text: High, A_Quoted: '5', A_Whole: -5, A_Flag: true, A_Null: ~}"),
                ElementsAre(R"({"A_Text":"High","A_Quoted":"5","A_Whole":-5,"A_Flag":true,)"
                            R"("A_Null":null})"));
    EXPECT_THAT(patches_of("{A_List: \"30,120,1440\", A_Word: 5min, A_Dash: -, A_B_C: 'true'}"),
                ElementsAre(R"({"A_List":"30,120,1440","A_Word":"5min","A_Dash":"-",)"
                            R"("A_B_C":"true"})"));
    EXPECT_THAT(patches_of("{A_Real: 1.5}"), ElementsAre(R"({"A_Real":1.5E0})"));
}

TEST(PatchReader, TakesTheNthElementOfEveryList) {
    EXPECT_THAT(patches_of("{A_B: [High, Medium]}"),
                ElementsAre(R"({"A_B":"High"})", R"({"A_B":"Medium"})"));
    EXPECT_THAT(patches_of("{A_B: [1, 2], C_D: [1, 2, 3], E_F: x}"),
                ElementsAre(R"({"A_B":1,"C_D":1,"E_F":"x"})", R"({"A_B":2,"C_D":2,"E_F":"x"})",
                            R"({"A_B":1,"C_D":3,"E_F":"x"})", R"({"A_B":2,"C_D":1,"E_F":"x"})",
                            R"({"A_B":1,"C_D":2,"E_F":"x"})", R"({"A_B":2,"C_D":3,"E_F":"x"})"));
}

TEST(PatchReader, LimitsHowManyPatchesThereAre) {
    const auto list = [](int length) {
        std::string text = "[0";
        for (int i = 1; i < length; ++i) {
            text += "," + std::to_string(i);
        }
        return text + "]";
    };
    EXPECT_EQ(patches_of("{A_B: " + list(64) + "}").size(), 64u);
    EXPECT_EQ(patches_of("{A_B: " + list(9) + ", C_D: " + list(7) + "}").size(), 63u);
    EXPECT_THAT(mistakes_of("{A_B: " + list(9) + ", C_D: " + list(8) + "}"),
                ElementsAre("s:6:68: lists whose lengths make more than 64 different patches; "
                            "expected fewer"));
}

TEST(PatchReader, ReportsWhatIsNoPatch) {
    const std::string expected =
        "; expected a map of 1 to 256 keys such as `{Process_MessageFrequency: High}`";
    EXPECT_EQ(mistakes_of("{}"), Lines{"s:6:68: a map where a patch belongs" + expected});
    EXPECT_EQ(mistakes_of("[A_B]"), Lines{"s:6:68: a list where a patch belongs" + expected});
    EXPECT_EQ(mistakes_of("High"), Lines{"s:6:68: `High` where a patch belongs" + expected});
}

TEST(PatchReader, ChecksKeys) {
    EXPECT_THAT(mistakes_of("{MessageFrequency: High}"),
                ElementsAre("s:6:69: `MessageFrequency` is no setting of the micro agent; expected "
                            "a form such as `Process_MessageFrequency`"));
    for (const char* wrong : {"_A", "A_", "AB"}) {
        EXPECT_EQ(mistakes_of(std::string("{") + wrong + ": 1}").size(), 1u) << wrong;
    }
    for (const char* wrong : {"A_$b", "A_b.c", "'A_b c'"}) {
        EXPECT_THAT(mistakes_of(std::string("{") + wrong + ": 1}"),
                    ElementsAre(HasSubstr("holds a `.`, a `$`, a space or a control character")));
    }
    EXPECT_THAT(mistakes_of("{A_B: 1, A_B: 2}"),
                ElementsAre("s:6:77: key `A_B` is written twice; expected it once"));
}

TEST(PatchReader, ChecksValues) {
    EXPECT_THAT(mistakes_of("{A_B: {C: 1}}"),
                ElementsAre("s:6:74: a map in a patch; expected a plain value, or a list of plain "
                            "values that take turns"));
    EXPECT_THAT(mistakes_of("{A_B: [1, [2]]}"),
                ElementsAre("s:6:78: a list in a patch; expected a plain value, or a list of plain "
                            "values that take turns"));
    EXPECT_THAT(mistakes_of("{A_B: []}"),
                ElementsAre("s:6:74: an empty list; expected at least one value"));
    EXPECT_THAT(mistakes_of("{A_B: [1, 4503599627370496]}"),
                ElementsAre(HasSubstr("s:6:78: The integer at `A_B`")));
    EXPECT_THAT(mistakes_of("{A_B: " + std::string(4097, 'x') + "}"),
                ElementsAre(HasSubstr("s:6:74: The text at `A_B`")));
}

}  // namespace
}  // namespace twinstorm::scenario

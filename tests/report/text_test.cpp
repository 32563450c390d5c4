#include "report/text.h"

#include <gtest/gtest.h>

#include <string>

namespace twinstorm::report {
namespace {

constexpr std::string_view kBad = "\xEF\xBF\xBD";

TEST(Text, KeepsWellFormedText) {
    EXPECT_EQ(printable("a\n\tµ – 😀"), "a\n\tµ – 😀");
    EXPECT_EQ(printable("a\r\nb"), "a\nb");
}

TEST(Text, ReplacesWhatIsNoTextByteForByte) {
    const std::string bad(kBad);
    EXPECT_EQ(printable(std::string_view("\0\x07\x1B\x7F", 4)), bad + bad + bad + bad);
    EXPECT_EQ(printable("a\xFF"), "a" + bad);
    EXPECT_EQ(printable("\xC0\xAF"), bad + bad);                      // An overlong slash.
    EXPECT_EQ(printable("\xE0\x80\xAF"), bad + bad + bad);            // Overlong in three bytes.
    EXPECT_EQ(printable("\xED\xA0\x80"), bad + bad + bad);            // A surrogate.
    EXPECT_EQ(printable("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // Beyond U+10FFFF.
    EXPECT_EQ(printable("\xE2\x82"), bad + bad);                      // Cut off.
    EXPECT_EQ(printable("\xC2\x85"), bad);                            // A C1 control.
    EXPECT_EQ(printable("\xEF\xBF\xBF"), bad);                        // U+FFFF, which XML forbids.
}

TEST(Text, HtmlEscapesMarkupAndQuotes) {
    EXPECT_EQ(html_text("<a href=\"x\" id='y'>&amp;"),
              "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
}

TEST(Text, JsonCannotCloseItsScript) {
    EXPECT_EQ(json_string("</script><!--\"\\\n\t&"),
              "\"\\u003c/script\\u003e\\u003c!--\\\"\\\\\\n\\t\\u0026\"");
}

TEST(Text, CsvQuotesOnlyWhereItMust) {
    EXPECT_EQ(csv_field("steady"), "steady");
    EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
}

TEST(Text, MarkdownStaysOneLineAndOneCell) {
    EXPECT_EQ(markdown_text("a|b\n# <i>*c*</i>"), "a\\|b # &lt;i&gt;\\*c\\*&lt;/i&gt;");
    EXPECT_EQ(markdown_text("- a-b"), "\\- a-b");
    EXPECT_EQ(markdown_code("a < 5"), "`a < 5`");
    EXPECT_EQ(markdown_code("a|b\nc"), "`a\\|b c`");
    EXPECT_EQ(markdown_code("``x`"), "``` ``x` ```");
}

}  // namespace
}  // namespace twinstorm::report

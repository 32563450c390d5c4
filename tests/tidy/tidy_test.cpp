// The style as a test: layers, sizes, and words that do not belong.

#include <algorithm>
#include <map>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "tidy/source_tree.h"

namespace twinstorm::tidy {
namespace {

// A module may include the rows below its own, and nothing beside it.
const std::map<std::string, int> kRowOf{
    {"base", 0},     {"stats", 1}, {"load", 1},     {"mqtt", 1},        {"iothub", 1},
    {"net", 1},      {"query", 1}, {"host", 1},     {"agent", 2},       {"defender", 2},
    {"events", 2},   {"amqp", 3},  {"device", 4},   {"backend", 4},     {"hub", 4},
    {"dps", 4},      {"plan", 5},  {"asio_net", 5}, {"virtual_net", 5}, {"paho_link", 5},
    {"scenario", 6}, {"run", 6},   {"report", 6},   {"cli", 7}};

// Libraries that live in one module only.
const std::map<std::string, std::string> kHomeOf{
    {"boost/asio", "asio_net"}, {"boost/beast", "asio_net"}, {"wslay/", "asio_net"},
    {"yaml-cpp", "scenario"},   {"mqtt/", "paho_link"},      {"MQTT", "paho_link"},
    {"proton/", "amqp"},        {"flatbuffers/", "agent"}};

constexpr std::size_t kSourceLinesMax = 500;
constexpr std::size_t kTestLinesMax = 800;
constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kColumnsMax = 100;

std::string where(const SourceFile& file, std::size_t line) {
    return file.path + ":" + std::to_string(line + 1);
}

bool starts_with(const std::string& text, const std::string& head) {
    return text.compare(0, head.size(), head) == 0;
}

TEST(Tidy, AModuleIncludesOnlyTheRowsBelowIt) {
    const std::regex own(R"re(#include "(twinstorm/)?([a-z_]+)/)re");
    for (const SourceFile& file : sources_below({"sim", "include"})) {
        if (file.module == "cmake") {
            continue;
        }
        ASSERT_TRUE(kRowOf.contains(file.module)) << file.path << " is in no known module";
        for (std::size_t line = 0; line < file.lines.size(); ++line) {
            std::smatch match;
            if (!std::regex_search(file.lines[line], match, own) || match[2] == file.module) {
                continue;
            }
            EXPECT_TRUE(match[1].matched)
                << where(file, line) << " includes another module's private header";
            const auto row = kRowOf.find(match[2]);
            ASSERT_NE(row, kRowOf.end()) << where(file, line);
            EXPECT_LT(row->second, kRowOf.at(file.module))
                << where(file, line) << ": " << file.module << " may not include " << match[2];
        }
    }
}

TEST(Tidy, EachLibraryStaysInItsModule) {
    for (const SourceFile& file : sources_below({"sim", "include"})) {
        for (std::size_t line = 0; line < file.lines.size(); ++line) {
            for (const auto& [library, home] : kHomeOf) {
                if (starts_with(file.lines[line], "#include <" + library)) {
                    EXPECT_EQ(file.module, home) << where(file, line);
                }
            }
        }
    }
}

TEST(Tidy, FilesAndLinesKeepTheirSize) {
    for (const SourceFile& file : sources_below({"sim", "include", "tests"})) {
        const bool test = starts_with(file.path, "tests/");
        EXPECT_LE(file.lines.size(), test ? kTestLinesMax : kSourceLinesMax) << file.path;
        for (std::size_t line = 0; line < file.lines.size(); ++line) {
            // Columns are characters; a continuation byte of UTF-8 is none.
            const auto columns = static_cast<std::size_t>(
                std::ranges::count_if(file.lines[line], [](char c) { return (c & 0xC0) != 0x80; }));
            const bool literal = file.lines[line].find("R\"") != std::string::npos ||
                                 file.lines[line].find('"') != std::string::npos;
            EXPECT_TRUE(columns <= kColumnsMax || (test && literal)) << where(file, line);
        }
    }
}

// A function here: from a line at the left margin that opens a brace to the brace that closes it.
TEST(Tidy, AFunctionFitsOnAScreen) {
    const std::regex not_a_function(
        R"re(^(namespace|class|struct|enum|union|extern|const|constexpr|inline const|#|//|\}))re");
    for (const SourceFile& file : sources_below({"sim"})) {
        std::size_t begin = 0;
        bool inside = false;
        for (std::size_t line = 0; line < file.lines.size(); ++line) {
            const std::string& text = file.lines[line];
            const bool opens = !text.empty() && text.front() != ' ' && text.ends_with("{");
            if (!inside && opens && !std::regex_search(text, not_a_function)) {
                inside = true;
                begin = line;
            } else if (inside && text == "}") {
                inside = false;
                EXPECT_LE(line - begin + 1, kFunctionLinesMax) << where(file, begin);
            }
        }
    }
}

TEST(Tidy, HeadersOpenWithTheirContract) {
    for (const SourceFile& file : sources_below({"include"})) {
        ASSERT_FALSE(file.lines.empty()) << file.path;
        EXPECT_TRUE(starts_with(file.lines.front(), "// ")) << file.path;
        const auto pragma = std::ranges::find(file.lines, "#pragma once");
        EXPECT_NE(pragma, file.lines.end()) << file.path;
        EXPECT_LE(pragma - file.lines.begin(), 12) << file.path << ": a contract has ten lines";
    }
}

struct BannedWord {
    std::string expression;
    std::string why;
    std::string allowed_in;  // A path's beginning; empty: nowhere.
};

TEST(Tidy, NoBannedWords) {
    const std::vector<BannedWord> banned{
        {R"re((steady|system|high_resolution)_clock::now)re", "time is an argument",
         "sim/base/real_clock.cpp"},
        {R"re(std::(mt19937|rand\b|uniform_|normal_dist|poisson_dist))re",
         "chance comes from base/seed.h", ""},
        {R"re(\bTODO\b(?! \(issue))re", "a TODO names an issue", ""},
        {R"re(\b(FIXME|HACK|XXX)\b)re", "mend it, or name an issue", ""},
        {R"re(using namespace std;)re", "names say where they come from", ""},
        {R"re(std::(cout|cerr|endl))re", "fmt prints", ""},
        {R"re(sleep_for|usleep|\bsleep\()re", "loops wait, code does not", "sim/cli/hub_child.cpp"},
        {R"re(\b\w*(Manager|Util|Utils|Helper)\b)re", "a noun that says what it does", ""},
        {R"re(SSL_VERIFY_NONE|verify_none)re", "verification is on everywhere", ""},
    };
    for (const SourceFile& file : sources_below({"sim", "include"})) {
        for (const BannedWord& word : banned) {
            const std::regex expression(word.expression);
            for (std::size_t line = 0; line < file.lines.size(); ++line) {
                const bool allowed =
                    !word.allowed_in.empty() && starts_with(file.path, word.allowed_in);
                EXPECT_TRUE(allowed || !std::regex_search(file.lines[line], expression))
                    << where(file, line) << ": " << word.why;
            }
        }
    }
}

// A comment that defends it stands on the line or within the three above.
TEST(Tidy, SharedOwnershipAndLocksAreDefended) {
    const std::regex shared(R"re(std::(shared_ptr|make_shared|mutex|lock_guard|scoped_lock)\b)re");
    for (const SourceFile& file : sources_below({"sim", "include"})) {
        for (std::size_t line = 0; line < file.lines.size(); ++line) {
            if (!std::regex_search(file.lines[line], shared)) {
                continue;
            }
            bool defended = false;
            for (std::size_t above = line - std::min<std::size_t>(line, 3); above <= line;
                 ++above) {
                defended = defended || file.lines[above].find("//") != std::string::npos;
            }
            EXPECT_TRUE(defended) << where(file, line) << ": say why it is shared";
        }
    }
}

TEST(Tidy, EveryModuleHasTests) {
    // Modules whose parts are tested through the whole: see the suite named here.
    const std::map<std::string, std::string> tested_elsewhere{{"cli", "tests/system"}};
    std::map<std::string, int> tests;
    for (const SourceFile& file : sources_below({"tests"})) {
        const auto slash = file.path.find('/', 6);
        tests[file.path.substr(6, slash - 6)] += file.path.ends_with("_test.cpp") ? 1 : 0;
    }
    for (const auto& [module, row] : kRowOf) {
        EXPECT_TRUE(tested_elsewhere.contains(module) || tests[module] > 0)
            << "tests/" << module << " has no test";
    }
}

}  // namespace
}  // namespace twinstorm::tidy

// Replays the fuzzer's corpus as an ordinary test, and mutations of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "fuzz/corpus.h"
#include "fuzz/query_properties.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {
namespace {

using testing::IsEmpty;

constexpr std::size_t kCorpusFilesMax = 60;
constexpr int kMutationsPerInput = 100;
const std::filesystem::path kCorpus =
    std::filesystem::path(TWINSTORM_SOURCE_DIR) / "tests/fuzz/corpus/query";

TEST(QueryCorpus, KeepsTheProperties) {
    const auto files = fuzz::corpus_files(kCorpus);
    EXPECT_GT(files.size(), 0U);
    EXPECT_LT(files.size(), kCorpusFilesMax);
    EXPECT_THAT(fuzz::replay(kCorpus, &fuzz::check_query), IsEmpty());
}

TEST(QueryCorpus, HoldsWhatItsNamesSay) {
    for (const auto& file : fuzz::corpus_files(kCorpus)) {
        const std::string text = fuzz::read_input(file);
        const std::string name = file.filename().string();
        if (name.starts_with("query-")) {
            EXPECT_TRUE(parse(text)) << name;
        } else if (name.starts_with("condition-")) {
            EXPECT_TRUE(parse_condition(text)) << name;
        } else if (name.starts_with("mistake-")) {
            EXPECT_FALSE(parse(text) || parse_condition(text)) << name;
        } else {
            EXPECT_TRUE(name.starts_with("found-")) << name;
        }
    }
}

// A stand-in for a fuzzer, small and the same on every machine.
TEST(QueryCorpus, KeepsThemWhenMutated) {
    constexpr std::uint64_t kSeed = 7;
    Random random(kSeed);
    constexpr std::string_view kAlphabet = " .,'\"[]()=<>!*\\u0x19aAeN$_\n\xC3";
    const std::vector<std::string> words{" AND ",  " OR ",    "NOT ",  " IN ",    "[[",   "]]",
                                         "tags.x", "COUNT()", "FROM ", "devices", "null", "TOP 1 "};
    for (const auto& file : fuzz::corpus_files(kCorpus)) {
        const std::string input = fuzz::read_input(file);
        for (int mutation = 0; mutation < kMutationsPerInput; ++mutation) {
            std::string mutated = input;
            for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
                const std::size_t at = random.below(mutated.size() + 1);
                const std::uint64_t what = random.below(3);
                if (what == 0 && at < mutated.size()) {
                    mutated.erase(at, 1 + random.below(8));
                } else if (what == 1) {
                    mutated.insert(at, words[random.below(words.size())]);
                } else {
                    mutated.insert(at, 1, kAlphabet[random.below(kAlphabet.size())]);
                }
            }
            EXPECT_EQ(fuzz::check_query(std::as_bytes(std::span(mutated))), std::nullopt)
                << mutated;
        }
    }
}

}  // namespace
}  // namespace twinstorm::query

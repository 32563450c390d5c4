// Replays the corpora of the hub's and the persona files' fuzzers as ordinary tests, and mutations
// of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "fuzz/corpus.h"
#include "fuzz/hub_properties.h"
#include "fuzz/persona_properties.h"
#include "fuzz/rest_properties.h"
#include "fuzz/twin_properties.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::fuzz {
namespace {

using ::testing::IsEmpty;
using namespace std::string_literals;

constexpr std::size_t kCorpusFilesMax = 80;
constexpr std::uint64_t kSeed = 7;

struct Target {
    std::string name;
    Property property;
    int mutations;  // Of each input; a scene of the hub costs a millisecond, a twin hardly any.
};

std::ostream& operator<<(std::ostream& out, const Target& target) {
    return out << target.name;
}

class Replay : public ::testing::TestWithParam<Target> {
protected:
    [[nodiscard]] std::filesystem::path folder() const {
        return std::filesystem::path(TWINSTORM_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam().name;
    }
};

TEST_P(Replay, OfTheCorpusKeepsTheProperties) {
    const auto files = corpus_files(folder());
    EXPECT_GT(files.size(), 5U);
    EXPECT_LT(files.size(), kCorpusFilesMax);
    EXPECT_THAT(replay(folder(), GetParam().property), IsEmpty());
}

// A stand-in for a fuzzer, small and the same on every machine.
std::string mutated(std::string input, Random& random) {
    for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
        const std::size_t at = random.below(input.size() + 1);
        switch (random.below(4)) {
            case 0:
                input.erase(std::min(at, input.size()), 1 + random.below(8));
                break;
            case 1:
                input.insert(at, input.substr(random.below(input.size() + 1), 16));
                break;
            case 2:
                input.insert(at, 1, static_cast<char>(random.below(256)));
                break;
            default:
                if (at < input.size()) {
                    input[at] = static_cast<char>(random.below(256));
                }
                break;
        }
    }
    return input;
}

TEST_P(Replay, OfMutationsKeepsThemToo) {
    Random random(kSeed);
    for (const auto& file : corpus_files(folder())) {
        const std::string input = read_input(file);
        for (int number = 0; number < GetParam().mutations; ++number) {
            const std::string other = mutated(input, random);
            EXPECT_EQ(GetParam().property(std::as_bytes(std::span(other))), std::nullopt)
                << file.filename() << ": " << ::testing::PrintToString(other);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Hub, Replay,
                         ::testing::Values(Target{"hub", &check_hub, 10},
                                           Target{"persona", &check_persona, 200},
                                           Target{"rest", &check_rest, 10},
                                           Target{"twin", &check_twin, 100}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace twinstorm::fuzz

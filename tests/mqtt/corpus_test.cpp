// Replays the fuzzer's corpus as an ordinary test. The seeds among it (valid-*, malformed-*,
// stream-*) are the examples of this folder, and are written anew with TWINSTORM_UPDATE=1 in the
// environment; the rest (found-*) the fuzzer found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "fuzz/corpus.h"
#include "fuzz/mqtt_properties.h"
#include "mqtt/examples.h"

namespace twinstorm::mqtt {
namespace {

using testing::IsEmpty;
using namespace std::string_literals;

constexpr std::size_t kCorpusFilesMax = 60;
const std::filesystem::path kCorpus =
    std::filesystem::path(TWINSTORM_SOURCE_DIR) / "tests/fuzz/corpus/mqtt";

std::map<std::string, Raw> seeds() {
    std::map<std::string, Raw> seeds;
    Raw all;
    for (const ValidExample& example : valid_examples()) {
        seeds["valid-" + example.name] = example.bytes;
        all += example.bytes;
    }
    std::set<Malformation> seen;
    for (const MalformedExample& example : malformed_examples()) {
        if (seen.insert(example.malformation).second) {  // One of each will do.
            seeds["malformed-" + example.name] = example.bytes;
        }
    }
    seeds["stream-all-types"] = all;
    seeds["stream-reversed-ends-cut"] = valid_examples().back().bytes + all.substr(0, 200);
    seeds["stream-length-in-four-bytes"] = "\x30\x83\x80\x80\x00\x00\x01"s + "a"s;
    seeds["stream-announces-the-maximum"] = "\x30\xFF\xFF\xFF\x7F"s;
    return seeds;
}

bool updating() {
    return std::getenv("TWINSTORM_UPDATE") != nullptr;
}

TEST(MqttCorpus, HoldsTheExamplesAsSeeds) {
    for (const auto& [name, input] : seeds()) {
        if (updating()) {
            std::ofstream(kCorpus / name, std::ios::binary) << input;
        }
        EXPECT_EQ(fuzz::read_input(kCorpus / name), input)
            << name << " is not current; set TWINSTORM_UPDATE=1 to write it";
    }
}

TEST(MqttCorpus, KeepsTheProperties) {
    EXPECT_THAT(fuzz::replay(kCorpus, &fuzz::check_mqtt), IsEmpty());
}

TEST(MqttCorpus, StaysSmallAndNamed) {
    const auto files = fuzz::corpus_files(kCorpus);
    EXPECT_LT(files.size(), kCorpusFilesMax);
    for (const auto& file : files) {
        const std::string name = file.filename().string();
        EXPECT_TRUE(seeds().contains(name) || name.starts_with("found-")) << name;
    }
}

}  // namespace
}  // namespace twinstorm::mqtt

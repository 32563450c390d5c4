// Replays the fuzzer's corpus as an ordinary test. Its seeds (seed-*) are made here, and written
// anew with TWINSTORM_UPDATE=1 in the environment; the rest (found-*) the fuzzer found.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "amqp/raw_frames.h"
#include "fuzz/amqp_properties.h"
#include "fuzz/corpus.h"

namespace twinstorm::testing {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kCorpusFilesMax = 60;
const std::filesystem::path kCorpus =
    std::filesystem::path(TWINSTORM_SOURCE_DIR) / "tests/fuzz/corpus/amqp";

std::map<std::string, std::string> seeds() {
    const std::string reader = "iothub-ehub-hub1/ConsumerGroups/$Default/Partitions/0";
    const std::string whole{"\0", 1};      // In one piece, from the first byte on.
    const std::string logged_in{"\1", 1};  // In one piece, with a session.
    const std::string in_pieces{"\x81", 1};
    return {
        {"seed-plain-header", whole + kAmqpHeader + open_frame() + begin_frame()},
        {"seed-sasl", whole + kSaslHeader +
                          frame(
                              0x41, 0, [](amqp::Encoder& e) { e.symbol("ANONYMOUS"); }, {}, '\1') +
                          kAmqpHeader + open_frame()},
        {"seed-reader", logged_in + attach_frame("r", 0, true, reader) + flow_frame(0, 100)},
        {"seed-reader-in-pieces",
         in_pieces + attach_frame("r", 0, true, reader) + flow_frame(0, 100)},
        {"seed-sender", logged_in + attach_frame("s", 0, false, "/messages/devicebound") +
                            transfer_frame(0, true, true, "abc")},
        {"seed-feedback",
         logged_in + attach_frame("f", 0, true, "/messages/serviceBound/feedback") +
             flow_frame(0, 5) + frame(0x16, 0, [](amqp::Encoder& e) { e.uint32(0); })},
        {"seed-requests", logged_in + attach_frame("c", 0, false, "$cbs") +
                              attach_frame("d", 1, true, "$cbs") +
                              transfer_frame(0, true, false, "") + frame(0x17, 0, [](auto&) {})},
        {"seed-close", logged_in + frame(0x18, 0, [](auto&) {})},
    };
}

TEST(AmqpCorpus, HoldsItsSeeds) {
    for (const auto& [name, input] : seeds()) {
        if (std::getenv("TWINSTORM_UPDATE") != nullptr) {
            std::ofstream(kCorpus / name, std::ios::binary) << input;
        }
        EXPECT_EQ(fuzz::read_input(kCorpus / name), input)
            << name << " is not current; set TWINSTORM_UPDATE=1 to write it";
    }
}

TEST(AmqpCorpus, KeepsTheProperties) {
    EXPECT_THAT(fuzz::replay(kCorpus, &fuzz::check_amqp), IsEmpty());
}

TEST(AmqpCorpus, StaysSmallAndNamed) {
    const auto files = fuzz::corpus_files(kCorpus);
    EXPECT_LT(files.size(), kCorpusFilesMax);
    for (const auto& file : files) {
        const std::string name = file.filename().string();
        EXPECT_TRUE(seeds().contains(name) || name.starts_with("found-")) << name;
    }
}

}  // namespace
}  // namespace twinstorm::testing

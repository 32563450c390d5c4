#include "hub/block_list.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> read(std::string_view xml) {
    const auto ids = read_block_list(xml);
    EXPECT_TRUE(ids) << xml;
    return ids.value_or(std::vector<std::string>{"unreadable"});
}

TEST(BlockList, ReadsEveryKindOfBlockInOrder) {
    EXPECT_THAT(read("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<BlockList>"
                     "<Latest>QUFC</Latest>\r\n  <Committed>QUFB</Committed>"
                     "<Uncommitted>QQ==</Uncommitted></BlockList>\n"),
                ElementsAre("QUFC", "QUFB", "QQ=="));
    EXPECT_THAT(read("\xef\xbb\xbf<BlockList></BlockList>"), IsEmpty());
}

TEST(BlockList, TakesNothingElse) {
    for (const std::string_view xml :
         {"", "<?xml", "<BlockList>", "<BlockList/>", "<BlockList><Latest>QQ==</BlockList>",
          "<BlockList><Other>QQ==</Other></BlockList>", "<BlockList>QQ==</BlockList>",
          "<BlockList></BlockList>x", "<BlockLists></BlockLists>", "{}"}) {
        EXPECT_FALSE(read_block_list(xml)) << xml;
    }
}

TEST(BlockList, TakesOnlySoMany) {
    const auto list = [](std::size_t count) {
        std::string xml = "<BlockList>";
        for (std::size_t i = 0; i < count; ++i) {
            xml += "<Latest>QQ==</Latest>";
        }
        return xml + "</BlockList>";
    };
    EXPECT_THAT(read(list(kBlobBlocksMax)), SizeIs(kBlobBlocksMax));
    EXPECT_FALSE(read_block_list(list(kBlobBlocksMax + 1)));
}

}  // namespace
}  // namespace twinstorm::hub

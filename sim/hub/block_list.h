// The body of Put Block List: which blocks make a blob, in order.
//
//   <?xml
//   version="1.0"?><BlockList><Latest>QUFB</Latest><Uncommitted>QUFC</Uncommitted></BlockList>
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinstorm::hub {

// None for anything else, and for more than kBlobBlocksMax. Whether a block is the latest,
// committed or not makes no difference here.
[[nodiscard]] std::optional<std::vector<std::string>> read_block_list(std::string_view xml);

}  // namespace twinstorm::hub

#include "hub/block_list.h"

#include <algorithm>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

// What is left of the document. Ids are base64, so that no text in it needs an entity.
class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) {
            return false;
        }
        rest_.remove_prefix(word.size());
        return true;
    }
    // All before `end`, which goes, too; none when it never comes.
    std::optional<std::string_view> take_until(std::string_view end) {
        const std::size_t at = rest_.find(end);
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view text = rest_.substr(0, at);
        rest_.remove_prefix(at + end.size());
        return text;
    }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

bool take_head(Cursor& cursor) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    cursor.take(kByteOrderMark);
    cursor.skip_space();
    if (cursor.take("<?xml") && !cursor.take_until("?>")) {
        return false;
    }
    cursor.skip_space();
    return cursor.take("<BlockList>");
}

std::optional<std::string> take_block(Cursor& cursor) {
    for (const std::string_view name : {"Latest", "Committed", "Uncommitted"}) {
        if (cursor.take("<" + std::string(name) + ">")) {
            const auto id = cursor.take_until("</" + std::string(name) + ">");
            return id ? std::optional<std::string>(*id) : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> read_block_list(std::string_view xml) {
    Cursor cursor(xml);
    if (!take_head(cursor)) {
        return std::nullopt;
    }
    std::vector<std::string> ids;
    for (cursor.skip_space(); !cursor.take("</BlockList>"); cursor.skip_space()) {
        auto id = take_block(cursor);
        if (!id || ids.size() >= kBlobBlocksMax) {
            return std::nullopt;
        }
        ids.push_back(*std::move(id));
    }
    cursor.skip_space();
    return cursor.empty() ? std::optional(std::move(ids)) : std::nullopt;
}

}  // namespace twinstorm::hub

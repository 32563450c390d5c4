// A text that must not be shown: connection strings, keys, tokens.
//
// Use:    reveal() at the one place that needs it; printing or formatting a Secret gives `***`.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace twinstorm {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    // Takes the same time wherever the texts differ. An empty secret equals nothing.
    [[nodiscard]] bool equals(std::string_view text) const {
        if (text_.empty() || text.size() != text_.size()) {
            return false;
        }
        unsigned difference = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            difference |= static_cast<unsigned char>(text_[i] ^ text[i]);
        }
        return difference == 0;
    }

private:
    std::string text_;
};

}  // namespace twinstorm

// A text that must not be shown: connection strings, keys, tokens.
//
// Use:    reveal() at the one place that needs it; printing or formatting a Secret gives `***`.
#pragma once

#include <string>
#include <utility>

namespace twinstorm {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace twinstorm

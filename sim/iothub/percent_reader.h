// The decoded bytes of a percent-encoded text, one at a time and without allocation.
//
// Use:    next() until it gives none; failed() then tells a bad escape from the end.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace twinstorm::iothub {

class PercentReader {
public:
    explicit PercentReader(std::string_view text) : rest_(text) {}

    [[nodiscard]] std::optional<char> next();
    // All up to the next escape, as it stands.
    [[nodiscard]] std::string_view next_plain();
    [[nodiscard]] bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

// None for a bad escape.
[[nodiscard]] std::optional<std::size_t> decoded_size(std::string_view encoded);

// False for a bad escape, too.
[[nodiscard]] bool decodes_to(std::string_view encoded, std::string_view plain);
[[nodiscard]] bool decoded_starts_with(std::string_view encoded, std::string_view prefix);

}  // namespace twinstorm::iothub
